namespace Dragoman.Linux.Host;

/// <summary>A stream to a host descriptor, unbuffered: what is left to say is what a write does.</summary>
/// <param name="descriptor">Where to, or -1 for nowhere.</param>
internal abstract unsafe class WriteOnlyStream(int descriptor) : Stream
{
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

    /// <summary>Where to, or -1.</summary>
    protected int Descriptor => descriptor;

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

    /// <summary>Writes all of it, waiting where the host would not. 0 or the error number that ended it.</summary>
    protected int WriteAll(ReadOnlySpan<byte> buffer)
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
                        // Whoever shares it with us has made it non-blocking.
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
