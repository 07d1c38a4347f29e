using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>clone and clone3: threads here, processes in <see cref="ProcessImage"/>.</summary>
internal static class CloneCalls
{
    public const ulong Vm = 0x100, Fs = 0x200, Files = 0x400, SigHand = 0x800, PidFd = 0x1000, Vfork = 0x4000, Parent = 0x8000, NewThread = 0x10000, SetTls = 0x80000,
        ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000, ClearHandlers = 0x1_0000_0000;

    /// <summary>CLONE_PTRACE and CLONE_UNTRACED, which are for tracers, CLONE_DETACHED, which Linux ignores, and CLONE_IO, by which nothing but a schedule changes.</summary>
    public const ulong WithoutEffect = 0x2000 | 0x800000 | 0x400000 | 0x80000000;

    private const ulong ThreadFlags = Vm | Fs | Files | SigHand | NewThread;
    private const ulong SignalBits = 0xFF, Detached = 0x400000, NewNamespaces = 0x20000, NewUsers = 0x1000_0000, Legacy = 0xFFFF_FFFF;
    private const int SmallestArguments = 64;

    /// <summary>clone(2), whose descriptor for the child has the place of its thread id.</summary>
    public static long Clone(LinuxThread thread, in CloneArguments arguments)
    {
        const ulong SamePlace = PidFd | ParentSetTid;
        return (arguments.Flags & SamePlace) == SamePlace
            ? -Errno.EINVAL
            : Make(thread, arguments with { Flags = arguments.Flags & Legacy, PidFdAddress = arguments.ParentTid });
    }

    private static long Make(LinuxThread thread, in CloneArguments arguments)
    {
        if (IsContradiction(arguments.Flags))
        {
            return -Errno.EINVAL;
        }

        if ((arguments.Flags & NewThread) == 0)
        {
            return ProcessImage.Fork(thread, arguments);
        }

        // A thread has a descriptor only since Linux 6.9.
        return (arguments.Flags & (ThreadFlags | PidFd)) == ThreadFlags ? StartThread(thread, arguments) : -Errno.EINVAL;
    }

    /// <summary>What copy_process (kernel/fork.c) refuses.</summary>
    private static bool IsContradiction(ulong flags)
    {
        bool Has(ulong bits) => (flags & bits) == bits;
        return Has(NewNamespaces | Fs) || Has(NewUsers | Fs) || (Has(NewThread) && !Has(SigHand)) || (Has(SigHand) && !Has(Vm)) || Has(PidFd | Detached);
    }

    public static long Clone3(LinuxThread thread, ulong address, ulong size)
    {
        if (size < SmallestArguments)
        {
            return -Errno.EINVAL;
        }

        if (size > 4096)
        {
            return -Errno.E2BIG;
        }

        // struct clone_args: flags, pidfd, child_tid, parent_tid, exit_signal, stack, stack_size, tls, set_tid, set_tid_size, cgroup; all u64.
        var words = new ulong[(size + 7) / 8];
        if (!thread.Process.Memory.TryRead(address, System.Runtime.InteropServices.MemoryMarshal.AsBytes(words.AsSpan())[..(int)size]))
        {
            return -Errno.EFAULT;
        }

        for (var i = 8; i < words.Length; i++)
        {
            if (words[i] != 0)
            {
                return i >= 11 ? -Errno.E2BIG : -Errno.EINVAL;
            }
        }

        // clone3_args_valid: no flag that only clone knows, and no exit signal where the new task gets another's.
        if ((words[0] & (SignalBits | Detached)) != 0 || (words[0] & (ClearHandlers | SigHand)) == (ClearHandlers | SigHand)
            || words[4] > SignalNumbers.Last || (words[4] != 0 && (words[0] & (NewThread | Parent)) != 0) || (words[5] == 0) != (words[6] == 0))
        {
            return -Errno.EINVAL;
        }

        return Make(thread, new CloneArguments(
            words[0], words[5] + words[6], words[3], words[2], words[7], thread.Process.Abi.Numbers.Signals.ToHost((int)words[4]), words[1]));
    }

    private static long StartThread(LinuxThread parent, CloneArguments arguments)
    {
        var process = parent.Process;
        if (process.IsCopy)
        {
            return Errno.NeedsFreshProcess;
        }

        var vcpu = process.Machine.CreateVcpu();
        vcpu.CopyStateFrom(parent.Vcpu);
        if (!process.Abi.StartClone(vcpu, process.Memory, arguments.Stack, (arguments.Flags & SetTls) != 0, arguments.Tls))
        {
            process.Machine.RemoveVcpu(vcpu);
            return -Errno.EINVAL;
        }

        var child = new LinuxThread(process, vcpu, isMain: false)
        {
            Mask = parent.Mask,
            ClearChildTid = (arguments.Flags & ChildClearTid) != 0 ? arguments.ChildTid : 0,
        };

        using var started = new ManualResetEventSlim();
        var host = new Thread(() => RunThread(child, started), 1 << 20) { IsBackground = true };
        host.Start();
        started.Wait();

        return child.Tid;

        void RunThread(LinuxThread thread, ManualResetEventSlim ready)
        {
            thread.Enter();
            var tid = thread.Tid;

            // Both words are written before either thread goes on in guest code, as the kernel does it.
            if ((arguments.Flags & ParentSetTid) != 0)
            {
                process.Memory.TryWrite(arguments.ParentTid, tid);
            }

            if ((arguments.Flags & ChildSetTid) != 0)
            {
                process.Memory.TryWrite(arguments.ChildTid, tid);
            }

            process.AddThread(thread);
            ready.Set();
            process.RunThread(thread);
        }
    }
}
