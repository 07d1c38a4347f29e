using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Signals;

/// <summary>
/// What happens to a thread between leaving guest code and going back: pending signals become frames or default actions, and an interrupted
/// system call is restarted or fails (the kernel's do_signal).
/// </summary>
internal static class SignalDelivery
{
    /// <summary>Delivers to the calling thread.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="interrupted">The system call that a signal interrupted, whose result has not been written; null when there is none.</param>
    /// <param name="result">Its result, one of the ERESTART codes.</param>
    public static KernelResult Deliver(LinuxThread thread, SyscallRequest? interrupted = null, long result = 0)
    {
        var process = thread.Process;
        if (process.IsEnding)
        {
            return KernelResult.ExitProcess;
        }

        while (TryTake(thread, out var info, out var action))
        {
            process.Trace?.Signal(thread, info);
            if (!action.IsHandler)
            {
                if (!RunDefault(thread, info))
                {
                    return KernelResult.ExitProcess;
                }

                continue;
            }

            if (interrupted is { } request)
            {
                Interrupt(thread, request, result, (action.Flags & SignalAction.Restart) != 0);
                interrupted = null;
            }

            if (!Push(thread, info, action))
            {
                process.Kill(thread, SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0));
                return KernelResult.ExitProcess;
            }
        }

        if (interrupted is { } untouched)
        {
            // Nothing ran: every interrupted call goes on as if there had been no signal.
            process.Abi.RestartSyscall(thread.Vcpu, untouched);
        }

        if (thread.MaskToRestore is { } mask)
        {
            thread.MaskToRestore = null;
            thread.SetMask(mask);
        }

        return process.IsEnding ? KernelResult.ExitProcess : KernelResult.Continue;
    }

    /// <summary>A signal for what the thread itself just did (force_sig_info): it cannot be blocked or ignored.</summary>
    public static KernelResult Force(LinuxThread thread, in SignalInfo info)
    {
        var process = thread.Process;
        var bit = SignalNumbers.Bit(info.Number);
        lock (process.Signals.SyncRoot)
        {
            var action = process.Signals.GetLocked(info.Number);
            if (action.IsHandler && (thread.Mask & bit) == 0)
            {
                thread.FaultAddress = info.Address;
                thread.Pending.Discard(bit);
                thread.Pending.Add(info);
                goto deliver;
            }
        }

        process.Trace?.Signal(thread, info);
        process.Kill(thread, info);
        return KernelResult.ExitProcess;

    deliver:
        return Deliver(thread);
    }

    private static bool TryTake(LinuxThread thread, out SignalInfo info, out SignalAction action)
    {
        var signals = thread.Process.Signals;
        Interlocked.Exchange(ref Attention(thread), 0);
        lock (signals.SyncRoot)
        {
            signals.CollectLocked(thread.Process);
            while (thread.Pending.TryTake(~thread.Mask, out info) || signals.Shared.TryTake(~thread.Mask, out info))
            {
                action = signals.GetLocked(info.Number);
                if (action.Handler == SignalAction.Ignore)
                {
                    continue;
                }

                if (action.IsHandler && (action.Flags & SignalAction.ResetHandler) != 0)
                {
                    signals.ResetLocked(info.Number);
                }

                return true;
            }
        }

        action = default;
        return false;
    }

    private static unsafe ref int Attention(LinuxThread thread) => ref *thread.Attention;

    /// <summary>False when the process ends.</summary>
    private static bool RunDefault(LinuxThread thread, in SignalInfo info)
    {
        switch (SignalNumbers.DefaultOf(info.Number))
        {
            case DefaultAction.Ignore:
            case DefaultAction.Continue:
                return true;
            case DefaultAction.Stop:
                // The host stops all threads of this process, and SIGCONT starts them: what a guest's shell expects to see.
                HostSignals.Stop(info.Number);
                thread.Process.Signals.Renew(info.Number);
                return true;
            default:
                thread.Process.Kill(thread, info);
                return false;
        }
    }

    /// <summary>Settles an interrupted call before a handler's frame is pushed.</summary>
    private static void Interrupt(LinuxThread thread, in SyscallRequest request, long result, bool restart)
    {
        if (result == -Errno.ERESTARTNOINTR || (result == -Errno.ERESTARTSYS && restart))
        {
            thread.Process.Abi.RestartSyscall(thread.Vcpu, request);
        }
        else
        {
            thread.Process.Abi.WriteResult(thread.Vcpu, request.Syscall, -Errno.EINTR);
        }
    }

    private static bool Push(LinuxThread thread, in SignalInfo info, in SignalAction action)
    {
        var process = thread.Process;
        var abi = process.Abi;
        var stack = thread.AlternateStack;
        var pointer = abi.StackPointer(thread.Vcpu);
        var top = pointer;
        var enters = false;
        if (!stack.Holds(pointer) && (action.Flags & SignalAction.OnStack) != 0 && (stack.Flags & AlternateStack.DisableFlag) == 0 && stack.Length != 0)
        {
            top = stack.Pointer + stack.Length;
            enters = true;
        }

        var mask = thread.MaskToRestore ?? thread.Mask;
        thread.MaskToRestore = null;
        var restorer = (action.Flags & SignalAction.HasRestorer) != 0 ? action.Restorer : process.SignalTrampoline;
        var request = new SignalFrameRequest(
            info.ToGuest(abi.Numbers), action, abi.Numbers.Signals.SetToGuest(mask), stack, top, restorer, thread.FaultAddress, thread.Fault);
        if (!abi.PushSignalFrame(thread.Vcpu, process.Memory, request))
        {
            return false;
        }

        if (enters && (stack.Flags & AlternateStack.AutoDisarmFlag) != 0)
        {
            thread.AlternateStack = AlternateStack.None;
        }

        thread.FaultAddress = 0;
        thread.Fault = default;
        var blocked = action.Mask | ((action.Flags & SignalAction.NoDefer) != 0 ? 0 : SignalNumbers.Bit(info.Number));
        thread.SetMask(thread.Mask | blocked);
        return true;
    }
}
