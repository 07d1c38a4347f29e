namespace Dragoman.Linux.Host;

/// <summary>A stream to a host descriptor, unbuffered: what is left to say is what a write does.</summary>
/// <param name="descriptor">Where to, or -1 for nowhere.</param>
internal abstract unsafe class WriteOnlyStream(int descriptor) : DescriptorStream(descriptor)
{
    /// <inheritdoc/>
    public override bool CanWrite => true;

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    /// <summary>Writes all of it, waiting where the host would not. 0 or the error number that ended it.</summary>
    protected int WriteAll(ReadOnlySpan<byte> buffer)
    {
        fixed (byte* start = buffer)
        {
            for (nint done = 0; done < buffer.Length;)
            {
                var result = LibC.Write(Descriptor, start + done, buffer.Length - done);
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
                        WaitFor(Writable);
                        break;
                    case var error:
                        return error;
                }
            }
        }

        return 0;
    }
}
