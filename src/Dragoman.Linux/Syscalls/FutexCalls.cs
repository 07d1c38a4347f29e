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
        var word = thread.Process.Memory.ToHost(address);
        switch (operation & CommandMask)
        {
            case Wait:
                return WaitFor(thread, word, operation, value, timeout, uint.MaxValue, relative: true);
            case WaitBitset:
                return WaitFor(thread, word, operation, value, timeout, value3, relative: false);
            case Wake or WakeBitset:
                return HostCall.InvokeBrief(Syscall.Futex, word, operation, (nint)value, 0, 0, (nint)value3);
            case Requeue or CmpRequeue or CmpRequeuePi or WakeOp:
                return Move(thread, word, operation, value, (uint)timeout, address2, value3);
            case LockPi or LockPi2 or UnlockPi or TryLockPi:
                return Lock(thread, address, word, operation, timeout);
            case WaitRequeuePi:
                return WaitForLock(thread, word, operation, value, timeout, address2);
            default:
                thread.Process.ReportMissing($"Unsupported futex operation: {operation & CommandMask}");
                return -Errno.ENOSYS;
        }
    }

    /// <summary>futex_waitv(2): waits for any of several words.</summary>
    public static long WaitForAny(LinuxThread thread, ulong waiters, uint count, uint flags, ulong timeout, int clock)
    {
        // struct futex_waitv, the same everywhere: value, address, flags and a reserved word.
        const int Words = 3, MostWaiters = 128;
        if (waiters == 0 || count is 0 or > MostWaiters)
        {
            return -Errno.EINVAL;
        }

        var end = stackalloc long[2];
        if (timeout != 0 && TimeCalls.ReadTime(thread, timeout, out end[0], out end[1]) is < 0 and var error)
        {
            return error;
        }

        var native = stackalloc ulong[Words * (int)count];
        if (!thread.Process.Memory.TryRead(waiters, new Span<byte>(native, Words * (int)count * sizeof(ulong))))
        {
            return -Errno.EFAULT;
        }

        for (var i = 0; i < count; i++)
        {
            native[(Words * i) + 1] = (ulong)thread.Process.Memory.ToHost(native[(Words * i) + 1]);
        }

        return thread.Block(Syscall.FutexWaitv, (nint)native, (nint)count, (nint)flags, timeout == 0 ? 0 : (nint)end, clock);
    }

    /// <summary>The operations with a second word. The fourth argument is a count here, not a time.</summary>
    private static long Move(LinuxThread thread, nint word, int operation, uint count, uint count2, ulong address2, uint value3)
    {
        var word2 = thread.Process.Memory.ToHost(address2);
        return Exchange(thread, address2, () => HostCall.Invoke(Syscall.Futex, word, operation, (nint)count, (nint)count2, word2, (nint)value3));
    }

    /// <summary>The operations on locks with priority inheritance.</summary>
    private static long Lock(LinuxThread thread, ulong address, nint word, int operation, ulong timeout) =>
        Exchange(thread, address, () => LockPriority(thread, word, operation, timeout));

    /// <summary>FUTEX_WAIT_REQUEUE_PI.</summary>
    private static long WaitForLock(LinuxThread thread, nint word, int operation, uint value, ulong timeout, ulong address2)
    {
        var word2 = thread.Process.Memory.ToHost(address2);
        return Exchange(thread, address2, () => LockPriority(thread, word, operation, timeout, value, word2));
    }

    /// <summary>Wakes waiters of a word that the kernel itself has changed (thread exit).</summary>
    public static void WakeShared(LinuxThread thread, ulong address, int count) =>
        HostCall.Invoke(Syscall.Futex, thread.Process.Memory.ToHost(address), Wake, count);

    /// <summary>
    /// An operation that exchanges a word. It is atomic, so the kernel must have the guest's own memory; when it finds the page write-protected it answers
    /// EFAULT before it has done anything, and the operation is begun again, as often as another thread is quicker to protect the page.
    /// </summary>
    private static long Exchange(LinuxThread thread, ulong address, Func<long> operation)
    {
        const int Attempts = 1000;
        var result = operation();
        for (var i = 0; i < Attempts && result == -Errno.EFAULT && thread.Process.Memory.PrepareWrite(address, sizeof(uint)); i++)
        {
            result = operation();
        }

        return result;
    }

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
