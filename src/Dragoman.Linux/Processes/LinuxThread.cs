using System.Runtime.InteropServices;
using Dragoman.Linux.Abi;
using Dragoman.Linux.Files;
using Dragoman.Linux.Host;
using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Processes;

/// <summary>
/// One guest thread: a host thread with a vCPU. Everything here belongs to that host thread, except what is named as guarded by the
/// signal lock and <see cref="Kick"/>.
/// </summary>
internal sealed unsafe class LinuxThread
{
    private readonly ThreadBlock* _block;

    public LinuxThread(LinuxProcess process, Vcpu vcpu, bool isMain)
    {
        Process = process;
        Vcpu = vcpu;
        IsMain = isMain;
        vcpu.KernelState = this;
        _block = (ThreadBlock*)NativeMemory.AllocZeroed((nuint)sizeof(ThreadBlock));
        _block->PollWord = &vcpu.Header->PollWord;
        Paths = new PathReader(process);
        Buffers = new WrittenBuffers(process.Memory, () => process.Threads.Length > 1);
        Times = process.Abi.Layouts.Timespec;
    }

    public LinuxProcess Process { get; }

    public Vcpu Vcpu { get; }

    public bool IsMain { get; }

    /// <summary>Reads path arguments.</summary>
    public PathReader Paths { get; }

    /// <summary>What the system call that the thread makes writes. Own thread only.</summary>
    public WrittenBuffers Buffers { get; }

    /// <summary>The thread id: the host's, so that kill, /proc and futex owners agree.</summary>
    public int Tid => _block->Tid;

    /// <summary>Blocked signals. Written by the thread itself under the signal lock.</summary>
    public ulong Mask { get; set; }

    /// <summary>The mask that comes back after sigsuspend, ppoll and the like, or null. Own thread only.</summary>
    public ulong? MaskToRestore { get; set; }

    /// <summary>Blocked signals that the thread is waiting for in rt_sigtimedwait. Guarded by the signal lock.</summary>
    public ulong WaitingFor { get; set; }

    /// <summary>Signals for this thread alone. Guarded by the signal lock.</summary>
    public PendingSignals Pending { get; } = new();

    /// <summary>sigaltstack.</summary>
    public AlternateStack AlternateStack { get; set; } = AlternateStack.None;

    /// <summary>CLONE_CHILD_CLEARTID and set_tid_address: guest address, or 0.</summary>
    public ulong ClearChildTid { get; set; }

    /// <summary>set_robust_list: guest address, or 0.</summary>
    public ulong RobustList { get; set; }

    /// <summary>How times look in the system call that the thread makes. Own thread only.</summary>
    public TimespecLayout Times { get; set; }

    /// <summary>Address of the last synchronous fault, for the signal context.</summary>
    public ulong FaultAddress { get; set; }

    /// <summary>The exception that the signal being forced is for; none otherwise.</summary>
    public GuestException Fault { get; set; }

    /// <summary>True once the thread has left with exit or exit_group. Own thread only.</summary>
    public bool Ended { get; set; }

    /// <summary>Set to 1 when the thread should look at its signals; the blocking stub reads it.</summary>
    public int* Attention => &_block->Attention;

    /// <summary>The handler's view of the thread.</summary>
    public ThreadBlock* HandlerBlock => _block;

    /// <summary>Binds the object to the calling host thread and opens the host's signal mask.</summary>
    public void Enter()
    {
        _block->Tid = (int)HostCall.Invoke(Syscall.Gettid);
        SignalExchange.Register(HostStubs.Exchange, _block->Tid, _block);
        if (IsMain)
        {
            HostSignals.Initialize(_block);
        }

        HostSignals.OpenMask();
    }

    /// <summary>In a forked child: the same object for the child's only host thread.</summary>
    public void Rebind()
    {
        SignalExchange.Unregister(HostStubs.Exchange, _block->Tid);
        _block->Tid = (int)HostCall.Invoke(Syscall.Gettid);
        SignalExchange.Register(HostStubs.Exchange, _block->Tid, _block);
    }

    /// <summary>Unbinds it. The block stays: a handler on another thread may still hold its address.</summary>
    public void Leave()
    {
        if (IsMain)
        {
            HostStubs.Exchange->Fallback = null;
        }

        SignalExchange.Unregister(HostStubs.Exchange, _block->Tid);
        Paths.Dispose();
    }

    /// <summary>Makes the thread look at its signals soon, also when it is in a blocking call. Any thread.</summary>
    public void Kick()
    {
        Interlocked.Exchange(ref _block->Attention, 1);
        Vcpu.Kick();
        if (_block->Tid != 0 && _block->Tid != (int)HostCall.Invoke(Syscall.Gettid))
        {
            HostCall.Invoke(Syscall.Tgkill, HostProcess.Id, _block->Tid, HostStubs.KickSignal);
        }
    }

    /// <summary>
    /// A host call that may wait, as a kernel does it for a thread with signals: an interruption that leaves nothing to deliver (the runtime's
    /// own signal, one that is blocked or ignored) begins the call again.
    /// </summary>
    /// <returns>The host's result, or <c>-ERESTARTSYS</c> when a signal is to be delivered first.</returns>
    public long Block(Syscall number, nint a0 = 0, nint a1 = 0, nint a2 = 0, nint a3 = 0, nint a4 = 0, nint a5 = 0)
    {
        while (true)
        {
            var result = HostCall.Block(&_block->Attention, number, a0, a1, a2, a3, a4, a5);
            if (result is not (-Errno.EINTR or -Errno.ERESTARTSYS))
            {
                return result;
            }

            if (HasWork())
            {
                return -Errno.ERESTARTSYS;
            }
        }
    }

    /// <summary>True when the thread should go to an instruction boundary: a signal can be delivered, or the process ends. Clears <see cref="Attention"/> first.</summary>
    public bool HasWork()
    {
        Interlocked.Exchange(ref _block->Attention, 0);
        if (Process.IsEnding || Process.StopRequested)
        {
            Interlocked.Exchange(ref _block->Attention, 1);
            return true;
        }

        lock (Process.Signals.SyncRoot)
        {
            Process.Signals.CollectLocked(Process);
            var ready = (Pending.Bits | Process.Signals.Shared.Bits) & ~(Mask & ~WaitingFor);
            if (ready == 0)
            {
                return false;
            }
        }

        Interlocked.Exchange(ref _block->Attention, 1);
        return true;
    }

    /// <summary>For a leader that runs no guest code any more: waits for signals or a kick, and hands what has arrived to the threads that live.</summary>
    public void Park()
    {
        // Attention first: what comes after this is seen by the wait.
        if (Interlocked.Exchange(ref _block->Attention, 0) == 0)
        {
            HostCall.Block(&_block->Attention, Syscall.Pause, 0, 0, 0, 0, 0, 0);
        }

        Process.Signals.Collect(Process);
    }

    /// <summary>Changes the mask; signals that it uncovers are delivered before the guest goes on.</summary>
    public void SetMask(ulong mask)
    {
        mask &= ~SignalNumbers.Unblockable;
        Process.Signals.Blocking(mask);
        lock (Process.Signals.SyncRoot)
        {
            Mask = mask;
            if (((Pending.Bits | Process.Signals.Shared.Bits) & ~mask) != 0)
            {
                // The poll word too: a mask that comes back after a delivery is set when nobody will look at the attention word before the next call.
                Interlocked.Exchange(ref _block->Attention, 1);
                Vcpu.Kick();
            }
        }
    }
}
