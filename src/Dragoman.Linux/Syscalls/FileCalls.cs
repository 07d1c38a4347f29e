using Dragoman.Linux.Abi;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Calls on files by name.</summary>
internal static unsafe class FileCalls
{
    /// <summary>O_LARGEFILE of the host, which its own programs do not name.</summary>
    public const ulong LargeFile = 0x8000;

    private const int AtEmptyPath = 0x1000;

    /// <summary>MAX_NON_LFS.</summary>
    private const long LargestSmallFile = int.MaxValue;

    public static long Open(LinuxThread thread, int directory, ulong address, ulong guestFlags, uint mode)
    {
        var process = thread.Process;
        if (thread.Paths.Read(address, out var error) is not { } path)
        {
            return -error;
        }

        var flags = (nint)(int)process.Abi.Numbers.OpenFlags.ToHost(guestFlags & 0xFFFFFFFF);
        if (ProcFiles.TryOpen(process, path, ((int)flags & 0x80000) != 0, out var made))
        {
            return process.Files.Add(made);
        }

        var host = thread.Paths.Store(thread.Paths.Translate(path, underPrefix: true), 0);
        const ulong OnlyPath = 0x200000;
        var isSmall = !process.Abi.Is64Bit && ((ulong)flags & (LargeFile | OnlyPath)) == 0;
        var opened = thread.Block(Syscall.Openat, Directory(thread, directory), host, flags, (nint)mode);
        if (isSmall && opened >= 0 && HostPath.Status((int)opened) is { IsRegular: true, Size: > LargestSmallFile })
        {
            HostCall.Invoke(Syscall.Close, (nint)opened);
            return -Errno.EOVERFLOW;
        }

        return process.Files.Add(opened, isSmall: isSmall);
    }

    /// <summary>creat(2), which a kernel of 64 bits carries out alike for all its programs.</summary>
    public static long Create(LinuxThread thread, ulong address, uint mode)
    {
        const ulong WriteCreateTruncate = 0x241;
        return Open(thread, HostPath.AtCwd, address, thread.Process.Abi.Numbers.OpenFlags.ToGuest(WriteCreateTruncate | LargeFile), mode);
    }

    public static long Stat(LinuxThread thread, int directory, ulong path, ulong buffer, int flags, StatLayout layout)
    {
        nint host = 0;
        if (path != 0 && !thread.Paths.TryRead(path, 0, underPrefix: true, out host, out var error, follows: (flags & HostPath.AtSymlinkNoFollow) == 0))
        {
            return -error;
        }

        // newfstatat(fd, NULL, buf, AT_EMPTY_PATH) is allowed since Linux 6.11.
        if (path == 0 && (flags & AtEmptyPath) != 0)
        {
            host = thread.Paths.Store("", 0);
        }

        Span<ulong> stat = stackalloc ulong[18];
        fixed (ulong* target = stat)
        {
            var result = HostCall.Invoke(Syscall.Newfstatat, Directory(thread, directory), host, (nint)target, flags);
            return result < 0 ? result : WriteStat(thread, stat, buffer, layout);
        }
    }

    public static long DescriptorStat(LinuxThread thread, int descriptor, ulong buffer, StatLayout layout)
    {
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        Span<ulong> stat = stackalloc ulong[18];
        fixed (ulong* target = stat)
        {
            var result = HostCall.Invoke(Syscall.Fstat, host, (nint)target);
            return result < 0 ? result : WriteStat(thread, stat, buffer, layout);
        }
    }

    public static long ReadLink(LinuxThread thread, int directory, ulong address, ulong buffer, int size)
    {
        if (size <= 0)
        {
            return -Errno.EINVAL;
        }

        if (thread.Paths.Read(address, out var error) is not { } path)
        {
            return -error;
        }

        var process = thread.Process;
        if (ProcPaths.IsSelf(process, path, "exe"))
        {
            var target = ByteText.Bytes(process.Program.Path);
            var length = Math.Min(size, target.Length);
            return process.Memory.TryWrite(buffer, target.AsSpan(0, length)) ? length : -Errno.EFAULT;
        }

        var host = thread.Paths.Store(thread.Paths.Translate(path, underPrefix: true), 0);
        var written = thread.Buffers.ToHost(buffer, (uint)size);
        return thread.Buffers.Return(HostCall.Invoke(Syscall.Readlinkat, Directory(thread, directory), host, written, size));
    }

    /// <summary>A directory descriptor for the host: AT_FDCWD stays, a number that is not open becomes one that no process has.</summary>
    public static nint Directory(LinuxThread thread, int guest) => guest == HostPath.AtCwd ? HostPath.AtCwd : thread.Process.Files.ToHost(guest);

    /// <summary>struct stat of an x86-64 host to the guest's.</summary>
    private static long WriteStat(LinuxThread thread, ReadOnlySpan<ulong> host, ulong buffer, StatLayout layout)
    {
        // cp_new_stat and its relatives: what a program would misread is an error.
        if (!layout.CutsShort && ((layout.Inode.Size == sizeof(uint) && host[1] >> 32 != 0) || (layout.Length.Size == sizeof(uint) && host[6] > int.MaxValue)))
        {
            return -Errno.EOVERFLOW;
        }

        Span<byte> guest = stackalloc byte[layout.Size];
        guest.Clear();
        layout.ShortInode.Write(guest, host[1]);
        layout.Device.Write(guest, host[0]);
        layout.Inode.Write(guest, host[1]);
        layout.Links.Write(guest, host[2]);
        layout.Mode.Write(guest, (uint)host[3]);
        layout.User.Write(guest, host[3] >> 32);
        layout.Group.Write(guest, (uint)host[4]);
        layout.RawDevice.Write(guest, host[5]);
        layout.OldRawDevice.Write(guest, host[5]);
        layout.Length.Write(guest, host[6]);
        layout.BlockSize.Write(guest, host[7]);
        layout.Blocks.Write(guest, host[8]);
        layout.AccessSeconds.Write(guest, host[9]);
        layout.AccessNanoseconds.Write(guest, host[10] / (ulong)layout.NanosecondsPerFraction);
        layout.ModifySeconds.Write(guest, host[11]);
        layout.ModifyNanoseconds.Write(guest, host[12] / (ulong)layout.NanosecondsPerFraction);
        layout.ChangeSeconds.Write(guest, host[13]);
        layout.ChangeNanoseconds.Write(guest, host[14] / (ulong)layout.NanosecondsPerFraction);
        return thread.Process.Memory.TryWrite(buffer, guest) ? 0 : -Errno.EFAULT;
    }
}
