using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.I386;

/// <summary>Calls of the first kernels: user ids of 16 bits, signal masks of one word, and older structures (kernel/uid16.c, kernel/signal.c, fs/stat.c).</summary>
internal static unsafe class I386OldCalls
{
    private const ushort Overflow = 65534, Unchanged = ushort.MaxValue;

    public static long Call(LinuxThread thread, in SyscallRequest request)
    {
        var a = request.Arguments;
        switch (request.Syscall)
        {
            case Syscall.Getuid16: return Short(HostCall.Invoke(Syscall.Getuid));
            case Syscall.Geteuid16: return Short(HostCall.Invoke(Syscall.Geteuid));
            case Syscall.Getgid16: return Short(HostCall.Invoke(Syscall.Getgid));
            case Syscall.Getegid16: return Short(HostCall.Invoke(Syscall.Getegid));
            case Syscall.Setuid16: return Set(thread, Syscall.Setuid, a, 0, 1);
            case Syscall.Setgid16: return Set(thread, Syscall.Setgid, a, 0, 1);
            case Syscall.Setfsuid16: return Short(Set(thread, Syscall.Setfsuid, a, 0, 1));
            case Syscall.Setfsgid16: return Short(Set(thread, Syscall.Setfsgid, a, 0, 1));
            case Syscall.Setreuid16: return Set(thread, Syscall.Setreuid, a, 0, 2);
            case Syscall.Setregid16: return Set(thread, Syscall.Setregid, a, 0, 2);
            case Syscall.Setresuid16: return Set(thread, Syscall.Setresuid, a, 0, 3);
            case Syscall.Setresgid16: return Set(thread, Syscall.Setresgid, a, 0, 3);
            case Syscall.Chown16: return Set(thread, Syscall.Chown, a, 1, 2);
            case Syscall.Lchown16: return Set(thread, Syscall.Lchown, a, 1, 2);
            case Syscall.Fchown16: return Set(thread, Syscall.Fchown, a, 1, 2);
            case Syscall.Getresuid16: return GetThree(thread, Syscall.Getresuid, a);
            case Syscall.Getresgid16: return GetThree(thread, Syscall.Getresgid, a);
            case Syscall.Getgroups16: return GetGroups(thread, a.Int(0), a[1]);
            case Syscall.Setgroups16: return SetGroups(thread, a.Int(0), a[1]);

            case Syscall.OldStat: return FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], 0, I386Layouts.OldStat);
            case Syscall.OldLstat: return FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], HostPath.AtSymlinkNoFollow, I386Layouts.OldStat);
            case Syscall.OldFstat: return FileCalls.DescriptorStat(thread, a.Int(0), a[1], I386Layouts.OldStat);
            case Syscall.OldUname: return Names(thread, a[0], ProcessCalls.NameLength, ProcessCalls.NameLength);
            case Syscall.OldOldUname: return Names(thread, a[0], OldNameLength, OldNameLength - 1);

            case Syscall.OldSignal: return Signal(thread, a.Int(0), a[1]);
            case Syscall.OldSigaction: return SignalCalls.Action(thread, a.Int(0), a[1], a[2], I386Layouts.OldSignalAction, null);
            case Syscall.OldSigprocmask: return ProcessMask(thread, a.Int(0), a[1], a[2]);
            case Syscall.OldSigpending: return SignalCalls.Pending(thread, a[0], sizeof(uint));
            case Syscall.OldSigsuspend: return SignalCalls.Suspend(thread, a.UInt(2));
            case Syscall.Sgetmask: return (uint)thread.Mask;
            case Syscall.Ssetmask:
                var old = (uint)thread.Mask;
                thread.SetMask(a.UInt(0));
                return old;
            default: return SyscallDispatcher.Missing(thread, request);
        }
    }

    private const int OldNameLength = 9, OldNameCount = 5;

    private static long Short(long id) => id > ushort.MaxValue ? Overflow : id;

    private static uint Long(ulong id) => (ushort)id == Unchanged ? uint.MaxValue : (ushort)id;

    private static long Set(LinuxThread thread, Syscall syscall, in SyscallArguments arguments, int first, int count)
    {
        var wide = arguments;
        for (var i = first; i < first + count; i++)
        {
            wide[i] = Long(arguments[i]);
        }

        return PassThrough.Call(thread, syscall, SyscallSignatures.Of(syscall)!, wide);
    }

    private static long GetThree(LinuxThread thread, Syscall syscall, in SyscallArguments arguments)
    {
        var ids = stackalloc uint[3];
        var result = HostCall.Invoke(syscall, (nint)ids, (nint)(ids + 1), (nint)(ids + 2));
        for (var i = 0; i < 3 && result >= 0; i++)
        {
            result = thread.Process.Memory.TryWrite(arguments[i], (ushort)Short(ids[i])) ? 0 : -Errno.EFAULT;
        }

        return result;
    }

    private static long GetGroups(LinuxThread thread, int size, ulong address)
    {
        if (size < 0)
        {
            return -Errno.EINVAL;
        }

        var groups = new uint[Math.Min(size, ushort.MaxValue + 1)];
        fixed (uint* start = groups)
        {
            var result = HostCall.Invoke(Syscall.Getgroups, groups.Length, (nint)start);
            for (var i = 0; size != 0 && i < result; i++)
            {
                if (!thread.Process.Memory.TryWrite(address + (2 * (ulong)i), (ushort)Short(groups[i])))
                {
                    return -Errno.EFAULT;
                }
            }

            return result;
        }
    }

    private static long SetGroups(LinuxThread thread, int size, ulong address)
    {
        if (size is < 0 or > ushort.MaxValue + 1)
        {
            return -Errno.EINVAL;
        }

        var groups = new uint[size];
        for (var i = 0; i < size; i++)
        {
            if (!thread.Process.Memory.TryRead(address + (2 * (ulong)i), out ushort group))
            {
                return -Errno.EFAULT;
            }

            groups[i] = group;
        }

        fixed (uint* start = groups)
        {
            return HostCall.Invoke(Syscall.Setgroups, size, (nint)start);
        }
    }

    /// <summary>The older forms of uname: five names, of 65 or 9 bytes.</summary>
    private static long Names(LinuxThread thread, ulong address, int length, int kept)
    {
        Span<byte> names = stackalloc byte[ProcessCalls.NameCount * ProcessCalls.NameLength];
        if (ProcessCalls.ReadNames(thread, names) is < 0 and var error)
        {
            return error;
        }

        Span<byte> old = stackalloc byte[OldNameCount * length];
        old.Clear();
        for (var i = 0; i < OldNameCount; i++)
        {
            names.Slice(i * ProcessCalls.NameLength, kept).CopyTo(old[(i * length)..]);
        }

        return thread.Process.Memory.TryWrite(address, old) ? 0 : -Errno.EFAULT;
    }

    /// <summary>signal(2): a handler for one time, during which nothing is blocked. The old one is the result.</summary>
    private static long Signal(LinuxThread thread, int signal, ulong handler)
    {
        if (signal is < 1 or > SignalNumbers.Last || (SignalNumbers.Unblockable & SignalNumbers.Bit(signal)) != 0)
        {
            return -Errno.EINVAL;
        }

        var action = new SignalAction(handler, SignalAction.ResetHandler | SignalAction.NoDefer, 0, 0);
        return (long)thread.Process.Signals.Exchange(signal, action, thread.Process.Threads).Handler;
    }

    private static long ProcessMask(LinuxThread thread, int how, ulong newAddress, ulong oldAddress)
    {
        var memory = thread.Process.Memory;
        var old = (uint)thread.Mask;
        if (newAddress != 0)
        {
            if (!memory.TryRead(newAddress, out uint set))
            {
                return -Errno.EFAULT;
            }

            const int Replace = 2;
            var wide = how == Replace ? (thread.Mask & ~(ulong)uint.MaxValue) | set : set;
            if (!SignalCalls.ChangeMask(thread, how, wide))
            {
                return -Errno.EINVAL;
            }
        }

        return oldAddress == 0 || memory.TryWrite(oldAddress, old) ? 0 : -Errno.EFAULT;
    }
}
