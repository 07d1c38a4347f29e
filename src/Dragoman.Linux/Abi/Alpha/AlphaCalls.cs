using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>The calls that only Alpha has, most of them OSF/1's (arch/alpha/kernel/osf_sys.c).</summary>
internal static unsafe class AlphaCalls
{
    private static readonly UsageForm s_oldUsage = new(TimeSize: 4, CountSize: 8);

    public static long Call(LinuxThread thread, AlphaRegisters registers, in SyscallRequest request)
    {
        var a = request.Arguments;
        var process = thread.Process;
        switch (request.Syscall)
        {
            case Syscall.Getxpid: return Two(thread, Syscall.Getpid, Syscall.Getppid);
            case Syscall.Getxuid: return Two(thread, Syscall.Getuid, Syscall.Geteuid);
            case Syscall.Getxgid: return Two(thread, Syscall.Getgid, Syscall.Getegid);
            case Syscall.OsfPipe: return Pipe(thread);
            case Syscall.OsfBrk: return Break(thread, a[0]);
            case Syscall.Getpagesize: return process.Guest.PageSize;
            case Syscall.Getdtablesize: return 1 << 20;
            case Syscall.Gethostname: return AlphaSystemNames.HostName(thread, a[0], a.Int(1));
            case Syscall.OsfUtsname: return AlphaSystemNames.Names(thread, a[0]);
            case Syscall.OsfGetdomainname: return AlphaSystemNames.DomainName(thread, a[0], a.Int(1));
            case Syscall.OsfGetpriority: return Always(thread, registers, HostCall.Invoke(Syscall.Getpriority, a.Int(0), a.Int(1)), priority => 20 - priority);

            case Syscall.OsfGetsysinfo: return AlphaSystemInfo.Get(thread, registers, a.Int(0), a[1], a[2]);
            case Syscall.OsfSetsysinfo: return AlphaSystemInfo.Set(thread, registers, a.Int(0), a[1], a[2]);

            case Syscall.OsfSigprocmask: return ProcessMask(thread, registers, a.Int(0), a[1]);
            case Syscall.OsfSigpending: return SignalCalls.Pending(thread, a[0], sizeof(ulong));
            case Syscall.OsfSigsuspend: return SignalCalls.Suspend(thread, process.Abi.Numbers.Signals.SetToHost(a[0]));
            case Syscall.OsfSigaction:
                return SignalCalls.Action(thread, process.Abi.Numbers.Signals.ToHost(a.Int(0)), a[1], a[2], AlphaLayouts.OldSignalAction, 0);
            case Syscall.OsfSigstack: return SignalStack(thread, a[0], a[1]);

            case Syscall.OsfSelect: return PollCalls.Select(thread, a.Int(0), a[1], a[2], a[3], a[4], AlphaLayouts.OldTimeval, tellsTimeLeft: false);
            case Syscall.OsfWait4: return WaitCalls.Wait(thread, a.Int(0), a[1], a.Int(2), a[3], s_oldUsage);
            case Syscall.OsfGetrusage when a.Int(0) is not (0 or -1): return -Errno.EINVAL;
            case Syscall.OsfGetrusage: return ResourceUsage.Get(thread, a.Int(0), a[1], s_oldUsage);
            case Syscall.OsfGettimeofday or Syscall.OsfSettimeofday or Syscall.OsfGetitimer or Syscall.OsfSetitimer or Syscall.OsfUtimes
                or Syscall.OsfUsleepThread:
                return OldTimeCalls.Call(thread, request, AlphaLayouts.OldTimeval);
            case Syscall.OsfStatfs: return FileSystemCalls.Status(thread, Syscall.Statfs, a[0], a[1], AlphaLayouts.OldFileSystem, a[2]);
            case Syscall.OsfFstatfs: return FileSystemCalls.Status(thread, Syscall.Fstatfs, a[0], a[1], AlphaLayouts.OldFileSystem, a[2]);
            case Syscall.OsfStatfs64: return FileSystemCalls.Status(thread, Syscall.Statfs, a[0], a[1], AlphaLayouts.OldFileSystem64, a[2]);
            case Syscall.OsfFstatfs64: return FileSystemCalls.Status(thread, Syscall.Fstatfs, a[0], a[1], AlphaLayouts.OldFileSystem64, a[2]);
            case Syscall.OsfStat: return FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], 0, AlphaLayouts.OldStat);
            case Syscall.OsfLstat: return FileCalls.Stat(thread, HostPath.AtCwd, a[0], a[1], HostPath.AtSymlinkNoFollow, AlphaLayouts.OldStat);
            case Syscall.OsfFstat: return FileCalls.DescriptorStat(thread, a.Int(0), a[1], AlphaLayouts.OldStat);
            case Syscall.OsfGetdirentries: return AlphaDirectoryCalls.Read(thread, a.Int(0), a[1], a.UInt(2), a[3]);
            case Syscall.OsfSysinfo: return AlphaSystemNames.Information(thread, a.Int(0), a[1], a[2]);
            case Syscall.OsfOldumount:
                a[1] = 0;
                return PassThrough.Call(thread, Syscall.Umount2, "=Px", a);
            case Syscall.Sysfs: return PassThrough.Call(thread, Syscall.Sysfs, a.Int(0) switch { 1 => "=is", 2 => "=iuw", _ => "=i" }, a);
            case Syscall.Ustat: return AlphaOldCalls.Device(thread, a.UInt(0), a[1]);
            case Syscall.OsfOldAdjtimex: return AlphaOldCalls.AdjustClock(thread, a[0]);
            case Syscall.OsfFdatasync: return PassThrough.Call(thread, Syscall.Fdatasync, "=f", a);
            case Syscall.OsfSetProgramAttributes:
                process.Break.Start = process.Break.Current = process.Machine.Memory.PageUp(a[2] + a[3]);
                return 0;
            case Syscall.Sethae: return 0;
            default: return SyscallDispatcher.Missing(thread, request);
        }
    }

    /// <summary>osf_brk: Linux's, but an end that is not what was asked for is an error.</summary>
    private static long Break(LinuxThread thread, ulong wanted)
    {
        var end = MemoryCalls.Brk(thread, wanted);
        return wanted != 0 && end != (long)wanted ? -Errno.ENOMEM : end;
    }

    private static long Two(LinuxThread thread, Syscall first, Syscall second)
    {
        thread.Process.Abi.WriteSecondResult(thread.Vcpu, (ulong)HostCall.Invoke(second));
        return HostCall.Invoke(first);
    }

    /// <summary>A result that may be negative: v0 and a3 are written here.</summary>
    private static long Always(LinuxThread thread, AlphaRegisters registers, long result, Func<long, long> convert)
    {
        if (result < 0)
        {
            return result;
        }

        registers.R(thread.Vcpu, AlphaRegisters.Value) = (ulong)convert(result);
        registers.R(thread.Vcpu, AlphaRegisters.Failure) = 0;
        return Errno.NoResultValue;
    }

    private static long Pipe(LinuxThread thread)
    {
        var pair = stackalloc int[2];
        var result = HostCall.Invoke(Syscall.Pipe2, (nint)pair, 0);
        if (result < 0)
        {
            return result;
        }

        var files = thread.Process.Files;
        var first = files.Add(pair[0]);
        var second = files.Add(pair[1]);
        if (second < 0 && first >= 0)
        {
            files.Close((int)first);
        }

        thread.Process.Abi.WriteSecondResult(thread.Vcpu, (ulong)second);
        return second < 0 ? second : first;
    }

    /// <summary>osf_sigprocmask takes the set itself and returns the old one.</summary>
    private static long ProcessMask(LinuxThread thread, AlphaRegisters registers, int how, ulong set)
    {
        var signals = thread.Process.Abi.Numbers.Signals;
        var old = signals.SetToGuest(thread.Mask);
        return SignalCalls.ChangeMask(thread, how, signals.SetToHost(set)) ? Always(thread, registers, 0, _ => (long)old) : -Errno.EINVAL;
    }

    /// <summary>osf_sigstack: an alternate stack of the smallest size, named by its end.</summary>
    private static long SignalStack(LinuxThread thread, ulong newAddress, ulong oldAddress)
    {
        var memory = thread.Process.Memory;
        var size = (ulong)thread.Process.Abi.Numbers.SmallestSignalStack;
        var old = thread.AlternateStack;
        var isOn = old.Holds(thread.Process.Abi.StackPointer(thread.Vcpu));
        if (newAddress != 0)
        {
            if (!memory.TryRead(newAddress, out ulong end))
            {
                return -Errno.EFAULT;
            }

            if (isOn)
            {
                return -Errno.EPERM;
            }

            thread.AlternateStack = new AlternateStack(end - size, size, 0);
        }

        return oldAddress == 0 || (memory.TryWrite(oldAddress, old.Length == 0 ? 0 : old.Pointer + old.Length) && memory.TryWrite(oldAddress + 8, isOn ? 1 : 0))
            ? 0
            : -Errno.EFAULT;
    }
}
