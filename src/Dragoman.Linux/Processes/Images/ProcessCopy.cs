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
/// <item>It is <c>_Fork</c> of the C library (glibc 2.34). <c>fork</c> would give the stacks of the lost threads to new ones, and the collector still reads them.</item>
/// </list>
/// </remarks>
internal static unsafe class ProcessCopy
{
    /// <summary>How long the other threads may take to go to sleep before the way for all others is taken.</summary>
    private const int PatienceMilliseconds = 50;

    private const string WriteXorExecute = "DOTNET_EnableWriteXorExecute";
    private const int ChildEnds = 17;

    private static readonly delegate* unmanaged<int> s_fork = FindFork();

    /// <summary>Whether the calling thread's process can be copied for these arguments of clone(2).</summary>
    public static bool IsPossible(LinuxThread thread, in CloneArguments arguments)
    {
        var process = thread.Process;
        return s_fork != null && process.IsReplaceable(thread) && process.Options.Runtime is { Log: null, Threads: ThreadModel.Multi }
            && SignalNumbers.ToHost(arguments.ExitSignal) == ChildEnds;
    }

    /// <summary>Makes the child.</summary>
    /// <param name="thread">The calling thread, for which <see cref="IsPossible"/> holds.</param>
    /// <param name="arguments">Of clone(2).</param>
    /// <param name="release">Both ends of the pipe that a vfork parent waits on, or -1.</param>
    /// <returns>In the parent the child's process id or a negated errno, 0 in the child; null when the other threads did not come to rest.</returns>
    public static long? Fork(LinuxThread thread, in CloneArguments arguments, ReadOnlySpan<int> release)
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
        if (HostThreads.AwaitSleep(PatienceMilliseconds))
        {
            var result = s_fork();
            child = result < 0 ? -Marshal.GetLastSystemError() : result;
        }

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

    /// <summary>What a child has otherwise than its parent (fork(2), clone(2)).</summary>
    private static void Begin(LinuxThread thread, in CloneArguments arguments, ReadOnlySpan<int> release)
    {
        var process = thread.Process;
        HostStubs.Exchange->ProcessId = (int)HostCall.Invoke(Syscall.Getpid);
        thread.Rebind();
        process.BecomeCopy(thread, release);
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
