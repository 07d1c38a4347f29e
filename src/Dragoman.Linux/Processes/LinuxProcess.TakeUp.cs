using Dragoman.Linux.Host;
using Dragoman.Linux.Loading;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Processes;

public sealed partial class LinuxProcess
{
    /// <summary>Goes on as the process that fork made or execve changed.</summary>
    private static int TakeUp(LinuxOptions options)
    {
        using var reader = new StateReader(ReadState(options.TakeUp));
        var status = reader.ReadInt() == ProcessImage.ForkKind ? TakeUpFork(options, reader) : TakeUpExecute(options, reader);

        // Nobody in this process wants the status, and the runtime's orderly shutdown takes longer than many a shell's child runs.
        HostCall.Invoke(Syscall.ExitGroup, status);
        return status;
    }

    private static int TakeUpExecute(LinuxOptions options, StateReader reader)
    {
        var path = reader.ReadText()!;
        IReadOnlyList<string> arguments = reader.ReadList(() => reader.ReadText()!);
        IReadOnlyList<string> environment = reader.ReadList(() => reader.ReadText()!);
        var inherited = InheritedState.Read(reader);
        HostCall.Invoke(Syscall.Close, options.TakeUp);
        var process = Launch(options, path, arguments, environment, mustBeExecutable: false, inherited.HasGuestParent, inherited.Persona, inherited.Limits);
        process.Adopt(inherited);
        process.Resume(inherited);
        return RunToEnd(process);
    }

    private static int TakeUpFork(LinuxOptions options, StateReader reader)
    {
        var inherited = InheritedState.Read(reader);
        var machine = reader.ReadInt();
        var guest = options.FindGuest(machine) ?? throw new LaunchException($"no guest for machine {machine}", 126, Errno.ENOEXEC);
        var process = new LinuxProcess(options, guest) { HasGuestParent = inherited.HasGuestParent, Program = ForkState.ReadProgram(reader), Persona = inherited.Persona };
        process.Adopt(inherited);
        var thread = new LinuxThread(process, process.Machine.CreateVcpu(), isMain: true);
        ForkState.ReadProcess(process, reader);
        var setTid = ForkState.ReadThread(thread, reader);
        var borrows = reader.ReadBool();
        var regions = MemoryImage.Read(process, reader, options.TakeUp);
        if (borrows && inherited.ReleasePipe >= 0)
        {
            HostCall.Invoke(Syscall.Fcntl, options.TakeUp, 2, 1);
            process.Borrowed = new BorrowedMemory(options.TakeUp, inherited.ReleasePipe, regions);
        }
        else
        {
            HostCall.Invoke(Syscall.Close, options.TakeUp);
        }

        process.AddThread(thread);
        process.BindMain(thread);
        if (setTid != 0)
        {
            process.Memory.TryWrite(setTid, thread.Tid);
        }

        process.Resume(inherited);
        return RunToEnd(process);
    }

    private void Adopt(InheritedState inherited)
    {
        foreach (var file in inherited.Files)
        {
            Files.Adopt(file.Guest, file.Host, file.IsSmall);
            if (file.CloseOnExec)
            {
                HostCall.Invoke(Syscall.Fcntl, file.Host, 2, 1);
            }
        }

        AdoptLimits(inherited.Limits);
        if (inherited.ReleasePipe >= 0)
        {
            HostCall.Invoke(Syscall.Fcntl, inherited.ReleasePipe, 2, 1);
            ReleasePipe = inherited.ReleasePipe;
        }

        Files.Limit = inherited.FileLimit;
        Signals = new ProcessSignals(inherited.Ignored);
    }

    /// <summary>Gives the main thread its mask and the signals that wait for it.</summary>
    private void Resume(InheritedState inherited)
    {
        Threads[0].SetMask(inherited.Mask);
        foreach (var info in inherited.Pending)
        {
            Signals.Send(this, null, info);
        }
    }

    /// <summary>The state's bytes, which the file's last 16 bytes place.</summary>
    private static unsafe byte[] ReadState(int descriptor)
    {
        var size = HostPath.Status(descriptor).Size;
        var trailer = stackalloc long[2];
        var got = size < 16 ? 0 : HostCall.Invoke(Syscall.Pread64, descriptor, (nint)trailer, 16, (nint)(size - 16));
        if (got != 16 || trailer[0] < 0 || trailer[1] <= 0 || trailer[0] + trailer[1] + 16 != size)
        {
            throw new LaunchException("--take-up: not a state that a parent left", 2, Errno.EINVAL);
        }

        var bytes = new byte[trailer[1]];
        fixed (byte* target = bytes)
        {
            got = HostCall.Invoke(Syscall.Pread64, descriptor, (nint)target, bytes.Length, (nint)trailer[0]);
        }

        return got == bytes.Length ? bytes : throw new LaunchException("--take-up: the state cannot be read", 2, Errno.EIO);
    }
}
