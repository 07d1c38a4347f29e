using Dragoman.Linux.Host;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Syscalls;

namespace Dragoman.Linux.Processes;

public sealed partial class LinuxProcess
{
    /// <summary>What execve has put in this program's place: it runs once the calling thread has left. Main thread only.</summary>
    private Successor? _successor;

    /// <summary>True when execve need not begin this host process anew: the calling thread is the only one, and nothing is there that only the host ends.</summary>
    internal bool IsReplaceable(LinuxThread thread) => thread.IsMain && Threads.Length == 1 && !HasTimers && !Signals.HasFiles;

    /// <summary>
    /// True once the process has an exit signal other than SIGCHLD, or has made a child with one: only the host's own execve takes those back. Written by guest
    /// threads; never cleared.
    /// </summary>
    internal bool HasExitSignals { get; set; }

    /// <summary>True once the guest has made a POSIX timer. Written by guest threads before the timer is there; never cleared.</summary>
    internal bool HasTimers { get; set; }

    /// <summary>Host descriptor that a vfork parent waits on, or -1.</summary>
    internal int ReleasePipe { get; private set; } = -1;

    /// <summary>
    /// True when the host process is a copy that fork made of another (<see cref="ProcessCopy"/>): no thread may be started in it, nor what must not be lost when a
    /// process begun anew takes its place for that. Written in the fresh child only.
    /// </summary>
    internal bool IsCopy { get; private set; }

    /// <summary>In a child that is a copy of its parent: what differs. Its only thread calls.</summary>
    /// <param name="release">Both ends of the pipe that the parent waits on, or -1.</param>
    /// <param name="isSibling">True for CLONE_PARENT: its parent is the caller's.</param>
    internal void BecomeCopy(LinuxThread thread, ReadOnlySpan<int> release, bool isSibling)
    {
        Borrowed?.Dispose();
        Borrowed = null;
        foreach (var descriptor in (ReadOnlySpan<int>)[ReleasePipe, release[0]])
        {
            if (descriptor >= 0)
            {
                HostCall.Invoke(Syscall.Close, descriptor);
            }
        }

        ReleasePipe = release[1];
        HasTimers = false;
        HasGuestParent |= !isSibling;
        IsCopy = true;
        Options = Options with { Runtime = Options.Runtime with { CompileThreads = 0 } };
        Signals.Forget(thread);
    }

    /// <summary>execve: the calling thread, which is the only one, leaves and another program begins in this host process.</summary>
    internal void Succeed(LinuxThread thread, Successor successor)
    {
        ThreadCalls.ReleaseAll(thread);
        _successor = successor;
        thread.Ended = true;
    }

    /// <summary>What a program that execve starts needs.</summary>
    internal sealed record Successor(string Path, IReadOnlyList<string> Arguments, IReadOnlyList<string> Environment, InheritedState Inherited);

    /// <summary>Runs a process, and the programs that take its place one after the other, to the end of the last.</summary>
    private static int RunToEnd(LinuxProcess process)
    {
        while (true)
        {
            var main = process.Threads[0];
            var result = process.Machine.Run(main.Vcpu);
            if (process._successor is not { } next)
            {
                var status = process.Finish(main, result);
                if (process.IsCopy)
                {
                    // The runtime's orderly end asks for threads that are not there.
                    HostCall.Invoke(Syscall.ExitGroup, status);
                }

                return status;
            }

            process = process.Replace(main, next);
        }
    }

    /// <summary>Takes this program's memory and code down, as the kernel does at its point of no return, and loads the next one.</summary>
    private LinuxProcess Replace(LinuxThread main, Successor next)
    {
        main.Leave();
        foreach (var file in Files.Snapshot())
        {
            if (file.CloseOnExec)
            {
                HostCall.Invoke(Syscall.Close, file.Host);
            }
        }

        SharedObjects.Close();
        Machine.Dispose();
        Borrowed?.Dispose();
        if (ReleasePipe >= 0)
        {
            HostCall.Invoke(Syscall.Close, ReleasePipe);
        }

        var process = Launch(Options, next.Path, next.Arguments, next.Environment, mustBeExecutable: false, HasGuestParent, next.Inherited.Persona, next.Inherited.Limits);
        process.Machine.Succeed(Machine);
        process.IsCopy = IsCopy;
        process.Adopt(next.Inherited);
        process.Resume(next.Inherited);

        // A signal may have come while no guest thread was there to hear of it.
        process.Threads[0].Kick();
        return process;
    }
}
