using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;

namespace Dragoman.Linux.Syscalls;

/// <summary>Finds who carries a system call out.</summary>
internal static class SyscallDispatcher
{
    /// <summary>Carries a call out on the calling thread: a value, a negated errno, an ERESTART code or <see cref="Errno.NoResultValue"/>.</summary>
    public static long Call(LinuxThread thread, in SyscallRequest request)
    {
        var a = request.Arguments;
        switch (request.Syscall)
        {
            case Syscall.Openat: return FileCalls.Open(thread, a.Int(0), a[1], a[2], a.UInt(3));
            case Syscall.Open: return FileCalls.Open(thread, HostPath.AtCwd, a[0], a[1], a.UInt(2));
            case Syscall.Close: return thread.Process.Files.Close(a.Int(0));
            case Syscall.CloseRange: return DescriptorCalls.CloseRange(thread, a.UInt(0), a.UInt(1), a.UInt(2));
            case Syscall.Dup: return DescriptorCalls.Duplicate(thread, a.Int(0), 0, false);
            case Syscall.Dup2: return DescriptorCalls.DuplicateTo(thread, a.Int(0), a.Int(1), 0, true);
            case Syscall.Dup3: return DescriptorCalls.DuplicateTo(thread, a.Int(0), a.Int(1), a.UInt(2), false);
            case Syscall.Pipe: return DescriptorCalls.Pipe(thread, a[0], 0);
            case Syscall.Pipe2: return DescriptorCalls.Pipe(thread, a[0], (uint)thread.Process.Abi.Numbers.OpenFlags.ToHost(a[1]));
            case Syscall.Fcntl: return DescriptorCalls.Control(thread, a.Int(0), a.Int(1), a[2]);
            case Syscall.Ioctl: return IoctlCalls.Ioctl(thread, a.Int(0), a.UInt(1), a[2]);
            case Syscall.Readv or Syscall.Writev: return VectorCalls.Transfer(thread, request.Syscall, a.Int(0), a[1], a.Int(2), 0, 0);
            case Syscall.Preadv or Syscall.Pwritev or Syscall.Preadv2 or Syscall.Pwritev2:
                return VectorCalls.Transfer(thread, request.Syscall, a.Int(0), a[1], a.Int(2), a.Long(3), a.UInt(5));
            case Syscall.Vmsplice: return VectorCalls.Splice(thread, a.Int(0), a[1], a[2], a.UInt(3));
            case Syscall.Stat or Syscall.Lstat or Syscall.Newfstatat or Syscall.Fstat:
                return Stat(thread, request.Syscall, a, thread.Process.Abi.Layouts.Stat);
            case Syscall.Stat64 or Syscall.Lstat64 or Syscall.Fstatat64 or Syscall.Fstat64 when thread.Process.Abi.Layouts.Stat64 is { } layout:
                return Stat(thread, request.Syscall, a, layout);
            case Syscall.Statfs or Syscall.Fstatfs: return FileSystemCalls.Status(thread, request.Syscall, a[0], a[1], thread.Process.Abi.Layouts.FileSystem);
            case Syscall.Statfs64 or Syscall.Fstatfs64 when thread.Process.Abi.Layouts.FileSystem64 is { } layout:
                return FileSystemCalls.Status64(thread, request.Syscall, a[0], a[1], a[2], layout);
            case Syscall.Getdents64 when !WordStructure.IsNative(thread): return NarrowDirectoryCalls.Read(thread, a.Int(0), a[1], a.UInt(2));
            case Syscall.Lseek when !WordStructure.IsNative(thread): return NarrowDirectoryCalls.Seek(thread, a.Int(0), (int)a.UInt(1), a.Int(2));
            case Syscall.Readlink: return FileCalls.ReadLink(thread, HostPath.AtCwd, a[0], a[1], a.Int(2));
            case Syscall.Readlinkat: return FileCalls.ReadLink(thread, a.Int(0), a[1], a[2], a.Int(3));
            case Syscall.Getdents or Syscall.Getdents64: return DirectoryCalls.Read(thread, request);
            case Syscall.Creat: return FileCalls.Create(thread, a[0], a.UInt(1));

            case Syscall.Brk: return MemoryCalls.Brk(thread, a[0]);
            case Syscall.Mmap: return MemoryCalls.Map(thread, a[0], a[1], a.UInt(2), a.UInt(3), a.Int(4), a[5]);
            case Syscall.Munmap: return MemoryCalls.Unmap(thread, a[0], a[1]);
            case Syscall.Mprotect: return MemoryCalls.Protect(thread, a[0], a[1], a.UInt(2));
            case Syscall.Mremap: return MemoryCalls.Remap(thread, a[0], a[1], a[2], a.UInt(3), a[4]);
            case Syscall.Madvise: return MemoryCalls.Advise(thread, a[0], a[1], a.Int(2));
            case Syscall.Msync or Syscall.Mincore or Syscall.Mlock or Syscall.Munlock or Syscall.Mlock2:
                return MemoryCalls.OnRange(thread, request.Syscall, a[0], a[1], a[2]);
            case Syscall.Mlockall: return MemoryCalls.LockAll(thread, a.UInt(0));
            case Syscall.Munlockall: return 0;

            case Syscall.Shmat: return SharedMemoryCalls.Attach(thread, a.Int(0), a[1], a.Int(2));
            case Syscall.Shmdt: return SharedMemoryCalls.Detach(thread, a[0]);
            case Syscall.Shmctl or Syscall.Msgctl when WordStructure.IsNative(thread): return IpcCalls.Control(thread, request.Syscall, a.Int(0), a.Int(1), a[2]);
            case Syscall.Semctl when WordStructure.IsNative(thread): return IpcCalls.ControlSemaphores(thread, a.Int(0), a.Int(1), a.Int(2), a[3]);
            case Syscall.Msgsnd or Syscall.Msgrcv when !WordStructure.IsNative(thread): return thread.Process.Abi.Call(thread, request);

            case Syscall.Nanosleep: return TimeCalls.Sleep(thread, 1, 0, a[0], a[1]);
            case Syscall.ClockNanosleep: return TimeCalls.Sleep(thread, a.Int(0), a.Int(1), a[2], a[3]);
            case Syscall.TimerCreate: return TimeCalls.CreateTimer(thread, a.Int(0), a[1], a[2]);

            case Syscall.Clone: return CloneCalls.Clone(thread, thread.Process.Abi.ReadClone(request));
            case Syscall.Clone3: return CloneCalls.Clone3(thread, a[0], a[1]);
            case Syscall.Fork: return CloneCalls.Clone(thread, new CloneArguments(0, 0, 0, 0, 0, 17));
            case Syscall.Vfork: return CloneCalls.Clone(thread, new CloneArguments(0x4100, 0, 0, 0, 0, 17));
            case Syscall.Execve: return ProcessCalls.Execute(thread, a[0], a[1], a[2]);
            case Syscall.Execveat: return ProcessCalls.ExecuteAt(thread, a.Int(0), a[1], a[2], a[3], a.Int(4));
            case Syscall.Wait4: return WaitCalls.Wait(thread, a.Int(0), a[1], a.Int(2), a[3], ResourceUsage.Native);
            case Syscall.Waitid: return WaitCalls.WaitId(thread, a.Int(0), a.Int(1), a[2], a.Int(3), a[4]);
            case Syscall.Getrusage: return ResourceUsage.Get(thread, a.Int(0), a[1], ResourceUsage.Native);
            case Syscall.Times: return TimeCalls.Times(thread, a[0]);
            case Syscall.Exit: return ProcessCalls.ExitThread(thread, a.Int(0));
            case Syscall.ExitGroup: return ProcessCalls.ExitGroup(thread, a.Int(0));
            case Syscall.SetTidAddress: return ThreadCalls.SetTidAddress(thread, a[0]);
            case Syscall.SetRobustList: return ThreadCalls.SetRobustList(thread, a[0], a[1]);
            case Syscall.GetRobustList: return ThreadCalls.GetRobustList(thread, a.Int(0), a[1], a[2]);
            case Syscall.Futex: return FutexCalls.Futex(thread, a[0], a.Int(1), a.UInt(2), a[3], a[4], a.UInt(5));
            case Syscall.FutexWaitv: return FutexCalls.WaitForAny(thread, a[0], a.UInt(1), a.UInt(2), a[3], a.Int(4));
            case Syscall.Prctl: return ProcessCalls.Prctl(thread, a.Int(0), a[1], a[2], a[3], a[4]);
            case Syscall.Personality: return ProcessCalls.Personality(thread, a.UInt(0));
            case Syscall.Sysinfo when !WordStructure.IsNative(thread): return SystemInfoCalls.Get(thread, a[0]);
            case Syscall.Uname: return ProcessCalls.Uname(thread, a[0]);
            case Syscall.Getrlimit or Syscall.Setrlimit: return LimitCalls.OwnLimit(thread, request.Syscall, a.Int(0), a[1]);
            case Syscall.Prlimit64: return LimitCalls.Limit(thread, a.Int(0), a.Int(1), a[2], a[3], LimitCalls.Infinity, isWide: true);

            case Syscall.Kill: return SignalCalls.Kill(thread, a.Int(0), Signal(thread, a.Int(1)));
            case Syscall.Tkill: return SignalCalls.ThreadKill(thread, -1, a.Int(0), Signal(thread, a.Int(1)));
            case Syscall.Tgkill: return SignalCalls.ThreadKill(thread, a.Int(0), a.Int(1), Signal(thread, a.Int(2)));
            case Syscall.RtSigqueueinfo: return SignalCalls.Queue(thread, a.Int(0), 0, Signal(thread, a.Int(1)), a[2]);
            case Syscall.RtTgsigqueueinfo: return SignalCalls.Queue(thread, a.Int(0), a.Int(1), Signal(thread, a.Int(2)), a[3]);
            case Syscall.PidfdSendSignal: return SignalCalls.SendToDescriptor(thread, a.Int(0), Signal(thread, a.Int(1)), a[2], a.UInt(3));
            case Syscall.RtSigaction: return SignalCalls.Action(thread, Signal(thread, a.Int(0)), a[1], a[2], a[3], a[4]);
            case Syscall.RtSigprocmask: return SignalCalls.Mask(thread, a.Int(0), a[1], a[2], a[3]);
            case Syscall.RtSigpending: return SignalCalls.Pending(thread, a[0], a[1]);
            case Syscall.RtSigsuspend: return SignalCalls.Suspend(thread, a[0], a[1]);
            case Syscall.Pause: return SignalCalls.Pause(thread);
            case Syscall.RtSigtimedwait: return SignalCalls.TimedWait(thread, a[0], a[1], a[2], a[3]);
            case Syscall.RtSigreturn or Syscall.Sigreturn: return SignalCalls.Return(thread, request.Syscall);
            case Syscall.Sigaltstack: return SignalCalls.AlternateStack(thread, a[0], a[1]);

            case Syscall.Signalfd: return SignalCalls.File(thread, a.Int(0), a[1], a[2], 0);
            case Syscall.Signalfd4: return SignalCalls.File(thread, a.Int(0), a[1], a[2], a.UInt(3));

            case Syscall.Ppoll: return PollCalls.PPoll(thread, a[0], a.UInt(1), a[2], a[3], a[4]);
            case Syscall.Poll: return PollCalls.Poll(thread, a[0], a.UInt(1), a.Int(2));
            case Syscall.Select: return PollCalls.Select(thread, a.Int(0), a[1], a[2], a[3], a[4], thread.Process.Abi.Layouts.Timespec);
            case Syscall.Pselect6: return PollCalls.Select(thread, a.Int(0), a[1], a[2], a[3], a[4], a[5]);
            case Syscall.EpollCtl: return EpollCalls.Control(thread, a.Int(0), a.Int(1), a.Int(2), a[3]);
            case Syscall.EpollWait: return EpollCalls.Wait(thread, a.Int(0), a[1], a.Int(2), a.Int(3), 0, 0);
            case Syscall.EpollPwait: return EpollCalls.Wait(thread, a.Int(0), a[1], a.Int(2), a.Int(3), a[4], a[5]);
            case Syscall.EpollPwait2: return EpollCalls.Wait2(thread, a.Int(0), a[1], a.Int(2), a[3], a[4], a[5]);

            case Syscall.Socketpair: return SocketCalls.Pair(thread, a.Int(0), SocketCalls.Type(thread, a.Int(1)), a.Int(2), a[3]);
            case Syscall.Setsockopt: return SocketCalls.SetOption(thread, a.Int(0), a.Int(1), a.Int(2), a[3], a.UInt(4));
            case Syscall.Getsockopt: return SocketCalls.GetOption(thread, a.Int(0), a.Int(1), a.Int(2), a[3], a[4]);
            case Syscall.Send or Syscall.Recv: return SocketCalls.Transfer(thread, request.Syscall, a.Int(0), a[1], a[2], a.UInt(3));
            case Syscall.Sendmmsg: return ManyMessageCalls.Send(thread, a.Int(0), a[1], a.UInt(2), a.Int(3));
            case Syscall.Recvmmsg: return ManyMessageCalls.Receive(thread, a.Int(0), a[1], a.UInt(2), a.Int(3), a[4]);
            case Syscall.Sendmsg or Syscall.Recvmsg: return SocketCalls.Message(thread, request.Syscall, a.Int(0), a[1], a.Int(2));

            // A program that finds rseq missing goes on without; one that got it would need every vCPU switch to honour it.
            case Syscall.Rseq: return -Errno.ENOSYS;
            default: return Rest(thread, request);
        }
    }

    private static long Rest(LinuxThread thread, in SyscallRequest request)
    {
        if (request.Syscall != Syscall.None && SyscallSignatures.Of(request.Syscall) is { Length: > 0 } signature && (signature[0] == '=' || signature[0] == '~'))
        {
            return PassThrough.Call(thread, request.Syscall, signature, request.Arguments);
        }

        return request.Syscall != Syscall.None ? thread.Process.Abi.Call(thread, request) : Missing(thread, request);
    }

    /// <summary>Nobody carries the call out: it is named under <c>-d unimp</c>.</summary>
    internal static long Missing(LinuxThread thread, in SyscallRequest request)
    {
        thread.Process.ReportMissing($"Unsupported syscall: {request.Number}{(request.Syscall == Syscall.None ? "" : " (" + SyscallNames.Of(request.Syscall) + ")")}");
        return -Errno.ENOSYS;
    }

    /// <summary>A signal argument in this room's numbers.</summary>
    private static int Signal(LinuxThread thread, int guest) => thread.Process.Abi.Numbers.Signals.ToHost(guest);

    private static long Stat(LinuxThread thread, Syscall syscall, in SyscallArguments a, StatLayout layout) => syscall switch
    {
        Syscall.Stat or Syscall.Stat64 => FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], 0, layout),
        Syscall.Lstat or Syscall.Lstat64 => FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], HostPath.AtSymlinkNoFollow, layout),
        Syscall.Fstat or Syscall.Fstat64 => FileCalls.DescriptorStat(thread, a.Int(0), a[1], layout),
        _ => FileCalls.Stat(thread, a.Int(0), a[1], a[2], a.Int(3), layout),
    };
}
