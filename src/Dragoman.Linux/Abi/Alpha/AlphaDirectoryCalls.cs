using System.Buffers.Binary;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>osf_getdirentries (arch/alpha/kernel/osf_sys.c): struct osf_dirent has an inode number of 32 bits, two lengths of 16 and the name, and is as long as a multiple of four.</summary>
internal static class AlphaDirectoryCalls
{
    private const int LongestHostRecord = 280;
    private const int Length = 4, NameLength = 6, Name = 8, Alignment = 4, LargestRead = 1 << 16;
    private const int FromStart = 0, FromCurrent = 1;

    /// <summary>Bytes written, 0 at the end. Where there is an entry, <paramref name="position"/>, unless zero, takes the first one's offset.</summary>
    public static long Read(LinuxThread thread, int descriptor, ulong address, uint size, ulong position)
    {
        var process = thread.Process;
        var host = process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        var start = HostCall.Invoke(Syscall.Lseek, host, 0, FromCurrent);
        var records = new byte[Math.Max(Math.Min(size, LargestRead), LongestHostRecord)];
        var read = DirectoryCalls.Read(process, host, records);
        if (read <= 0)
        {
            return read;
        }

        var entries = new byte[Math.Min(size, LargestRead)];
        var (written, next, error) = Convert(records.AsSpan(0, (int)read), entries);
        if (error != 0)
        {
            // What was not taken is read again.
            HostCall.Invoke(Syscall.Lseek, host, (nint)(written > 0 ? next : start), FromStart);
        }

        if (written == 0)
        {
            return error;
        }

        return process.Memory.TryWrite(address, entries.AsSpan(0, written)) && (position == 0 || process.Memory.TryWrite(position, start)) ? written : -Errno.EFAULT;
    }

    /// <summary>Bytes written, the offset behind the last record that was taken, and why the next was not.</summary>
    private static (int Written, long Next, long Error) Convert(ReadOnlySpan<byte> records, Span<byte> entries)
    {
        var (written, next) = (0, 0L);
        for (; records.Length > 0; records = records[BinaryPrimitives.ReadUInt16LittleEndian(records[DirectoryRecord.Length..])..])
        {
            var name = records[DirectoryRecord.Name..];
            name = name[..name.IndexOf((byte)0)];
            var inode = BinaryPrimitives.ReadUInt64LittleEndian(records[DirectoryRecord.Inode..]);
            var length = (Name + name.Length + 1 + Alignment - 1) & -Alignment;
            if (length > entries.Length - written)
            {
                return (written, next, -Errno.EINVAL);
            }

            if (inode > uint.MaxValue)
            {
                return (written, next, -Errno.EOVERFLOW);
            }

            var entry = entries.Slice(written, length);
            BinaryPrimitives.WriteUInt32LittleEndian(entry, (uint)inode);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[Length..], (ushort)length);
            BinaryPrimitives.WriteUInt16LittleEndian(entry[NameLength..], (ushort)name.Length);
            name.CopyTo(entry[Name..]);
            written += length;
            next = BinaryPrimitives.ReadInt64LittleEndian(records[DirectoryRecord.Next..]);
        }

        return (written, next, 0);
    }
}
