using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>The loop that runs one vCPU of an emulated system on its thread: work, halting, interrupts, translated code, exceptions.</summary>
internal sealed unsafe class SystemLoop
{
    private readonly SystemEngine _engine;
    private readonly SystemVcpu _vcpu;
    private readonly VcpuHeader* _header;
    private readonly ISystemGuest _guest;
    private readonly TbDispatcher _dispatcher;
    private readonly EventWait _eventWait;

    public SystemLoop(SystemEngine engine, SystemVcpu vcpu)
    {
        _engine = engine;
        _vcpu = vcpu;
        _header = vcpu.Header;
        _guest = engine.SystemGuest;
        _dispatcher = new TbDispatcher(engine, vcpu);
        _eventWait = new EventWait(engine, vcpu);
    }

    /// <summary>Runs until the machine is to stop.</summary>
    public void Run()
    {
        try
        {
            RunUntilStopped();
        }
        finally
        {
            _engine.Scheduler.EndTurn(_vcpu);
        }
    }

    private void RunUntilStopped()
    {
        // Work that was queued before the thread was there.
        _vcpu.Kick();
        while (true)
        {
            // Clear the poll word with a full fence, then read the requests: a request made after this read sets the word again.
            if (Interlocked.Exchange(ref _header->PollWord, 0) != 0)
            {
                _engine.Scheduler.EndTurn(_vcpu);
                _engine.Scheduler.ProcessQueuedWork(_vcpu);
                _engine.Scheduler.LetOthersAnswer(_vcpu);
                _engine.ThrowIfCompilerFailed();
            }

            if (_engine.IsStopping)
            {
                return;
            }

            if (!CanRun())
            {
                _engine.Scheduler.EndTurn(_vcpu);
                // It may have been switched off, or wait for an interrupt, between a flush and what completes it.
                _engine.Scheduler.WaitForOthers(_vcpu);
                _engine.Scheduler.WaitWhileHalted(_vcpu, () => CanRun() || _engine.IsStopping);
                continue;
            }

            _vcpu.IsHalted = false;
            if (_vcpu.InterruptLines != 0)
            {
                _guest.TakeInterrupt(_vcpu);
            }

            var exit = LoopExit.Requested;
            _engine.Scheduler.ExecStart(_vcpu);
            try
            {
                exit = _dispatcher.Execute();
            }
            finally
            {
                Volatile.Write(ref _header->InTranslatedCode, 0);
                _engine.Scheduler.ExecEnd(_vcpu, keepsTurn: exit == LoopExit.Exception && IsTakenAtOnce(_dispatcher.Pending.Kind));
            }

            if (exit == LoopExit.Exception)
            {
                Handle(_dispatcher.Pending);
            }
            else
            {
                CheckMeaning(exit);
            }
        }
    }

    // A halted vCPU goes on for an interrupt that it has masked, too (Arm ARM D1.6.2 has it so, and x86 never halts with interrupts masked but to stop).
    private bool CanRun() => _vcpu.IsOn && (!_vcpu.IsHalted || _vcpu.InterruptLines != 0);

    // QEMU ends a vCPU's turn of round-robin for none of these either; for all else something is waited for, or the guest gives its turn away.
    private static bool IsTakenAtOnce(ExceptionKind kind) =>
        kind is not (ExceptionKind.None or ExceptionKind.Yield or ExceptionKind.Halt or ExceptionKind.Atomic or ExceptionKind.FirmwareCall or ExceptionKind.Semihosting);

    private void Handle(in GuestException exception)
    {
        switch (exception.Kind)
        {
            case ExceptionKind.None:
                throw new InvalidOperationException($"Translated code at {_vcpu.Pc:x} left with an exception and named none.");
            case ExceptionKind.Yield:
                Yield(exception.Argument);
                break;
            case ExceptionKind.Halt:
                _vcpu.IsHalted = true;
                break;
            case ExceptionKind.InstructionCacheInvalidate:
                CompareCode(exception.Argument);
                break;
            case ExceptionKind.Atomic:
                StepAtomic();
                break;
            case ExceptionKind.FirmwareCall:
                AskBoard(exception, board => board.FirmwareCall(_vcpu, (FirmwareCallKind)_dispatcher.Pending.Argument));
                break;
            case ExceptionKind.Semihosting:
                AskBoard(exception, board => board.Semihost(_vcpu));
                break;
            default:
                Take(exception);
                break;
        }
    }

    private void Yield(ulong reason)
    {
        switch (reason)
        {
            case YieldReason.WaitForEvent:
                _eventWait.Wait();
                break;
            case YieldReason.CompleteBroadcast:
                _engine.Scheduler.WaitForOthers(_vcpu);
                break;
            default:
                Thread.Yield();
                break;
        }
    }

    private void CheckMeaning(LoopExit exit)
    {
        if (exit != LoopExit.Requested)
        {
            throw new InvalidOperationException($"Translated code at {_vcpu.Pc:x} left with {exit}, which has no meaning behind an MMU.");
        }
    }

    private void Take(in GuestException exception)
    {
        if (_engine.Options.Log is { } log && log.Has(LogCategories.Int))
        {
            log.WriteLine($"Exception {_vcpu.Index}: {exception.Kind} pc={_vcpu.Pc:x} argument={exception.Argument:x} address={exception.Address:x}");
        }

        _guest.TakeException(_vcpu, exception);
    }

    private void AskBoard(in GuestException exception, [UnderBigLock] Func<IBoard, bool> ask)
    {
        var pc = _vcpu.Pc;
        var isDone = false;
        if (_engine.Machine.Board is { } board)
        {
            _engine.Machine.BigLock.Enter();
            try
            {
                isDone = ask(board);
            }
            finally
            {
                _engine.Machine.BigLock.Exit();
            }
        }

        if (!isDone)
        {
            Take(exception with { Kind = ExceptionKind.IllegalInstruction, Argument = 0 });
        }
        else if (_vcpu.IsOn && _vcpu.Pc == pc)
        {
            _guest.SkipInstruction(_vcpu);
        }
    }

    /// <summary>The guest has made new code visible. Where its address leads nowhere there is none.</summary>
    private void CompareCode(ulong address)
    {
        if (address == InsnBuilder.AllCode)
        {
            _engine.CodePages.CompareAll();
            return;
        }

        address &= ~((ulong)Memory.CodePages.CacheLine - 1);
        if (_vcpu.Tlb.TryProbe(address, GuestAccess.Read, _guest.DataMode(_vcpu), out var hit) && hit.Section is { Ram: { } ram } section)
        {
            var offset = section.OffsetOf(hit.Physical) + (address & ((1UL << _header->TlbPageBits) - 1));
            _engine.CodePages.Compare(ram, offset, Memory.CodePages.CacheLine);
        }

        _header->Exception = ExceptionKind.None;
    }

    /// <summary>Runs the instruction at the PC alone, while no other vCPU executes (QEMU's cpu_exec_step_atomic).</summary>
    private void StepAtomic()
    {
        LoopExit exit;
        _engine.Scheduler.Exclusive.StartExclusive(_vcpu);
        try
        {
            // A flush that another vCPU has sent, and no longer waits for: it takes whoever is outside execution for done.
            _engine.Scheduler.ProcessQueuedWork(_vcpu);
            exit = _dispatcher.RunOne(parallel: false);
        }
        finally
        {
            _engine.Machine.Reserved.EndStore(_vcpu);
            _engine.Scheduler.Exclusive.EndExclusive(_vcpu);
        }

        if (exit != LoopExit.Exception)
        {
            CheckMeaning(exit);
            return;
        }

        if (_dispatcher.Pending.Kind == ExceptionKind.Atomic)
        {
            throw new InvalidOperationException($"The instruction at {_vcpu.Pc:x} asks to be run alone while it is.");
        }

        Handle(_dispatcher.Pending);
    }
}
