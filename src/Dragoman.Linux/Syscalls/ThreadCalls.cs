using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>What a thread tells the kernel about itself, and what the kernel does for it when it ends.</summary>
internal static class ThreadCalls
{
    private const int RobustLimit = 2048;
    private const uint OwnerDied = 0x40000000;
    private const uint Waiters = 0x80000000;
    private const uint OwnerMask = 0x3FFFFFFF;

    // Taken before the memory's lock; a thread that ends and the one that ends the process may both come for the same list.
    private static readonly Lock s_releaseLock = new();

    public static long SetTidAddress(LinuxThread thread, ulong address)
    {
        thread.ClearChildTid = address;
        return thread.Tid;
    }

    public static long SetRobustList(LinuxThread thread, ulong head, ulong length)
    {
        if (length != 3 * (ulong)thread.Process.Abi.Layouts.WordSize)
        {
            return -Errno.EINVAL;
        }

        thread.RobustList = head;
        return 0;
    }

    public static long GetRobustList(LinuxThread thread, int tid, ulong head, ulong length)
    {
        var target = tid == 0 ? thread : thread.Process.FindThread(tid);
        if (target is null)
        {
            return -Errno.ESRCH;
        }

        var memory = thread.Process.Memory;
        var size = 3 * (ulong)thread.Process.Abi.Layouts.WordSize;
        return GuestWord.TryWrite(thread, head, target.RobustList) && GuestWord.TryWrite(thread, length, size) ? 0 : -Errno.EFAULT;
    }

    /// <summary>Marks the robust futexes of an ending thread and clears its thread id word (the kernel's mm_release).</summary>
    public static void Release(LinuxThread thread)
    {
        ReleaseFutexes(thread);

        if (thread.ClearChildTid != 0)
        {
            if (thread.Process.Memory.TryWrite(thread.ClearChildTid, 0))
            {
                FutexCalls.WakeShared(thread, thread.ClearChildTid, 1);
            }

            thread.ClearChildTid = 0;
        }
    }

    /// <summary>
    /// Marks the robust futexes of every thread of a process that ends, or that executes another program: other processes may wait for them. The calling
    /// thread is a guest's, in a system call or between two instructions; no other runs guest code meanwhile.
    /// </summary>
    public static void ReleaseAll(LinuxThread caller)
    {
        var process = caller.Process;
        if (process.Threads is [var only] && only == caller)
        {
            ReleaseFutexes(caller);
            return;
        }

        var exclusive = process.Machine.Scheduler.Exclusive;
        exclusive.StartExclusive(caller.Vcpu);
        try
        {
            foreach (var thread in process.Threads)
            {
                ReleaseFutexes(thread);
            }
        }
        finally
        {
            exclusive.EndExclusive(caller.Vcpu);
        }
    }

    private static void ReleaseFutexes(LinuxThread thread)
    {
        // Whoever finds the list walked may end the host process, so the waiters must have been woken by then.
        lock (s_releaseLock)
        {
            if (thread.RobustList != 0)
            {
                WalkRobustList(thread);
                thread.RobustList = 0;
            }
        }
    }

    /// <summary>kernel/futex: exit_robust_list. The list is the guest's and may be anything.</summary>
    private static void WalkRobustList(LinuxThread thread)
    {
        var word = (ulong)thread.Process.Abi.Layouts.WordSize;
        var head = thread.RobustList;
        if (!GuestWord.TryRead(thread, head, out var entry) || !GuestWord.TryRead(thread, head + word, out var offset) || !GuestWord.TryRead(thread, head + (2 * word), out var pending))
        {
            return;
        }

        // A long, which compat_robust_list_head has as an int: glibc's is negative.
        if (word == sizeof(int))
        {
            offset = (ulong)(int)offset;
        }

        for (var i = 0; i < RobustLimit && (entry & ~1UL) != head; i++)
        {
            var current = entry;
            var readable = GuestWord.TryRead(thread, current & ~1UL, out entry);
            if ((current & ~1UL) != (pending & ~1UL))
            {
                Die(thread, (current & ~1UL) + offset, (current & 1) != 0, isPending: false);
            }

            if (!readable)
            {
                return;
            }
        }

        if ((pending & ~1UL) != 0)
        {
            Die(thread, (pending & ~1UL) + offset, (pending & 1) != 0, isPending: true);
        }
    }

    private static void Die(LinuxThread thread, ulong address, bool isPriority, bool isPending)
    {
        var memory = thread.Process.Memory;
        if ((address & 3) != 0 || !memory.TryRead(address, out uint value))
        {
            return;
        }

        if ((value & OwnerMask) == 0 && isPending && !isPriority)
        {
            FutexCalls.WakeShared(thread, address, 1);
            return;
        }

        uint found;
        for (; (value & OwnerMask) == (uint)thread.Tid; value = found)
        {
            if (!memory.Guest.TryCompareExchange(memory.Untag(address), value, (value & Waiters) | OwnerDied, out found))
            {
                return;
            }

            if (found == value)
            {
                break;
            }
        }

        if ((value & OwnerMask) != (uint)thread.Tid)
        {
            return;
        }

        if (!isPriority && (value & Waiters) != 0)
        {
            FutexCalls.WakeShared(thread, address, 1);
        }
    }
}
