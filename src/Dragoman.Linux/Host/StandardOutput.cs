using System.Runtime.InteropServices;

namespace Dragoman.Linux.Host;

/// <summary>
/// Standard output for what a machine prints. Unlike .NET's stream it tells of every byte that the host does not take, a reader that has gone included. Any thread.
/// </summary>
public static class StandardOutput
{
    /// <summary>Unbuffered. A write throws an <see cref="IOException"/> whose HRESULT is the host's error number.</summary>
    public static Stream Stream { get; } = new Output(InheritedDescriptor.Find(1));

    private sealed class Output(int descriptor) : WriteOnlyStream(descriptor)
    {
        /// <inheritdoc/>
        public override void Write(ReadOnlySpan<byte> buffer)
        {
            var error = Descriptor < 0 ? Errno.EBADF : WriteAll(buffer);
            if (error != 0)
            {
                throw new IOException(Marshal.GetPInvokeErrorMessage(error), error);
            }
        }
    }
}
