namespace Dragoman.Linux.Host;

/// <summary>
/// Takes text for a host descriptor and drops what the host does not take: a full disk, a closed pipe or no descriptor at all ends no program. Any thread; each
/// write is whole when the host takes it whole.
/// </summary>
/// <param name="descriptor">Where to, or -1. Owned from <see cref="Stream.Dispose()"/> on.</param>
internal sealed unsafe class LogStream(int descriptor) : WriteOnlyStream(descriptor)
{
    private const int BrokenPipe = 13, Block = 0, SetMask = 2, MaskWords = 16;

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (Descriptor < 0)
        {
            return;
        }

        // The guest has SIGPIPE as it wants it, and did not write this: one that comes of it is taken back.
        var pipe = stackalloc ulong[MaskWords];
        var old = stackalloc ulong[MaskWords];
        new Span<ulong>(pipe, MaskWords).Clear();
        pipe[0] = 1UL << (BrokenPipe - 1);
        LibC.SignalMask(Block, pipe, old);
        if (WriteAll(buffer) == Errno.EPIPE)
        {
            var none = stackalloc long[2];
            none[0] = none[1] = 0;
            LibC.TakeSignal(pipe, null, none);
        }

        LibC.SignalMask(SetMask, old, null);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && Descriptor >= 0)
        {
            LibC.Close(Descriptor);
        }
    }
}
