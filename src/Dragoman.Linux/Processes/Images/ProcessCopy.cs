using System.Runtime.InteropServices;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// fork as the host does it: the child is a copy of this process, its translated code included, made in some milliseconds. It is for a guest of one thread;
/// <see cref="ProcessImage"/> has the way for all others.
/// </summary>
/// <remarks>
/// .NET makes no promise for a child of fork. What makes this one work:
/// <list type="bullet">
/// <item>A thread that is not there any more must hold no lock, and the garbage collector must take it for one that is outside of managed code, or it would wait for
/// it. Our compile thread is stopped between two TBs, .NET's finalizer has nothing to do, and all others sleep in the kernel.</item>
/// <item>The child starts no thread: CoreCLR tells signals with which its collector stops threads by a process id that it remembers, the parent's. The guest's
/// second thread is made by a process begun anew (<see cref="ProcessImage.Renew"/>), and the vCPU compiles for itself.</item>
/// <item>Generated code is private memory. That needs <c>DOTNET_EnableWriteXorExecute=0</c>, which the launcher sets: otherwise .NET maps it shared.</item>
/// <item>It is <c>_Fork</c> of the C library (glibc 2.34). <c>fork</c> would give the stacks of the lost threads to new ones, and the collector still reads them. What
/// <c>_Fork</c> cannot ask the kernel for, an exit signal of the child's own above all, is the same call of clone(2) with that added; the list of robust
/// mutexes that <c>_Fork</c> begins anew nobody here has.</item>
/// </list>
/// </remarks>
internal static unsafe class ProcessCopy
{
    /// <summary>How long the other threads may take to go to sleep before the way for all others is taken.</summary>
    private const int PatienceMilliseconds = 50;

    private const string WriteXorExecute = "DOTNET_EnableWriteXorExecute";
    private const ulong ChildEnds = SignalNumbers.Chld;

    /// <summary>What the child shares with its parent, or the parent is given, by the host's own doing.</summary>
    private const ulong HostFlags = CloneCalls.Parent | CloneCalls.Fs | CloneCalls.PidFd;

    private static readonly delegate* unmanaged<int> s_fork = FindFork();

    /// <summary>Whether the calling thread's process can be copied.</summary>
    public static bool IsPossible(LinuxThread thread) =>
        s_fork != null && thread.Process.IsReplaceable(thread) && thread.Process.Options.Runtime is { Log: null, Threads: ThreadModel.Multi };

    /// <summary>Makes the child.</summary>
    /// <param name="thread">The calling thread, for which <see cref="IsPossible"/> holds.</param>
    /// <param name="arguments">Of clone(2).</param>
    /// <param name="release">Both ends of the pipe that a vfork parent waits on, or -1.</param>
    /// <param name="descriptor">CLONE_PIDFD: the parent's host descriptor of the child; else -1.</param>
    /// <returns>In the parent the child's process id or a negated errno, 0 in the child; null when the other threads did not come to rest.</returns>
    public static long? Fork(LinuxThread thread, in CloneArguments arguments, ReadOnlySpan<int> release, out long descriptor)
    {
        var process = thread.Process;
        ulong all = HostSignals.Blockable, old = 0;
        HostCall.Invoke(Syscall.RtSigprocmask, 2, (nint)(&all), (nint)(&old), 8);
        process.Machine.PrepareForChild();
        process.Machine.PauseCompiler();
        if (!process.IsCopy)
        {
            // A copy has no finalizer to wait for.
            GC.WaitForPendingFinalizers();
        }

        long? child = null;
        descriptor = -1;
        if (HostThreads.AwaitSleep(PatienceMilliseconds))
        {
            child = Split((arguments.Flags & HostFlags) | (uint)SignalNumbers.ToHost(arguments.ExitSignal), out descriptor);
        }

        process.HasExitSignals |= child >= 0 && SignalNumbers.ToHost(arguments.ExitSignal) != (int)ChildEnds;
        if (child == 0)
        {
            process.Machine.ContinueAlone();
            Begin(thread, arguments, release);
        }
        else
        {
            process.Machine.ResumeCompiler();
        }

        HostCall.Invoke(Syscall.RtSigprocmask, 2, (nint)(&old), 0, 8);
        return child;
    }

    private static long Split(ulong flags, out long descriptor)
    {
        const int GetTidAddress = 40;
        descriptor = -1;
        if (flags == ChildEnds)
        {
            var result = s_fork();
            return result < 0 ? -Marshal.GetLastSystemError() : result;
        }

        // The C library keeps the thread id where it has told the kernel to clear it.
        int made = -1;
        nint tid = 0;
        HostCall.Invoke(Syscall.Prctl, GetTidAddress, (nint)(&tid));
        var tells = tid == 0 ? 0 : CloneCalls.ChildSetTid | CloneCalls.ChildClearTid;
        var child = HostCall.Invoke(Syscall.Clone, (nint)(flags | tells), 0, (nint)(&made), tid);
        descriptor = child > 0 ? made : -1;
        return child;
    }

    /// <summary>What a child has otherwise than its parent (fork(2), clone(2)).</summary>
    private static void Begin(LinuxThread thread, in CloneArguments arguments, ReadOnlySpan<int> release)
    {
        var process = thread.Process;
        HostStubs.Exchange->ProcessId = (int)HostCall.Invoke(Syscall.Getpid);
        thread.Rebind();
        process.BecomeCopy(thread, release, (arguments.Flags & CloneCalls.Parent) != 0);
        if ((arguments.Flags & CloneCalls.ClearHandlers) != 0)
        {
            process.Signals.ClearHandlers();
        }

        thread.RobustList = 0;
        thread.ClearChildTid = (arguments.Flags & CloneCalls.ChildClearTid) != 0 ? arguments.ChildTid : 0;
        process.Abi.StartClone(thread.Vcpu, process.Memory, arguments.Stack, (arguments.Flags & CloneCalls.SetTls) != 0, arguments.Tls);
        if ((arguments.Flags & CloneCalls.ChildSetTid) != 0)
        {
            process.Memory.TryWrite(arguments.ChildTid, thread.Tid);
        }

        if ((arguments.Flags & CloneCalls.Vm) != 0)
        {
            process.Borrowed = new BorrowedPages(process.ReleasePipe);
        }
    }

    private static delegate* unmanaged<int> FindFork() =>
        Environment.GetEnvironmentVariable(WriteXorExecute) == "0" && NativeLibrary.TryLoad("libc", typeof(ProcessCopy).Assembly, null, out var library)
            && NativeLibrary.TryGetExport(library, "_Fork", out var fork)
            ? (delegate* unmanaged<int>)fork
            : null;
}
