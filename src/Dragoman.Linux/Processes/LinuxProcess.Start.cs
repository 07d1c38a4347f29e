using Dragoman.Linux.Elf;
using Dragoman.Linux.Host;
using Dragoman.Linux.Loading;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Processes;

public sealed partial class LinuxProcess
{
    private static int Start(LinuxOptions options)
    {
        if (options.TakeUp >= 0)
        {
            return TakeUp(options);
        }

        var process = Launch(options, options.Program, options.Arguments, options.Environment, false, false, (uint)HostCall.Invoke(Syscall.Personality, -1), []);
        process.Files.AdoptInherited();
        process.AdoptFileLimit();
        process.Signals = new ProcessSignals(InheritedIgnores());
        return RunToEnd(process);
    }

    /// <summary>Makes a process with a loaded program and one thread, bound to the calling host thread.</summary>
    private static LinuxProcess Launch(
        LinuxOptions options, string path, IReadOnlyList<string> arguments, IReadOnlyList<string> environment, bool mustBeExecutable, bool hasGuestParent,
        uint persona, IReadOnlyList<ResourceLimit> limits)
    {
        var paths = new GuestPaths(options.Prefix);
        using var file = Executable.Open(path, ref arguments, paths, mustBeExecutable);
        var guest = file.Machine == 0
            ? throw new LaunchException($"{path}: not an ELF file", 126, Errno.ENOEXEC)
            : options.FindGuest(file.Machine)
                ?? throw new LaunchException($"{path}: ELF file for {ElfMachines.Describe(file.Machine, file.Is64Bit)}, which is no guest here", 126, Errno.ENOEXEC);
        var process = new LinuxProcess(options, guest) { HasGuestParent = hasGuestParent, Persona = persona };
        process.AdoptLimits(limits);
        var thread = new LinuxThread(process, process.Machine.CreateVcpu(), isMain: true);
        ProgramLoader.Load(process, thread.Vcpu, file, paths, arguments, environment, path);
        process.AddThread(thread);
        process.BindMain(thread);
        return process;
    }

    /// <summary>Binds the main thread to the calling host thread.</summary>
    private void BindMain(LinuxThread thread)
    {
        thread.Enter();
        NameHostThread();
    }

    /// <summary>The host shows the guest's name, in lists of processes and in /proc/self/comm, as execve would have set it.</summary>
    private unsafe void NameHostThread()
    {
        const int SetName = 15;
        fixed (byte* name = HostPath.Terminated(Program.Path[(Program.Path.LastIndexOf('/') + 1)..]))
        {
            HostCall.Invoke(Syscall.Prctl, SetName, (nint)name);
        }
    }

    /// <summary>
    /// Signals that the parent had set to be ignored (nohup). SIGPIPE cannot be told: .NET ignores it itself before any managed code runs.
    /// </summary>
    private static ulong InheritedIgnores()
    {
        ulong mask = 0;
        for (var signal = 1; signal < SignalNumbers.FirstRealTime; signal++)
        {
            if (signal != SignalNumbers.Pipe && HostSignals.IsIgnored(signal))
            {
                mask |= SignalNumbers.Bit(signal);
            }
        }

        return mask;
    }

    private unsafe void AdoptLimits(IReadOnlyList<ResourceLimit> limits)
    {
        foreach (var limit in limits)
        {
            Limits[limit.Resource] = limit;
        }

        var stack = stackalloc ulong[2];
        HostCall.Invoke(Syscall.Getrlimit, LimitCalls.Stack, (nint)stack);
        Machine.Memory.GrowthLimit = Limits[LimitCalls.Stack]?.Soft ?? stack[0];
    }

    private unsafe void AdoptFileLimit()
    {
        var limit = stackalloc ulong[2];
        HostCall.Invoke(Syscall.Getrlimit, 7, (nint)limit);
        Files.Limit = (int)Math.Min(limit[0], int.MaxValue);
    }
}
