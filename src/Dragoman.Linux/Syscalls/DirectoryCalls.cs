using System.Buffers.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Reading directories: the host's, but /proc/self/fd and /proc/self/task list the guest's descriptors and threads.</summary>
internal static class DirectoryCalls
{
    private const int LengthOffset = 16, OldNameOffset = 18, NameOffset = 19;

    /// <summary>getdents64(2) and getdents(2).</summary>
    public static long Read(LinuxThread thread, in SyscallRequest request)
    {
        var process = thread.Process;
        var host = process.Files.ToHost(request.Arguments.Int(0));
        if (host < 0 || HostPath.OfDescriptor(host) is not { } path || Renaming(process, path) is not { } rename)
        {
            return PassThrough.Call(thread, request.Syscall, "=fwu", request.Arguments);
        }

        var (address, room) = (request.Arguments[1], (int)Math.Min(request.Arguments.UInt(2), 1 << 16));
        while (true)
        {
            var records = new byte[room];
            long got;
            unsafe
            {
                fixed (byte* target = records)
                {
                    got = HostCall.Invoke(request.Syscall, host, (nint)target, room);
                }
            }

            if (got <= 0)
            {
                return got;
            }

            var kept = Rename(records.AsSpan(0, (int)got), request.Syscall == Syscall.Getdents64 ? NameOffset : OldNameOffset, rename);
            if (kept > 0)
            {
                return process.Memory.TryWrite(address, records.AsSpan(0, kept)) ? kept : -Errno.EFAULT;
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
            length = BitConverter.ToUInt16(records[(at + LengthOffset)..]);
            var record = records.Slice(at, length);
            var name = record[nameOffset..];
            if (Utf8Parser.TryParse(name, out int number, out var digits) && name[digits] == 0)
            {
                var renamed = rename(number);

                // Records are multiples of eight bytes: a number that finds no room is one above 9999 for a descriptor of the host below that.
                if (renamed < 0 || !Utf8Formatter.TryFormat(renamed, name[..^(nameOffset == NameOffset ? 1 : 2)], out var written))
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
