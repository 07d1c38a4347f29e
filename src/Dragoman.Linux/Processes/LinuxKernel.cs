using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes.Images;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Processes;

/// <summary>The guest's kernel as the dispatcher calls it, on the vCPU's own thread.</summary>
internal sealed class LinuxKernel(LinuxProcess process) : IGuestKernel
{
    /// <summary>SEGV_MAPERR.</summary>
    private const int NothingMapped = 1;

    /// <inheritdoc/>
    public KernelResult HandleException(Vcpu vcpu, in GuestException exception)
    {
        var thread = (LinuxThread)vcpu.KernelState!;
        switch (exception.Kind)
        {
            case ExceptionKind.Syscall:
                return HandleSyscall(thread);
            case ExceptionKind.Yield:
                HostCall.Invoke(Syscall.SchedYield);
                return KernelResult.Continue;
            case ExceptionKind.MemoryFault when exception.SignalCode == NothingMapped && process.Memory.Grow(exception.Address):
                return KernelResult.Continue;
            default:
                thread.Fault = exception;
                var signal = process.Abi.ExceptionSignal(vcpu, exception);
                return signal.Number == 0 ? KernelResult.Continue : SignalDelivery.Force(thread, signal);
        }
    }

    /// <inheritdoc/>
    public KernelResult HandleRequest(Vcpu vcpu)
    {
        var thread = (LinuxThread)vcpu.KernelState!;
        return process.IsEnding ? KernelResult.ExitProcess : SignalDelivery.Deliver(thread);
    }

    private unsafe KernelResult HandleSyscall(LinuxThread thread)
    {
        var abi = process.Abi;
        var request = abi.ReadSyscall(thread.Vcpu);
        thread.Times = request.HasWideTimes ? TimespecLayout.Wide : abi.Layouts.Timespec;
        process.Trace?.Enter(thread, request);
        var result = SyscallDispatcher.Call(thread, request);
        if (result == Errno.NeedsFreshProcess)
        {
            result = ProcessImage.Renew(thread, request);
        }

        if (process.Machine.Memory.HasFileEnds)
        {
            process.FollowFiles();
        }

        process.Trace?.Leave(thread, request, result);
        if (result == Errno.NoResultValue)
        {
            return thread.Ended ? Ended() : SignalDelivery.Deliver(thread);
        }

        if (result is -Errno.ERESTARTSYS or -Errno.ERESTARTNOINTR or -Errno.ERESTARTNOHAND or -Errno.ERESTART_RESTARTBLOCK)
        {
            return SignalDelivery.Deliver(thread, request, result);
        }

        abi.WriteResult(thread.Vcpu, request.Syscall, result);
        return Volatile.Read(ref *thread.Attention) != 0 || thread.MaskToRestore is not null ? SignalDelivery.Deliver(thread) : KernelResult.Continue;
    }

    private KernelResult Ended() => process.IsEnding ? KernelResult.ExitProcess : KernelResult.ExitThread;
}
