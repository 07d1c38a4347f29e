using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Host;

/// <summary>Standard input as the host gives it: .NET's stream edits lines when it is a terminal. For one thread.</summary>
public static class StandardInput
{
    /// <summary>Unbuffered. What cannot be read, or was closed, is at its end.</summary>
    public static Stream Stream { get; } = new Input(InheritedDescriptor.Find(0));

    private sealed unsafe class Input(int descriptor) : DescriptorStream(descriptor)
    {
        public override bool CanRead => true;

        public override int Read(Span<byte> buffer)
        {
            while (Descriptor >= 0)
            {
                fixed (byte* start = buffer)
                {
                    switch (HostCall.Invoke(Syscall.Read, Descriptor, (nint)start, buffer.Length))
                    {
                        case >= 0 and var count:
                            return (int)count;
                        case -Errno.EINTR:
                            break;
                        case -Errno.EAGAIN:
                            WaitFor(Readable);
                            break;
                        default:
                            return 0;
                    }
                }
            }

            return 0;
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));
    }
}
