using System.Buffers.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Reading directories: the host's, but /proc/self/fd and /proc/self/task list the guest's descriptors and threads.</summary>
internal static class DirectoryCalls
{
    /// <summary>getdents64(2) and getdents(2).</summary>
    public static long Read(LinuxThread thread, in SyscallRequest request)
    {
        var process = thread.Process;
        var host = process.Files.ToHost(request.Arguments.Int(0));
        if (host < 0 || HostPath.OfDescriptor(host) is not { } path || Renaming(process, path) is not { } rename)
        {
            return PassThrough.Call(thread, request.Syscall, "=fwu", request.Arguments);
        }

        var (address, records) = (request.Arguments[1], new byte[Math.Min(request.Arguments.UInt(2), 1 << 16)]);
        var kept = Read(host, request.Syscall, records, rename);
        return kept <= 0 || process.Memory.TryWrite(address, records.AsSpan(0, (int)kept)) ? kept : -Errno.EFAULT;
    }

    /// <summary>Records of getdents64(2) as the guest may see them: their length in bytes, or an error.</summary>
    public static long Read(LinuxProcess process, int host, Span<byte> records) =>
        Read(host, Syscall.Getdents64, records, HostPath.OfDescriptor(host) is { } path ? Renaming(process, path) : null);

    private static unsafe long Read(int host, Syscall form, Span<byte> records, Func<int, int>? rename)
    {
        while (true)
        {
            long got;
            fixed (byte* target = records)
            {
                got = HostCall.Invoke(form, host, (nint)target, records.Length);
            }

            if (got <= 0 || rename is null)
            {
                return got;
            }

            var kept = Rename(records[..(int)got], form == Syscall.Getdents64 ? DirectoryRecord.Name : DirectoryRecord.OldName, rename);
            if (kept > 0)
            {
                return kept;
            }
        }
    }

    /// <summary>What to make of the numbers in a directory: the guest's number, or -1 for what is none of the guest's. Null for other directories.</summary>
    private static Func<int, int>? Renaming(LinuxProcess process, string path) => ProcPaths.SelfName(path) switch
    {
        "fd" or "fdinfo" => process.Files.ToGuest,
        "task" => tid => process.FindThread(tid) is null ? -1 : tid,
        _ => null,
    };

    /// <summary>Renames records in place and drops those without a name: the bytes that are left.</summary>
    private static int Rename(Span<byte> records, int nameOffset, Func<int, int> rename)
    {
        var kept = 0;
        for (int at = 0, length; at < records.Length; at += length)
        {
            length = BitConverter.ToUInt16(records[(at + DirectoryRecord.Length)..]);
            var record = records.Slice(at, length);
            var name = record[nameOffset..];
            if (Utf8Parser.TryParse(name, out int number, out var digits) && name[digits] == 0)
            {
                var renamed = rename(number);

                // Records are multiples of eight bytes: a number that finds no room is one above 9999 for a descriptor of the host below that.
                if (renamed < 0 || !Utf8Formatter.TryFormat(renamed, name[..^(nameOffset == DirectoryRecord.Name ? 1 : 2)], out var written))
                {
                    continue;
                }

                name[written] = 0;
            }

            record.CopyTo(records[kept..]);
            kept += length;
        }

        return kept;
    }
}
