using System.Buffers.Binary;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// Directories for guests of 32 bits. The host's file systems give this 64-bit process offsets of 63 bits (hashes, on ext4), which a C library with a
/// 32-bit off_t refuses; the kernel gives a 32-bit process the upper half, and so do we.
/// </summary>
internal static unsafe class NarrowDirectoryCalls
{
    private const uint FileTypeMask = 0xF000, DirectoryFile = 0x4000;

    /// <summary>getdents64(2).</summary>
    public static long Read(LinuxThread thread, int descriptor, ulong buffer, uint size)
    {
        const uint LargestRead = 1 << 16;
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        var entries = new byte[Math.Min(size, LargestRead)];
        fixed (byte* start = entries)
        {
            var result = HostCall.Invoke(Syscall.Getdents64, host, (nint)start, entries.Length);
            if (result <= 0)
            {
                return result;
            }

            var read = entries.AsSpan(0, (int)result);
            Narrow(thread, read);
            return thread.Process.Memory.TryWrite(buffer, read) ? result : -Errno.EFAULT;
        }
    }

    /// <summary>lseek(2): in a directory to an offset that <see cref="Read"/> gave.</summary>
    public static long Seek(LinuxThread thread, int descriptor, long offset, int origin)
    {
        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (origin == 0 && thread.Process.DirectoryOffsets.TryWiden(offset, out var wide)
            && (HostPath.Status(host).Mode & FileTypeMask) == DirectoryFile)
        {
            var moved = HostCall.Invoke(Syscall.Lseek, host, (nint)wide, origin);
            return moved < 0 ? moved : offset;
        }

        return HostCall.Invoke(Syscall.Lseek, host, (nint)offset, origin);
    }

    private static void Narrow(LinuxThread thread, Span<byte> entries)
    {
        while (entries.Length >= DirectoryRecord.Name)
        {
            var offset = BinaryPrimitives.ReadInt64LittleEndian(entries[DirectoryRecord.Next..]);
            BinaryPrimitives.WriteInt64LittleEndian(entries[DirectoryRecord.Next..], thread.Process.DirectoryOffsets.Narrow(offset));
            entries = entries[BinaryPrimitives.ReadUInt16LittleEndian(entries[DirectoryRecord.Length..])..];
        }
    }
}
