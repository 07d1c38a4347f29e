using Dragoman.Linux.Abi;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Linux.Signals;

namespace Dragoman.Linux.Syscalls;

/// <summary>Signal calls.</summary>
internal static unsafe class SignalCalls
{
    private const ulong MaskSize = 8;
    private const int ContinuedSignal = SignalNumbers.Cont;

    public static long Kill(LinuxThread thread, int process, int signal)
    {
        if (signal is < 0 or > SignalNumbers.Last)
        {
            return -Errno.EINVAL;
        }

        if (process == HostProcess.Id && IsInternal(signal))
        {
            thread.Process.Signals.Send(thread.Process, null, Sent(signal, SignalInfo.SiUser));
            return 0;
        }

        return ToHost(signal, out var host) ? HostCall.Invoke(Syscall.Kill, process, host) : -Errno.EINVAL;
    }

    public static long ThreadKill(LinuxThread thread, int process, int tid, int signal)
    {
        if (signal is < 0 or > SignalNumbers.Last || tid <= 0 || process == 0 || process < -1)
        {
            return -Errno.EINVAL;
        }

        var target = process == -1 || process == HostProcess.Id ? thread.Process.FindThread(tid) : null;
        if (target is not null && IsInternal(signal))
        {
            thread.Process.Signals.Send(thread.Process, target, Sent(signal, SignalInfo.SiTkill));
            return 0;
        }

        if (target is null && process == HostProcess.Id)
        {
            return -Errno.ESRCH;
        }

        return !ToHost(signal, out var host) ? -Errno.EINVAL
            : process == -1 ? HostCall.Invoke(Syscall.Tkill, tid, host)
            : HostCall.Invoke(Syscall.Tgkill, process, tid, host);
    }

    public static long Queue(LinuxThread thread, int process, int tid, int signal, ulong infoAddress)
    {
        if (!GuestSignalInfo.TryRead(thread, infoAddress, out var info))
        {
            return -Errno.EFAULT;
        }

        if (signal is < 0 or > SignalNumbers.Last)
        {
            return -Errno.EINVAL;
        }

        info.Number = signal;
        if (process == HostProcess.Id && IsInternal(signal))
        {
            var target = tid != 0 ? thread.Process.FindThread(tid) : null;
            if (tid != 0 && target is null)
            {
                return -Errno.ESRCH;
            }

            thread.Process.Signals.Send(thread.Process, target, info);
            return 0;
        }

        if (!ToHost(signal, out var host))
        {
            return -Errno.EINVAL;
        }

        info.Number = host;
        return tid != 0
            ? HostCall.Invoke(Syscall.RtTgsigqueueinfo, process, tid, host, (nint)(&info))
            : HostCall.Invoke(Syscall.RtSigqueueinfo, process, host, (nint)(&info));
    }

    public static long Action(LinuxThread thread, int signal, ulong newAddress, ulong oldAddress, ulong size, ulong restorer)
    {
        var layout = thread.Process.Abi.Layouts.SignalAction;
        return size == MaskSize
            ? Action(thread, signal, newAddress, oldAddress, layout, layout.Restorer.Size == 0 ? restorer : null)
            : -Errno.EINVAL;
    }

    /// <summary>Sets and reads a disposition.</summary>
    /// <param name="thread">The calling thread.</param>
    /// <param name="signal">The signal.</param>
    /// <param name="newAddress">struct sigaction, or 0.</param>
    /// <param name="oldAddress">Room for one, or 0.</param>
    /// <param name="layout">The structure's layout.</param>
    /// <param name="restorer">The trampoline where it is an argument of its own (0 for none); null when it is in the structure.</param>
    public static long Action(LinuxThread thread, int signal, ulong newAddress, ulong oldAddress, SignalActionLayout layout, ulong? restorer)
    {
        var process = thread.Process;
        var numbers = process.Abi.Numbers;
        if (signal is < 1 or > SignalNumbers.Last)
        {
            return -Errno.EINVAL;
        }

        Span<byte> bytes = stackalloc byte[layout.Size];
        SignalAction old;
        if (newAddress != 0)
        {
            if (!process.Memory.TryRead(newAddress, bytes))
            {
                return -Errno.EFAULT;
            }

            if ((SignalNumbers.Unblockable & SignalNumbers.Bit(signal)) != 0)
            {
                return -Errno.EINVAL;
            }

            var known = restorer is null ? SignalAction.Known : SignalAction.Known & ~SignalAction.HasRestorer;
            var flags = (numbers.SignalFlags.ToHost(layout.Flags.Read(bytes)) & known) | (restorer > 0 ? SignalAction.HasRestorer : 0);
            var mask = numbers.Signals.SetToHost(layout.Mask.Read(bytes)) & ~SignalNumbers.Unblockable;
            var action = new SignalAction(layout.Handler.Read(bytes), flags, restorer ?? layout.Restorer.Read(bytes), mask);
            old = process.Signals.Exchange(signal, action, process.Threads);
        }
        else
        {
            old = process.Signals[signal];
        }

        if (oldAddress == 0)
        {
            return 0;
        }

        bytes.Clear();
        layout.Handler.Write(bytes, old.Handler);
        layout.Flags.Write(bytes, numbers.SignalFlags.ToGuest(restorer is null ? old.Flags : old.Flags & ~SignalAction.HasRestorer));
        layout.Restorer.Write(bytes, old.Restorer);
        layout.Mask.Write(bytes, numbers.Signals.SetToGuest(old.Mask));
        return process.Memory.TryWrite(oldAddress, bytes) ? 0 : -Errno.EFAULT;
    }

    /// <summary>pidfd_send_signal.</summary>
    public static long SendToDescriptor(LinuxThread thread, int descriptor, int signal, ulong infoAddress, uint flags)
    {
        SignalInfo info = default;
        if (infoAddress != 0 && !GuestSignalInfo.TryRead(thread, infoAddress, out info))
        {
            return -Errno.EFAULT;
        }

        var host = thread.Process.Files.ToHost(descriptor);
        if (host < 0)
        {
            return -Errno.EBADF;
        }

        if (!ToHost(signal, out var number))
        {
            return -Errno.EINVAL;
        }

        info.Number = number;
        return HostCall.Invoke(Syscall.PidfdSendSignal, host, number, infoAddress == 0 ? 0 : (nint)(&info), (nint)flags);
    }

    public static long Mask(LinuxThread thread, int how, ulong newAddress, ulong oldAddress, ulong size)
    {
        if (size != MaskSize)
        {
            return -Errno.EINVAL;
        }

        var old = thread.Mask;
        if (newAddress != 0)
        {
            if (!ReadSet(thread, newAddress, out var set))
            {
                return -Errno.EFAULT;
            }

            if (!ChangeMask(thread, how, set))
            {
                return -Errno.EINVAL;
            }
        }

        return oldAddress == 0 || WriteSet(thread, oldAddress, old) ? 0 : -Errno.EFAULT;
    }

    /// <summary>sigprocmask's operation; false when there is none of that number.</summary>
    public static bool ChangeMask(LinuxThread thread, int how, ulong set)
    {
        var operation = how - thread.Process.Abi.Numbers.FirstMaskOperation;
        if (operation is < 0 or > 2)
        {
            return false;
        }

        thread.SetMask(operation switch { 0 => thread.Mask | set, 1 => thread.Mask & ~set, _ => set });
        return true;
    }

    /// <summary>Reads a sigset_t; false for EFAULT.</summary>
    public static bool ReadSet(LinuxThread thread, ulong address, out ulong set)
    {
        var read = thread.Process.Memory.TryRead(address, out ulong bits);
        set = thread.Process.Abi.Numbers.Signals.SetToHost(bits);
        return read;
    }

    private static bool WriteSet(LinuxThread thread, ulong address, ulong set) =>
        thread.Process.Memory.TryWrite(address, thread.Process.Abi.Numbers.Signals.SetToGuest(set));

    public static long Pending(LinuxThread thread, ulong address, ulong size)
    {
        if (size > MaskSize)
        {
            return -Errno.EINVAL;
        }

        ulong pending;
        lock (thread.Process.Signals.SyncRoot)
        {
            thread.Process.Signals.CollectLocked(thread.Process);
            pending = (thread.Pending.Bits | thread.Process.Signals.Shared.Bits) & thread.Mask;
        }

        // What older programs took for a set is its first word.
        pending = thread.Process.Abi.Numbers.Signals.SetToGuest(pending);
        var bytes = BitConverter.GetBytes(pending).AsSpan(0, (int)size);
        return thread.Process.Memory.TryWrite(address, bytes) ? 0 : -Errno.EFAULT;
    }

    public static long Suspend(LinuxThread thread, ulong address, ulong size)
    {
        if (size != MaskSize)
        {
            return -Errno.EINVAL;
        }

        return ReadSet(thread, address, out var mask) ? Suspend(thread, mask) : -Errno.EFAULT;
    }

    /// <summary>sigsuspend with the mask itself.</summary>
    public static long Suspend(LinuxThread thread, ulong mask)
    {
        thread.MaskToRestore = thread.Mask;
        thread.SetMask(mask);
        return Pause(thread);
    }

    /// <summary>Waits for a signal that is delivered. The host's ppoll on nothing is a pause that the stub can guard.</summary>
    public static long Pause(LinuxThread thread)
    {
        var result = thread.Block(Syscall.Ppoll);
        return result == -Errno.ERESTARTSYS ? -Errno.ERESTARTNOHAND : result;
    }

    public static long TimedWait(LinuxThread thread, ulong setAddress, ulong infoAddress, ulong timeAddress, ulong size)
    {
        if (size != MaskSize)
        {
            return -Errno.EINVAL;
        }

        if (!ReadSet(thread, setAddress, out var set))
        {
            return -Errno.EFAULT;
        }

        long? wait = null;
        if (timeAddress != 0)
        {
            if (TimeCalls.ReadTime(thread, timeAddress, out var seconds, out var nanoseconds) is < 0 and var error)
            {
                return error;
            }

            wait = TimeCalls.ToNanoseconds(seconds, nanoseconds);
        }

        set &= ~SignalNumbers.Unblockable;
        thread.Process.Signals.Blocking(set);
        var result = WaitFor(thread, set, new Deadline(wait), out var info);
        if (result <= 0)
        {
            return result;
        }

        info = GuestSignalInfo.Of(thread, info);
        return infoAddress != 0 && !thread.Process.Memory.TryWrite(infoAddress, info) ? -Errno.EFAULT : info.Number;
    }

    public static long Return(LinuxThread thread, Syscall syscall)
    {
        if (!thread.Process.Abi.PopSignalFrame(thread.Vcpu, thread.Process.Memory, syscall, out var state))
        {
            thread.Process.Signals.Exchange(SignalNumbers.Segv, default, thread.Process.Threads);
            thread.Process.Signals.Send(thread.Process, thread, SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0));
            thread.SetMask(thread.Mask & ~SignalNumbers.Bit(SignalNumbers.Segv));
            return Errno.NoResultValue;
        }

        thread.SetMask(thread.Process.Abi.Numbers.Signals.SetToHost(state.Mask));
        if (state.Stack is { } stack)
        {
            RestoreStack(thread, stack);
        }

        return Errno.NoResultValue;
    }

    public static long AlternateStack(LinuxThread thread, ulong newAddress, ulong oldAddress)
    {
        var layout = thread.Process.Abi.Layouts.SignalStack;
        Span<byte> bytes = stackalloc byte[layout.Size];
        var old = thread.AlternateStack;
        var isOn = old.Holds(thread.Process.Abi.StackPointer(thread.Vcpu));
        if (newAddress != 0)
        {
            if (!thread.Process.Memory.TryRead(newAddress, bytes))
            {
                return -Errno.EFAULT;
            }

            if (isOn)
            {
                return -Errno.EPERM;
            }

            var stack = new AlternateStack(layout.Pointer.Read(bytes), layout.Length.Read(bytes), (int)layout.Flags.Read(bytes));
            var mode = stack.Flags & ~Signals.AlternateStack.AutoDisarmFlag;
            if (mode is not (0 or Signals.AlternateStack.OnStackFlag or Signals.AlternateStack.DisableFlag))
            {
                return -Errno.EINVAL;
            }

            if (mode == Signals.AlternateStack.DisableFlag)
            {
                stack = Signals.AlternateStack.None;
            }
            else if (stack.Length < (ulong)thread.Process.Abi.Numbers.SmallestSignalStack)
            {
                return -Errno.ENOMEM;
            }
            else
            {
                stack = stack with { Flags = stack.Flags & Signals.AlternateStack.AutoDisarmFlag };
            }

            thread.AlternateStack = stack;
        }

        if (oldAddress == 0)
        {
            return 0;
        }

        bytes.Clear();
        layout.Pointer.Write(bytes, old.Pointer);
        layout.Flags.Write(bytes, (uint)(old.Flags | (isOn ? Signals.AlternateStack.OnStackFlag : 0)));
        layout.Length.Write(bytes, old.Length);
        return thread.Process.Memory.TryWrite(oldAddress, bytes) ? 0 : -Errno.EFAULT;
    }

    /// <summary>signalfd4.</summary>
    public static long File(LinuxThread thread, int descriptor, ulong maskAddress, ulong size, uint guestFlags)
    {
        const ulong NonBlock = 0x800, CloseOnExec = 0x80000;
        if (thread.Process.IsCopy)
        {
            return Errno.NeedsFreshProcess;
        }

        var flags = thread.Process.Abi.Numbers.OpenFlags.ToHost(guestFlags);
        if (size != MaskSize)
        {
            return -Errno.EINVAL;
        }

        if (!ReadSet(thread, maskAddress, out var mask))
        {
            return -Errno.EFAULT;
        }

        if ((flags & ~(NonBlock | CloseOnExec)) != 0)
        {
            return -Errno.EINVAL;
        }

        mask &= ~SignalNumbers.Unblockable;
        var signals = thread.Process.Signals;
        if (descriptor != -1)
        {
            var host = thread.Process.Files.ToHost(descriptor);
            if (host < 0)
            {
                return -Errno.EBADF;
            }

            if (signals.FindFile(host) is not { } known)
            {
                return -Errno.EINVAL;
            }

            known.Mask = mask;
            signals.SetFile(known, thread);
            return descriptor;
        }

        if (SignalFile.Create(mask, thread.Process.Abi.Numbers, (flags & CloseOnExec) != 0, (flags & NonBlock) != 0, out var error) is not { } file)
        {
            return error;
        }

        signals.SetFile(file, thread);
        return thread.Process.Files.Add(file.Reader);
    }

    /// <summary>sigreturn restores the alternate stack as sigaltstack would, and ignores what that refuses.</summary>
    private static void RestoreStack(LinuxThread thread, AlternateStack stack)
    {
        if (!thread.AlternateStack.Holds(thread.Process.Abi.StackPointer(thread.Vcpu)))
        {
            var disabled = (stack.Flags & Signals.AlternateStack.DisableFlag) != 0;
            thread.AlternateStack = disabled
                ? Signals.AlternateStack.None
                : stack with { Flags = stack.Flags & Signals.AlternateStack.AutoDisarmFlag };
        }
    }

    private static long WaitFor(LinuxThread thread, ulong set, in Deadline deadline, out SignalInfo info)
    {
        var signals = thread.Process.Signals;
        var time = stackalloc long[2];
        while (true)
        {
            Interlocked.Exchange(ref *thread.Attention, 0);
            lock (signals.SyncRoot)
            {
                signals.CollectLocked(thread.Process);
                if (thread.Pending.TryTake(set, out info) || signals.Shared.TryTake(set, out info))
                {
                    thread.WaitingFor = 0;
                    Interlocked.Exchange(ref *thread.Attention, 1);
                    return info.Number;
                }

                thread.WaitingFor = set;
            }

            var left = deadline.IsSet ? deadline.Left : 0;
            time[0] = left / 1_000_000_000;
            time[1] = left % 1_000_000_000;
            var result = deadline.IsSet && left == 0 ? 0 : thread.Block(Syscall.Ppoll, 0, 0, deadline.IsSet ? (nint)time : 0);
            ulong outside;
            lock (signals.SyncRoot)
            {
                outside = (thread.Pending.Bits | signals.Shared.Bits) & ~thread.Mask & ~set;
                if (((thread.Pending.Bits | signals.Shared.Bits) & set) != 0)
                {
                    continue;
                }

                thread.WaitingFor = 0;
            }

            if (result == 0)
            {
                return -Errno.EAGAIN;
            }

            if (outside != 0 || thread.Process.IsEnding || thread.Process.StopRequested)
            {
                // A signal outside the set is delivered; the wait itself is not restarted after a handler.
                return -Errno.ERESTARTNOHAND;
            }
        }
    }

    private static SignalInfo Sent(int signal, int code) =>
        SignalInfo.Sent(signal, code, HostProcess.Id, (uint)HostCall.Invoke(Syscall.Getuid));

    /// <summary>Signals that this program delivers to its own guest without the host; SIGKILL, SIGSTOP and SIGCONT are the host's to carry out.</summary>
    private static bool IsInternal(int signal) => signal is > 0 and not (SignalNumbers.Kill or SignalNumbers.Stop or ContinuedSignal);

    private static bool ToHost(int signal, out int host)
    {
        host = SignalNumbers.ToHost(signal);
        return host != 0 || signal == 0;
    }
}
