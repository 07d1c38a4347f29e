using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Host;

/// <summary>Standard input as the host gives it: .NET's stream edits lines when it is a terminal. For one thread.</summary>
public static class StandardInput
{
    /// <summary>Unbuffered. What cannot be read, or was closed, is at its end.</summary>
    public static Stream Stream { get; } = new Input(InheritedDescriptor.Find(0));

    private sealed unsafe class Input(int descriptor) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer)
        {
            const int Readable = 1;
            while (descriptor >= 0)
            {
                fixed (byte* start = buffer)
                {
                    switch (HostCall.Invoke(Syscall.Read, descriptor, (nint)start, buffer.Length))
                    {
                        case >= 0 and var count:
                            return (int)count;
                        case -Errno.EINTR:
                            break;
                        case -Errno.EAGAIN:
                            var wait = ((long)Readable << 32) | (uint)descriptor;
                            LibC.Poll(&wait, 1, -1);
                            break;
                        default:
                            return 0;
                    }
                }
            }

            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
