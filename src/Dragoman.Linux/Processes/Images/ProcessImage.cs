using System.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Elf;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Loading;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// fork and execve. Where <see cref="ProcessCopy"/> cannot, the caller of fork writes down the state, and a child takes it up in a fresh Dragoman, with the
/// process id and the descriptors that a fork gives. execve puts another program in the caller's place; where other threads or what only the host
/// ends are in the way, this process is executed anew to take up the state.
/// </summary>
internal static unsafe class ProcessImage
{
    public const int ExecuteKind = 1;
    public const int ForkKind = 2;
    private const ulong ArgumentLimit = 2 << 20;
    private const int StringLimit = 128 << 10;

    // Descriptors of the guest lose close-on-exec while a child is made: one at a time.
    private static readonly Lock s_lock = new();

    /// <summary>execve(2): returns a negated errno, or not at all.</summary>
    public static long Execute(LinuxThread thread, string name, ulong argumentAddress, ulong environmentAddress)
    {
        var process = thread.Process;
        if (process.Options.Relaunch is null)
        {
            process.ReportMissing("execve: this emulator was not told how to start itself again");
            return -Errno.ENOSYS;
        }

        ulong used = 0;
        if (ReadStrings(thread, argumentAddress, ref used, out var arguments) is < 0 and var argumentError)
        {
            return argumentError;
        }

        if (ReadStrings(thread, environmentAddress, ref used, out var environment) is < 0 and var environmentError)
        {
            return environmentError;
        }

        // Since Linux 5.18 an empty argv becomes one empty string.
        arguments = arguments.Count == 0 ? [""] : arguments;
        var path = thread.Paths.Translate(name, underPrefix: true);
        if (Check(process, path, arguments) is < 0 and var error)
        {
            return error;
        }

        lock (s_lock)
        {
            if (process.IsReplaceable(thread) && !process.HasExitSignals)
            {
                process.Borrowed?.Return(process);
                process.Succeed(thread, new LinuxProcess.Successor(
                    path, arguments, environment, Inherit(thread, process.HasGuestParent, TakePending(thread), KeptFiles(process), -1)));
                return Errno.NoResultValue;
            }

            using var writer = new StateWriter();
            writer.Write(ExecuteKind);
            writer.Write(path);
            writer.Write(arguments, argument => writer.Write(argument));
            writer.Write(environment, variable => writer.Write(variable));

            var state = (int)HostPath.MemoryFile("dragoman-exec", [], closeOnExec: false);
            if (state < 0)
            {
                return state;
            }

            process.Borrowed?.Return(process);
            using var relaunch = new HostRelaunch(process.Options, state, path);
            relaunch.BlockSignals();
            Inherit(thread, process.HasGuestParent, TakePending(thread), KeptFiles(process), -1).Write(writer);
            var written = WriteTrailer(state, 0, writer);
            if (written >= 0)
            {
                ThreadCalls.ReleaseAll(thread);
            }

            var result = written < 0 ? written : relaunch.Execute();
            result = relaunch.UnblockSignals(result);
            HostCall.Invoke(Syscall.Close, state);
            return result;
        }
    }

    /// <summary>fork, vfork and clone without CLONE_THREAD: the child's process id or a negated errno.</summary>
    public static long Fork(LinuxThread thread, in CloneArguments arguments)
    {
        var process = thread.Process;
        if (process.Options.Relaunch is null)
        {
            process.ReportMissing("fork: this emulator was not told how to start itself again");
            return -Errno.ENOSYS;
        }

        const ulong Supported = CloneCalls.Vm | CloneCalls.Fs | CloneCalls.Vfork | CloneCalls.Parent | CloneCalls.ParentSetTid | CloneCalls.ChildSetTid
            | CloneCalls.ChildClearTid | CloneCalls.SetTls | CloneCalls.PidFd | CloneCalls.ClearHandlers | CloneCalls.WithoutEffect;
        // The thread-local storage of 32-bit x86 is named by a structure in memory, which a child does not have when it takes its registers up.
        var supported = process.Abi.Layouts.WordSize == sizeof(uint) ? Supported & ~CloneCalls.SetTls : Supported;
        if ((arguments.Flags & ~supported) != 0 || ((arguments.Flags & CloneCalls.Vm) != 0 && (arguments.Flags & CloneCalls.Vfork) == 0))
        {
            process.ReportMissing($"Unsupported clone flags: 0x{arguments.Flags:x}");
            return -Errno.EINVAL;
        }

        var pipe = stackalloc int[2] { -1, -1 };
        if ((arguments.Flags & CloneCalls.Vfork) != 0 && HostCall.Invoke(Syscall.Pipe2, (nint)pipe, 0x80000) is < 0 and var pipeError)
        {
            return pipeError;
        }

        long child, descriptor = -1;
        bool copied;
        lock (s_lock)
        {
            var copy = ProcessCopy.IsPossible(thread) ? ProcessCopy.Fork(thread, arguments, new ReadOnlySpan<int>(pipe, 2), out descriptor) : null;
            if (copy == 0)
            {
                return Errno.NoResultValue;
            }

            child = copy ?? BeginAnew(thread, arguments, pipe[1]);
            copied = copy is not null;
            if (child > 0 && descriptor < 0 && (arguments.Flags & CloneCalls.PidFd) != 0)
            {
                descriptor = HostCall.Invoke(Syscall.PidfdOpen, (nint)child, 0);
            }
        }

        if (pipe[1] >= 0)
        {
            HostCall.Invoke(Syscall.Close, pipe[1]);
            WaitForRelease(process, pipe[0], child, copied);
        }

        return child < 0 ? child : Announce(thread, arguments, (int)child, descriptor);
    }

    /// <summary>
    /// For a copied process (<see cref="LinuxProcess.IsCopy"/>) that needs to be a whole one: begins it anew, in the same host process, at the system call that asks for it.
    /// </summary>
    /// <returns>A negated errno, or it does not return.</returns>
    public static long Renew(LinuxThread thread, in SyscallRequest request)
    {
        var process = thread.Process;
        lock (s_lock)
        {
            // What a vfork child has written its parent sees now; a thread that it makes is not provided for.
            process.Borrowed?.Return(process);
            var state = new Span<byte>(thread.Vcpu.Env + VcpuHeader.GuestState, process.Guest.StateSize - VcpuHeader.GuestState);
            byte[] before = [.. state];
            process.Abi.RestartSyscall(thread.Vcpu, request);
            var result = BeginAnew(thread, null, process.ReleasePipe);
            before.CopyTo(state);
            return result;
        }
    }

    /// <summary>Writes down the state for a fresh Dragoman, and starts it: as a child, or (<paramref name="child"/> is null) in the place of this process.</summary>
    private static long BeginAnew(LinuxThread thread, CloneArguments? child, int releasePipe)
    {
        var process = thread.Process;
        var image = (int)HostPath.MemoryFile("dragoman-fork", [], closeOnExec: false);
        if (image < 0)
        {
            return image;
        }

        using var writer = new StateWriter();
        using var relaunch = new HostRelaunch(process.Options, image, process.Program.Path);
        var files = process.Files.Snapshot();
        var shared = process.SharedObjects.Prune(process.Machine.Memory.Snapshot());
        var opened = ClosedByExecute(files, shared, releasePipe);

        relaunch.BlockSignals();
        process.Machine.Scheduler.Exclusive.StartExclusive(thread.Vcpu);
        long result;
        try
        {
            writer.Write(ForkKind);
            var hasGuestParent = process.HasGuestParent || (child is { } own && (own.Flags & CloneCalls.Parent) == 0);
            Inherit(thread, hasGuestParent, child is null ? TakePending(thread) : [], files, releasePipe).Write(writer);
            ForkState.Write(thread, child, writer);
            writer.Write(child is { } borrower && (borrower.Flags & CloneCalls.Vm) != 0);
            long end;
            lock (process.Machine.Memory.SyncRoot)
            {
                end = MemoryImage.Write(process, writer, image);
            }

            result = end < 0 ? end : WriteTrailer(image, end, writer);
        }
        finally
        {
            process.Machine.Scheduler.Exclusive.EndExclusive(thread.Vcpu);
        }

        if (result >= 0)
        {
            SetCloseOnExec(opened, false);
            result = child is { } arguments ? relaunch.Fork(arguments.Flags & (CloneCalls.Parent | CloneCalls.Fs)) : relaunch.Execute();
            SetCloseOnExec(opened, true);
        }

        result = relaunch.UnblockSignals(result);
        HostCall.Invoke(Syscall.Close, image);
        return result;
    }

    /// <summary>The state comes after the pages, and its place in the last 16 bytes.</summary>
    private static long WriteTrailer(int image, long end, StateWriter writer)
    {
        var state = writer.Finish();
        HostCall.Invoke(Syscall.Lseek, image, (nint)end, 0);
        var error = HostPath.WriteAll(image, state);
        Span<byte> trailer = stackalloc byte[16];
        BitConverter.TryWriteBytes(trailer, end);
        BitConverter.TryWriteBytes(trailer[8..], (long)state.Length);
        return error < 0 ? error : HostPath.WriteAll(image, trailer);
    }

    /// <summary>A vfork parent sleeps until the child executes or ends; only the end of this process breaks that. Then it has what the child wrote.</summary>
    private static void WaitForRelease(LinuxProcess process, int pipe, long child, bool copied)
    {
        if (child >= 0 && copied)
        {
            BorrowedPages.TakeBack(process, pipe);
        }
        else if (child >= 0)
        {
            BorrowedMemory.TakeBack(process, pipe);
        }

        HostCall.Invoke(Syscall.Close, pipe);
    }

    private static long Announce(LinuxThread thread, in CloneArguments arguments, int child, long descriptor)
    {
        if ((arguments.Flags & CloneCalls.PidFd) != 0)
        {
            thread.Process.Memory.TryWrite(arguments.PidFdAddress, (int)thread.Process.Files.Add(descriptor));
        }

        if ((arguments.Flags & CloneCalls.ParentSetTid) != 0)
        {
            thread.Process.Memory.TryWrite(arguments.ParentTid, child);
        }

        return child;
    }

    private static InheritedState Inherit(
        LinuxThread thread, bool hasGuestParent, SignalInfo[] pending, IReadOnlyList<OpenFile> files, int releasePipe) => new()
    {
        HasGuestParent = hasGuestParent,
        Mask = thread.Mask,
        Ignored = thread.Process.Signals.IgnoredMask,
        Pending = pending,
        Files = files,
        Limits = Array.FindAll(thread.Process.Limits, limit => limit is not null)!,
        FileLimit = thread.Process.Files.Limit,
        Persona = thread.Process.Persona,
        ReleasePipe = releasePipe,
    };

    private static List<OpenFile> KeptFiles(LinuxProcess process)
    {
        var files = process.Files.Snapshot();
        files.RemoveAll(file => file.CloseOnExec);
        return files;
    }

    private static SignalInfo[] TakePending(LinuxThread thread)
    {
        lock (thread.Process.Signals.SyncRoot)
        {
            thread.Process.Signals.CollectLocked(thread.Process);
            var own = thread.Pending;
            var shared = thread.Process.Signals.Shared;
            var signals = new SignalInfo[own.Count + shared.Count];
            own.CopyTo(signals);
            shared.CopyTo(signals.AsSpan(own.Count));
            return signals;
        }
    }

    /// <summary>The checks whose failure execve must return while there is still a program to return to.</summary>
    private static long Check(LinuxProcess process, string path, IReadOnlyList<string> arguments)
    {
        try
        {
            using var file = Executable.Open(path, ref arguments, process.Paths, mustBeExecutable: true);
            if (process.Options.FindGuest(file.Machine) is not { } guest)
            {
                return -Errno.ENOEXEC;
            }

            var abi = LinuxAbis.For(guest);
            var image = ElfImage.Read(file.Source, new ElfTarget(abi.ElfMachine, abi.Is64Bit, guest.PageSize, abi.AddressLimit));
            return image.InterpreterPath is { } interpreter && HostPath.Access(process.Paths.Resolve(interpreter), 0) < 0 ? -Errno.ENOENT : 0;
        }
        catch (LaunchException error)
        {
            return -error.Errno;
        }
        catch (ElfFormatException)
        {
            return -Errno.ENOEXEC;
        }
    }

    /// <summary>A null-terminated array of strings: 0 or a negated errno.</summary>
    private static long ReadStrings(LinuxThread thread, ulong address, ref ulong used, out List<string> strings)
    {
        strings = [];
        var memory = thread.Process.Memory;
        var word = (ulong)thread.Process.Abi.Layouts.WordSize;
        for (var at = address; address != 0; at += word)
        {
            ulong pointer = 0;
            if (word == 8 ? !memory.TryRead(at, out pointer) : !memory.TryRead(at, out uint narrow) || (pointer = narrow) == ulong.MaxValue)
            {
                return -Errno.EFAULT;
            }

            if (pointer == 0)
            {
                break;
            }

            if (memory.ReadString(pointer, StringLimit, out var error) is not { } bytes)
            {
                return error == Errno.ENAMETOOLONG ? -Errno.E2BIG : -error;
            }

            used += (ulong)bytes.Length + 1 + word;
            if (used > ArgumentLimit)
            {
                return -Errno.E2BIG;
            }

            strings.Add(Encoding.Latin1.GetString(bytes));
        }

        return 0;
    }

    /// <summary>Host descriptors that the child needs and that executing it would close.</summary>
    private static List<int> ClosedByExecute(List<OpenFile> files, IReadOnlyList<int> shared, int releasePipe)
    {
        var result = new List<int>(shared);
        foreach (var file in files)
        {
            if (file.CloseOnExec)
            {
                result.Add(file.Host);
            }
        }

        if (releasePipe >= 0)
        {
            result.Add(releasePipe);
        }

        return result;
    }

    private static void SetCloseOnExec(List<int> descriptors, bool close)
    {
        foreach (var descriptor in descriptors)
        {
            HostCall.Invoke(Syscall.Fcntl, descriptor, 2, close ? 1 : 0);
        }
    }
}
