using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>statfs and its relatives.</summary>
internal static unsafe class FileSystemCalls
{
    private const int HostWords = 15;

    /// <summary>statfs64 and fstatfs64, which are told the structure's size.</summary>
    public static long Status64(LinuxThread thread, Syscall syscall, ulong file, ulong size, ulong buffer, FileSystemLayout layout) =>
        size == (ulong)layout.Size
            ? Status(thread, syscall == Syscall.Statfs64 ? Syscall.Statfs : Syscall.Fstatfs, file, buffer, layout)
            : -Errno.EINVAL;

    /// <summary>statfs and fstatfs: what does not fit into the guest's members is EOVERFLOW. OSF/1's calls name a size, and cut everything short.</summary>
    public static long Status(LinuxThread thread, Syscall syscall, ulong file, ulong buffer, FileSystemLayout layout, ulong? size = null)
    {
        nint host;
        if (syscall == Syscall.Fstatfs)
        {
            host = thread.Process.Files.ToHost((int)file);
            if (host < 0)
            {
                return -Errno.EBADF;
            }
        }
        else if (!thread.Paths.TryRead(file, 0, underPrefix: true, out host, out var error))
        {
            return -error;
        }

        var status = stackalloc ulong[HostWords];
        var result = HostCall.Invoke(syscall, host, (nint)status);
        if (result < 0)
        {
            return result;
        }

        // f_type, f_bsize, f_blocks, f_bfree, f_bavail, f_files, f_ffree, f_fsid (two ints), f_namelen, f_frsize, f_flags.
        ReadOnlySpan<Field> fields =
        [
            layout.Type, layout.BlockSize, layout.Blocks, layout.FreeBlocks, layout.AvailableBlocks, layout.Files, layout.FreeFiles, layout.Id,
            layout.NameLength, layout.FragmentSize, layout.Flags,
        ];
        Span<byte> guest = stackalloc byte[layout.Size];
        guest.Clear();
        for (var i = 0; i < fields.Length; i++)
        {
            // Unknown counts are all ones on every machine.
            if (size is null && fields[i].Size == 4 && status[i] >> 32 != 0 && status[i] != ulong.MaxValue)
            {
                return -Errno.EOVERFLOW;
            }

            fields[i].Write(guest, status[i]);
        }

        return thread.Process.Memory.TryWrite(buffer, guest[..(int)Math.Min(size ?? ulong.MaxValue, (ulong)guest.Length)]) ? 0 : -Errno.EFAULT;
    }
}
