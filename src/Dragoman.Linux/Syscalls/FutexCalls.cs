using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>futex(2). Guest threads are host threads and guest memory is host memory, so the host's futexes are the guest's.</summary>
internal static unsafe class FutexCalls
{
    private const int Wait = 0, Wake = 1, Requeue = 3, CmpRequeue = 4, WakeOp = 5, LockPi = 6, UnlockPi = 7, TryLockPi = 8, WaitBitset = 9,
        WakeBitset = 10, WaitRequeuePi = 11, CmpRequeuePi = 12, LockPi2 = 13;

    private const int CommandMask = 0x7F;
    private const int PrivateFlag = 128;
    private const int RealTimeFlag = 256;
    private const int Monotonic = 1;
    private const long NanosecondsPerSecond = 1_000_000_000;

    public static long Futex(LinuxThread thread, ulong address, int operation, uint value, ulong timeout, ulong address2, uint value3)
    {
        var memory = thread.Process.Memory;
        var word = memory.ToHost(address);
        switch (operation & CommandMask)
        {
            case Wait:
                return WaitFor(thread, word, operation, value, timeout, uint.MaxValue, relative: true);
            case WaitBitset:
                return WaitFor(thread, word, operation, value, timeout, value3, relative: false);
            case Wake or WakeBitset:
                return HostCall.Invoke(Syscall.Futex, word, operation, (nint)value, 0, 0, (nint)value3);
            case Requeue or CmpRequeue or CmpRequeuePi or WakeOp:
                // The fourth argument is a count here, not a time.
                return HostCall.Invoke(Syscall.Futex, word, operation, (nint)value, (nint)(uint)timeout, memory.ToHost(address2), (nint)value3);
            case LockPi or LockPi2 or UnlockPi or TryLockPi:
                return LockPriority(thread, word, operation, timeout);
            case WaitRequeuePi:
                return LockPriority(thread, word, operation, timeout, value, memory.ToHost(address2));
            default:
                thread.Process.ReportMissing($"Unsupported futex operation: {operation & CommandMask}");
                return -Errno.ENOSYS;
        }
    }

    /// <summary>Wakes waiters of a word that the kernel itself has changed (thread exit).</summary>
    public static void WakeShared(LinuxThread thread, ulong address, int count) =>
        HostCall.Invoke(Syscall.Futex, thread.Process.Memory.ToHost(address), Wake, count);

    /// <summary>Every wait is made one for an absolute time, so that it can be begun again with the time that is left.</summary>
    private static long WaitFor(LinuxThread thread, nint word, int operation, uint value, ulong timeout, uint bits, bool relative)
    {
        var end = stackalloc long[2];
        var hasEnd = timeout != 0;
        if (hasEnd)
        {
            if (TimeCalls.ReadTime(thread, timeout, out end[0], out end[1]) is < 0 and var error)
            {
                return error;
            }

            if (relative)
            {
                var now = stackalloc long[2];
                HostCall.Invoke(Syscall.ClockGettime, Monotonic, (nint)now);
                var fraction = now[1] + end[1];
                end[0] = end[0] > long.MaxValue - now[0] - 1 ? long.MaxValue : end[0] + now[0] + (fraction / NanosecondsPerSecond);
                end[1] = fraction % NanosecondsPerSecond;
            }
        }

        var flags = operation & PrivateFlag;
        if (!relative)
        {
            flags |= operation & RealTimeFlag;
        }

        var result = thread.Block(Syscall.Futex, word, WaitBitset | flags, (nint)value, hasEnd ? (nint)end : 0, 0, (nint)bits);

        // FUTEX_WAIT with a relative time ends with EINTR when a handler runs; one without or with an absolute time is restarted.
        return result == -Errno.ERESTARTSYS && hasEnd && relative ? -Errno.ERESTART_RESTARTBLOCK : result;
    }

    /// <summary>The operations on locks with priority inheritance. Times are absolute; a signal never ends them with EINTR.</summary>
    private static long LockPriority(LinuxThread thread, nint word, int operation, ulong timeout, uint value = 0, nint word2 = 0)
    {
        var end = stackalloc long[2];
        if (timeout != 0 && TimeCalls.ReadTime(thread, timeout, out end[0], out end[1]) is < 0 and var error)
        {
            return error;
        }

        var result = thread.Block(Syscall.Futex, word, operation, (nint)value, timeout == 0 ? 0 : (nint)end, word2);
        return result == -Errno.ERESTARTSYS ? -Errno.ERESTARTNOINTR : result;
    }
}
