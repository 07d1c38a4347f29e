using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Processes.Images;

namespace Dragoman.Linux.Syscalls;

/// <summary>clone and clone3: threads here, processes in <see cref="ProcessImage"/>.</summary>
internal static class CloneCalls
{
    public const ulong Vm = 0x100, Fs = 0x200, Files = 0x400, SigHand = 0x800, Vfork = 0x4000, NewThread = 0x10000, SetTls = 0x80000,
        ParentSetTid = 0x100000, ChildClearTid = 0x200000, ChildSetTid = 0x1000000, PidFd = 0x1000;

    /// <summary>CLONE_PTRACE and CLONE_UNTRACED, which are for tracers, CLONE_DETACHED, which Linux ignores, and CLONE_IO, by which nothing but a schedule changes.</summary>
    public const ulong WithoutEffect = 0x2000 | 0x800000 | 0x400000 | 0x80000000;

    private const ulong ThreadFlags = Vm | Fs | Files | SigHand | NewThread;
    private const int SmallestArguments = 64;

    public static long Clone(LinuxThread thread, in CloneArguments arguments)
    {
        if ((arguments.Flags & NewThread) == 0)
        {
            return ProcessImage.Fork(thread, arguments);
        }

        return (arguments.Flags & ThreadFlags) == ThreadFlags ? StartThread(thread, arguments) : -Errno.EINVAL;
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

        if ((words[0] & 0xFF) != 0 || (words[5] == 0) != (words[6] == 0))
        {
            return -Errno.EINVAL;
        }

        var parentTid = (words[0] & PidFd) != 0 ? words[1] : words[3];
        return Clone(thread, new CloneArguments(words[0], words[5] + words[6], parentTid, words[2], words[7], thread.Process.Abi.Numbers.Signals.ToHost((int)words[4])));
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
