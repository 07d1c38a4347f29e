using System.Text;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Loading;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Strace;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Processes;

/// <summary>A guest process. <see cref="Run"/> is the room's one door: it runs a program to its end and says how it ended.</summary>
public sealed partial class LinuxProcess
{
    /// <summary>Exit status of this program when the error is its own.</summary>
    public const int InternalErrorStatus = 125;

    private readonly Lock _threadLock = new();

    // Set by the thread that ends the process; the main thread, which would take the host process with it, waits for that.
    private readonly ManualResetEventSlim _futexesReleased = new();
    private readonly HashSet<string> _reported = [];

    // Replaced whole under the thread lock and published by Volatile.Write; read without the lock.
    private LinuxThread[] _threads = [];

    // The main thread once it has left with exit(2) while others go on. Guarded by the thread lock.
    private LinuxThread? _parkedLeader;

    // Written by whoever has claimed _ending (1: the process ends; by Interlocked, any thread), and read when its threads have ended.
    private int _exitStatus;
    private int _killedBy;
    private int _ending;

    internal LinuxProcess(LinuxOptions options, IGuest guest)
    {
        Options = options;
        Guest = guest;
        Abi = LinuxAbis.For(guest);
        var (cold, hot) = options.CreateBackends(guest);
        Machine = new UserMachine(guest, options.Runtime, cold, hot, new LinuxKernel(this));
        Memory = new UserMemory(Machine.Memory, guest.IgnoresTopByte);
        Machine.Memory.MmapBase = Math.Min(Machine.Memory.Limit, Abi.AddressLimit);
        Paths = new GuestPaths(options.Prefix);
        Trace = options.Strace && options.Runtime.Log is { } log ? new StraceWriter(this, log) : null;
    }

    internal LinuxOptions Options { get; private set; }

    internal IGuest Guest { get; }

    internal ILinuxAbi Abi { get; }

    internal UserMachine Machine { get; }

    internal UserMemory Memory { get; }

    /// <summary>The <c>-L</c> prefix.</summary>
    internal GuestPaths Paths { get; }

    internal FdTable Files { get; } = new();

    internal ProcessSignals Signals { get; set; } = null!;

    internal StraceWriter? Trace { get; }

    /// <summary>The heap's bounds. Guarded by the memory's lock.</summary>
    internal ProgramBreak Break { get; } = new();

    /// <summary>What the program was loaded from, for /proc/self.</summary>
    internal LoadedProgram Program { get; set; } = null!;

    /// <summary>What is mapped shared, for children.</summary>
    internal SharedObjects SharedObjects { get; } = new();

    /// <summary>Guest address of the signal trampoline.</summary>
    internal ulong SignalTrampoline { get; set; }

    /// <summary>True when the process was made by a guest's fork or execve: its parent is a guest and sees its wait status.</summary>
    internal bool HasGuestParent { get; private set; }

    /// <summary>What a vfork child owes its parent, or null. Written once before the first guest thread runs.</summary>
    internal IBorrowedMemory? Borrowed { get; set; }

    /// <summary>True once the whole process is to end.</summary>
    internal bool IsEnding => Volatile.Read(ref _ending) != 0;

    /// <summary>True while a thread wants all others out of guest code and system calls (fork, execve).</summary>
    internal bool StopRequested => false;

    /// <summary>Limits that are remembered instead of set, by RLIMIT_ number. Each entry is one reference, read and written whole.</summary>
    internal ResourceLimit?[] Limits { get; } = new ResourceLimit?[16];

    /// <summary>Directory offsets of 64 bits by what a guest of 32 bits was given for them. Any thread.</summary>
    internal DirectoryOffsets DirectoryOffsets { get; } = new();

    /// <summary>personality(2). The loader's, then the guest threads': one word.</summary>
    internal uint Persona { get; set; }

    /// <summary>READ_IMPLIES_EXEC of personality(2).</summary>
    internal const uint ReadImpliesExecute = 0x0400000;

    /// <summary>What a mapping may be that is asked to be <paramref name="asked"/>: under READ_IMPLIES_EXEC what can be read can be executed (mm/mmap.c).</summary>
    internal GuestProtection Grant(GuestProtection asked) =>
        (asked & GuestProtection.Read) != 0 && (Persona & ReadImpliesExecute) != 0 ? asked | GuestProtection.Execute : asked;

    /// <summary>The live guest threads. Any thread; a snapshot.</summary>
    internal LinuxThread[] Threads => Volatile.Read(ref _threads);

    /// <summary>The thread with a host thread id, or null.</summary>
    internal LinuxThread? FindThread(int tid) => Array.Find(Threads, thread => thread.Tid == tid);

    /// <summary>Runs a program to its end on the calling thread, which should be the host process's main thread.</summary>
    /// <param name="options">What and how.</param>
    /// <returns>The exit status: the program's, 128 and the signal's number when one killed it, 126 or 127 when it could not be started.</returns>
    public static int Run(LinuxOptions options)
    {
        try
        {
            return Start(options);
        }
        catch (LaunchException error)
        {
            StandardError.WriteLine(ByteText.Bytes("dragoman: " + error.Message));
            return error.Status;
        }
    }

    /// <summary>Ends the process (exit_group).</summary>
    internal void Exit(LinuxThread thread, int status)
    {
        if (Interlocked.CompareExchange(ref _ending, 1, 0) == 0)
        {
            _exitStatus = status & 0xFF;
            EndThreads(thread);
        }
    }

    /// <summary>Ends the process by a signal that it does not handle.</summary>
    internal void Kill(LinuxThread thread, in SignalInfo info)
    {
        if (Interlocked.CompareExchange(ref _ending, 1, 0) == 0)
        {
            _killedBy = info.Number;
            _exitStatus = 128 + info.Number;
            if (!HasGuestParent)
            {
                var where = info.Number is SignalNumbers.Segv or SignalNumbers.Bus or SignalNumbers.Ill or SignalNumbers.Fpe or SignalNumbers.Trap && info.Code > 0
                    ? $" at pc 0x{thread.Vcpu.Pc:x}, address 0x{info.Address:x}"
                    : "";
                StandardError.WriteLine(Encoding.ASCII.GetBytes($"dragoman: guest killed by signal {Abi.Numbers.Signals.ToGuest(info.Number)} ({SignalName(info.Number)}){where}"));
            }

            EndThreads(thread);
        }
    }

    /// <summary>After a system call: shared mappings show what a file has grown by.</summary>
    internal void FollowFiles() =>
        Machine.Memory.FollowFileEnds(backing => SharedObjects.Find(backing) is >= 0 and var descriptor ? (HostPath.Status(descriptor).Size, descriptor) : (-1, -1));

    private string SignalName(int signal) => signal == SignalNumbers.Stkflt ? Abi.Numbers.StackFaultName : SignalNumbers.Name(signal);

    /// <summary>Adds a thread before it runs.</summary>
    internal void AddThread(LinuxThread thread)
    {
        lock (_threadLock)
        {
            Volatile.Write(ref _threads, [.. _threads, thread]);
        }

        if (IsEnding)
        {
            thread.Kick();
        }
    }

    /// <summary>Removes a thread that has ended.</summary>
    internal void RemoveThread(LinuxThread thread)
    {
        lock (_threadLock)
        {
            var wasLast = _threads is [var last] && last == thread;
            Volatile.Write(ref _threads, Array.FindAll(_threads, other => other != thread));
            if (wasLast && !IsEnding)
            {
                // Ended by exit(2): nobody calls exit_group, which would do this.
                Borrowed?.Return(this);
            }

            if (_threads.Length == 0)
            {
                _parkedLeader?.Kick();
            }
        }
    }

    /// <summary>Names something that is missing, once, under <c>-d unimp</c>.</summary>
    internal void ReportMissing(string what)
    {
        if (Options.Runtime.Log is { } log && log.Has(LogCategories.Unimp))
        {
            lock (_reported)
            {
                if (_reported.Add(what))
                {
                    log.WriteLine(what);
                }
            }
        }
    }

    /// <summary>Ends all threads. The calling one is <paramref name="caller"/>.</summary>
    private void EndThreads(LinuxThread caller)
    {
        Borrowed?.Return(this);
        Machine.RequestStop();
        foreach (var thread in Threads)
        {
            thread.Kick();
        }

        // After the stop: a thread that has left guest code does not come back to take another futex.
        ThreadCalls.ReleaseAll(caller);
        _futexesReleased.Set();
    }

    /// <summary>Waits for the other threads when the main one has left, and says how the process ended.</summary>
    private int Finish(LinuxThread main, KernelResult result)
    {
        if (result == KernelResult.ExitThread && !IsEnding)
        {
            Park(main);
        }

        if (IsEnding)
        {
            _futexesReleased.Wait();
        }

        main.Leave();
        Options.Ended?.Invoke(Machine);
        if (_killedBy != 0 && HasGuestParent && SignalNumbers.ToHost(_killedBy) is > 0 and var host)
        {
            HostSignals.Die(host);
        }

        return _exitStatus;
    }

    /// <summary>
    /// The leader has left with exit(2); the process goes on until its last thread ends. The host gives signals for the process to this host thread first:
    /// it passes them on.
    /// </summary>
    private void Park(LinuxThread leader)
    {
        lock (_threadLock)
        {
            _parkedLeader = leader;
        }

        while (Threads.Length > 0)
        {
            leader.Park();
        }
    }

    /// <summary>Runs a thread that is not the main one, on its own host thread, to its end.</summary>
    internal void RunThread(LinuxThread thread)
    {
        try
        {
            Machine.Run(thread.Vcpu);
        }
        catch (Exception error)
        {
            FailInternally(error);
        }

        // Before nobody finds the thread any more: one that the end of the process has stopped may still own futexes.
        if (IsEnding)
        {
            ThreadCalls.Release(thread);
        }

        thread.Leave();
        RemoveThread(thread);
        Machine.RemoveVcpu(thread.Vcpu);
    }

    /// <summary>An error of this program, not of the guest's: nothing can go on.</summary>
    internal static void FailInternally(Exception error)
    {
        StandardError.Write(Encoding.UTF8.GetBytes((error is LockstepException ? error.Message : "dragoman: internal error: " + error) + "\n"));
        HostCall.Invoke(Syscall.ExitGroup, InternalErrorStatus);
    }

    /// <summary>The status of a leader that left by exit(2), which counts when nobody calls exit_group.</summary>
    internal void SetLeaderStatus(int status)
    {
        if (!IsEnding)
        {
            _exitStatus = status & 0xFF;
        }
    }
}
