namespace Dragoman.Linux.Host;

/// <summary>
/// Takes text for a host descriptor and drops what the host does not take: a full disk, a closed pipe or no descriptor at all ends no program. Any thread; each
/// write is whole when the host takes it whole.
/// </summary>
/// <param name="descriptor">Where to, or -1. Owned from <see cref="Stream.Dispose()"/> on.</param>
internal sealed unsafe class LogStream(int descriptor) : Stream
{
    private const int BrokenPipe = 13, Block = 0, SetMask = 2, MaskWords = 16;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <inheritdoc/>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        if (descriptor < 0)
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
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing && descriptor >= 0)
        {
            LibC.Close(descriptor);
        }
    }

    /// <summary>0 or the error number that ended it.</summary>
    private int WriteAll(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (nint done = 0; done < buffer.Length;)
            {
                var result = LibC.Write(descriptor, start + done, buffer.Length - done);
                if (result >= 0)
                {
                    done += result;
                    continue;
                }

                switch (System.Runtime.InteropServices.Marshal.GetLastPInvokeError())
                {
                    case Errno.EINTR:
                        break;
                    case Errno.EAGAIN:
                        // The guest has made what it shares with us non-blocking.
                        const int Writable = 4;
                        var wait = ((long)Writable << 32) | (uint)descriptor;
                        LibC.Poll(&wait, 1, -1);
                        break;
                    case var error:
                        return error;
                }
            }
        }

        return 0;
    }
}
