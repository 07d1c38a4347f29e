using System.Diagnostics;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Host;

/// <summary>The threads of this process, as the host's kernel sees them.</summary>
internal static unsafe class HostThreads
{
    private const int Readable = 0x80000, ReadableDirectory = 0x90000;

    /// <summary>Waits until every thread but the calling one sleeps in the kernel. Allocates nothing, so that it wakes none itself.</summary>
    /// <returns>False when they would not within <paramref name="milliseconds"/>.</returns>
    public static bool AwaitSleep(int milliseconds)
    {
        var start = Stopwatch.GetTimestamp();
        while (!OthersSleep())
        {
            if (Stopwatch.GetElapsedTime(start).TotalMilliseconds > milliseconds)
            {
                return false;
            }

            HostCall.Invoke(Syscall.SchedYield);
        }

        return true;
    }

    private static bool OthersSleep()
    {
        const int BufferSize = 4096;
        var buffer = stackalloc byte[BufferSize];
        var self = (int)HostCall.Invoke(Syscall.Gettid);
        long directory;
        fixed (byte* path = "/proc/self/task\0"u8)
        {
            directory = HostCall.Invoke(Syscall.Openat, HostPath.AtCwd, (nint)path, ReadableDirectory);
        }

        if (directory < 0)
        {
            return false;
        }

        var all = true;
        while (all && HostCall.Invoke(Syscall.Getdents64, (nint)directory, (nint)buffer, BufferSize) is > 0 and var length)
        {
            for (long at = 0; all && at < length; at += *(ushort*)(buffer + at + DirectoryRecord.Length))
            {
                // "." and ".." begin with no digit.
                var name = buffer + at + DirectoryRecord.Name;
                all = *name is < (byte)'0' or > (byte)'9' || Sleeps((int)directory, name, self);
            }
        }

        HostCall.Invoke(Syscall.Close, (nint)directory);
        return all;
    }

    /// <summary>proc(5): "PID (NAME) STATE ...". The name may hold anything, so the last parenthesis counts.</summary>
    private static bool Sleeps(int directory, byte* name, int self)
    {
        const int TextSize = 512, PathSize = 32;
        var path = stackalloc byte[PathSize];
        var digits = 0;
        var tid = 0;
        for (; name[digits] != 0; digits++)
        {
            path[digits] = name[digits];
            tid = (tid * 10) + name[digits] - '0';
        }

        if (tid == self)
        {
            return true;
        }

        "/stat\0"u8.CopyTo(new Span<byte>(path + digits, PathSize - digits));
        var file = HostCall.Invoke(Syscall.Openat, directory, (nint)path, Readable);
        if (file < 0)
        {
            // Ended meanwhile.
            return true;
        }

        var text = stackalloc byte[TextSize];
        var got = HostCall.Invoke(Syscall.Read, (nint)file, (nint)text, TextSize);
        HostCall.Invoke(Syscall.Close, (nint)file);
        var close = got > 0 ? new ReadOnlySpan<byte>(text, (int)got).LastIndexOf((byte)')') : -1;
        return close >= 0 && close + 2 < got && text[close + 2] == (byte)'S';
    }
}
