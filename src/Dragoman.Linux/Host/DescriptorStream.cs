namespace Dragoman.Linux.Host;

/// <summary>A stream to or from a host descriptor, unbuffered, that only goes forward: what is left to say is what a read or a write does.</summary>
/// <param name="descriptor">The descriptor, or -1 for none.</param>
internal abstract unsafe class DescriptorStream(int descriptor) : Stream
{
    /// <summary>poll(2)'s events.</summary>
    protected const int Readable = 1, Writable = 4;

    /// <inheritdoc/>
    public override bool CanRead => false;

    /// <inheritdoc/>
    public override bool CanSeek => false;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    /// <summary>The descriptor, or -1.</summary>
    protected int Descriptor => descriptor;

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <summary>Waits for one of poll(2)'s events: whoever shares the descriptor with us has made it non-blocking.</summary>
    protected void WaitFor(int events)
    {
        var wait = ((long)events << 32) | (uint)descriptor;
        LibC.Poll(&wait, 1, -1);
    }
}
