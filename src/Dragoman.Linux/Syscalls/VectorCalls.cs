using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>readv, writev and their relatives, and the reading of iovec arrays for messages.</summary>
internal static unsafe class VectorCalls
{
    /// <summary>UIO_MAXIOV.</summary>
    public const int Maximum = 1024;

    public static long Transfer(LinuxThread thread, Syscall syscall, int descriptor, ulong vector, int count, long offset, uint flags)
    {
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (count is < 0 or > Maximum)
        {
            return -Errno.EINVAL;
        }

        var native = stackalloc nint[2 * count];
        var isWritten = syscall is Syscall.Readv or Syscall.Preadv or Syscall.Preadv2;
        var error = Read(thread, vector, count, native, isWritten);
        return thread.Buffers.Return(error < 0 ? error : thread.Block(syscall, host, (nint)native, count, (nint)offset, 0, (nint)flags));
    }

    /// <summary>vmsplice(2): into a pipe from memory, or where it is its other end out of it.</summary>
    public static long Splice(LinuxThread thread, int descriptor, ulong vector, ulong count, uint flags)
    {
        const int GetFlags = 3, AccessMode = 3;
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (count > Maximum)
        {
            return -Errno.EINVAL;
        }

        var native = stackalloc nint[2 * (int)count];
        var isWritten = (HostCall.Invoke(Syscall.Fcntl, host, GetFlags) & AccessMode) == 0;
        var error = Read(thread, vector, (int)count, native, isWritten);
        return thread.Buffers.Return(error < 0 ? error : thread.Block(Syscall.Vmsplice, host, (nint)native, (nint)count, (nint)flags));
    }

    /// <summary>Reads a guest's iovec array as the host's: 0 or a negated errno. When the call writes the buffers, what they are is the thread's to return.</summary>
    public static long Read(LinuxThread thread, ulong address, int count, nint* native, bool isWritten)
    {
        var layout = thread.Process.Abi.Layouts.IoVector;
        Span<byte> entry = stackalloc byte[layout.Size];
        var memory = thread.Process.Memory;
        for (var i = 0; i < count; i++)
        {
            if (!memory.TryRead(address + (ulong)(i * layout.Size), entry))
            {
                return -Errno.EFAULT;
            }

            var length = layout.Length.Read(entry);
            if (layout.Length.ReadSigned(entry) < 0)
            {
                return -Errno.EINVAL;
            }

            var start = layout.Base.Read(entry);
            native[2 * i] = isWritten ? thread.Buffers.ToHost(start, length) : memory.ToHost(start);
            native[(2 * i) + 1] = (nint)length;
        }

        return 0;
    }
}
