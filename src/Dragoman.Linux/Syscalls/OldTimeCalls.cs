using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Calls with struct timeval in another layout than the host's: each time is copied to the host's two words and back.</summary>
internal static unsafe class OldTimeCalls
{
    public static long Call(LinuxThread thread, in SyscallRequest request, TimespecLayout layout)
    {
        var a = request.Arguments;
        var times = stackalloc long[8];
        switch (request.Syscall)
        {
            case Syscall.OsfGettimeofday:
                var result = thread.Buffers.Return(HostCall.Invoke(Syscall.Gettimeofday, (nint)times, thread.Buffers.ToHost(a[1])));
                return result < 0 || a[0] == 0 ? result : Write(thread, a[0], times, 1, layout);
            case Syscall.OsfSettimeofday:
                return Read(thread, a[0], times, 1, layout) is < 0 and var setError
                    ? setError
                    : HostCall.Invoke(Syscall.Settimeofday, a[0] == 0 ? 0 : (nint)times, thread.Process.Memory.ToHost(a[1]));
            case Syscall.OsfGetitimer:
                result = HostCall.Invoke(Syscall.Getitimer, a.Int(0), (nint)times);
                return result < 0 ? result : Write(thread, a[1], times, 2, layout);
            case Syscall.OsfSetitimer:
                if (Read(thread, a[1], times, 2, layout) is < 0 and var timerError)
                {
                    return timerError;
                }

                result = HostCall.Invoke(Syscall.Setitimer, a.Int(0), (nint)times, (nint)(times + 4));
                return result < 0 || a[2] == 0 ? result : Write(thread, a[2], times + 4, 2, layout);
            case Syscall.OsfUtimes:
                if (!thread.Paths.TryRead(a[0], 0, underPrefix: true, out var path, out var pathError))
                {
                    return -pathError;
                }

                return Read(thread, a[1], times, 2, layout) is < 0 and var error
                    ? error
                    : HostCall.Invoke(Syscall.Utimes, path, a[1] == 0 ? 0 : (nint)times);
            default:
                return Sleep(thread, a[0], a[1], layout);
        }
    }

    /// <summary>osf_usleep_thread: what is left when a signal came is told, and is no error.</summary>
    private static long Sleep(LinuxThread thread, ulong request, ulong remaining, TimespecLayout layout)
    {
        if (TimeCalls.ReadTimeval(thread, request, layout, out var wait) is < 0 and var error)
        {
            return error;
        }

        var deadline = new Deadline(wait);
        var time = stackalloc long[2] { wait / 1_000_000_000, wait % 1_000_000_000 };
        thread.Block(Syscall.Ppoll, 0, 0, (nint)time);
        return remaining == 0 || TimeCalls.WriteTimeval(thread, remaining, deadline.Left, layout) ? 0 : -Errno.EFAULT;
    }

    private static long Read(LinuxThread thread, ulong address, long* times, int count, TimespecLayout layout)
    {
        Span<byte> guest = stackalloc byte[count * layout.Size];
        if (address == 0)
        {
            return 0;
        }

        if (!thread.Process.Memory.TryRead(address, guest))
        {
            return -Errno.EFAULT;
        }

        for (var i = 0; i < count; i++)
        {
            var time = guest.Slice(i * layout.Size, layout.Size);
            (times[2 * i], times[(2 * i) + 1]) = (layout.Seconds.ReadSigned(time), layout.Fraction.ReadSigned(time));
        }

        return 0;
    }

    private static long Write(LinuxThread thread, ulong address, long* times, int count, TimespecLayout layout)
    {
        Span<byte> guest = stackalloc byte[count * layout.Size];
        for (var i = 0; i < count; i++)
        {
            var time = guest.Slice(i * layout.Size, layout.Size);
            layout.Seconds.Write(time, (ulong)times[2 * i]);
            layout.Fraction.Write(time, (ulong)times[(2 * i) + 1]);
        }

        return thread.Process.Memory.TryWrite(address, guest) ? 0 : -Errno.EFAULT;
    }
}
