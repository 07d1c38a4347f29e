using System.Runtime.InteropServices;
using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Faults;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>Exceptions and faults: outside execution.</summary>
internal sealed unsafe partial class ExecutionLoop
{
    // Faults in a row at one instruction that each should have been the last. One is usual; a few come from other vCPUs' mprotect.
    private const int MaxRetries = 1000;
    private int _retries;

    /// <summary>Takes the exception that translated code has left in the block. Faults that it found itself do not tell loads from stores: they count as loads.</summary>
    private GuestException TakeException()
    {
        var kind = _header->Exception;
        _header->Exception = ExceptionKind.None;
        var exception = kind switch
        {
            ExceptionKind.MemoryFault => GuestFaults.Segv(_header->FaultGuestAddress, GuestAccess.Read, isMapped: false),
            ExceptionKind.AlignmentFault => GuestFaults.Alignment(_header->FaultGuestAddress, GuestAccess.Read),
            _ => new GuestException(kind, _header->ExceptionArg, 0, GuestAccess.Read, 0, 0, _header->ExceptionAfter != 0),
        };
        return exception;
    }

    private KernelResult HandleException()
    {
        var exception = _pending;
        switch (exception.Kind)
        {
            case ExceptionKind.Yield:
                Thread.Yield();
                return KernelResult.Continue;
            case ExceptionKind.InstructionCacheInvalidate:
                if (exception.Argument == InsnBuilder.AllCode)
                {
                    _machine.CodePages.CompareAll();
                }
                else
                {
                    _machine.CodePages.CompareLine(exception.Argument);
                }

                return KernelResult.Continue;
            case ExceptionKind.Atomic:
                return StepAtomic();
            case ExceptionKind.None:
                throw new InvalidOperationException($"Translated code at {_vcpu.Pc:x} left with an exception and named none.");
        }

        return Deliver(exception);
    }

    private KernelResult Deliver(in GuestException exception)
    {
        _retries = 0;
        if (_machine.Options.Log is { } log && log.Has(LogCategories.Int))
        {
            log.WriteLine($"Exception {_vcpu.Index}: {exception.Kind} pc={_vcpu.Pc:x} argument={exception.Argument:x} address={exception.Address:x} {exception.Access} signal={exception.Signal} code={exception.SignalCode}");
        }

        return _machine.Kernel.HandleException(_vcpu, exception);
    }

    /// <summary>Finds out what the fault in the block is; runs the instruction again as long as it should go through.</summary>
    private KernelResult HandleHostFault()
    {
        var isReplay = false;
        while (true)
        {
            _vcpu.Counters.Faults++;
            var outcome = Classify(isReplay, out var exception);
            _header->HostSignal = 0;
            if (outcome == FaultOutcome.Deliver)
            {
                return Deliver(exception);
            }

            if (outcome == FaultOutcome.HostError)
            {
                throw new InvalidOperationException(
                    $"Translated code at {_vcpu.Pc:x} touched host address {_header->HostFaultAddress:x} (host RIP {_header->HostFaultRip:x}), which is not the guest's.");
            }

            if (++_retries > MaxRetries)
            {
                throw new InvalidOperationException(
                    $"The host keeps refusing an access at {_header->HostFaultAddress:x} that guest code at {_vcpu.Pc:x} may do.");
            }

            isReplay = outcome == FaultOutcome.Replay;
            var exit = outcome == FaultOutcome.Armed ? StoreToArmedPage() : RunOne(parallel: true);
            if (exit != LoopExit.HostFault)
            {
                return exit == LoopExit.Exception ? HandleException() : KernelResult.Continue;
            }
        }
    }

    /// <summary>What the fault in the block means to the guest.</summary>
    private FaultOutcome Classify(bool isReplay, out GuestException exception)
    {
        exception = default;
        var access = (_header->HostFaultError & 2) != 0 ? GuestAccess.Write : GuestAccess.Read;
        if (_header->HostSignalCode == HostSignal.FromKernel)
        {
            exception = GuestFaults.NoAddress(access);
            return isReplay ? FaultOutcome.Deliver : FaultOutcome.Replay;
        }

        var memory = _machine.Memory;
        if (!memory.TryToGuest(_header->HostFaultAddress, out var address))
        {
            return FaultOutcome.HostError;
        }

        if (_header->HostSignal == HostSignal.Bus)
        {
            exception = GuestFaults.Bus(address, access);
            return memory.FillFileEnd(address) ? FaultOutcome.Retry : FaultOutcome.Deliver;
        }

        lock (memory.SyncRoot)
        {
            var mapping = memory.Find(address);
            exception = GuestFaults.Segv(address, access, isMapped: mapping is not null);
            if (mapping is null || mapping.Protection == GuestProtection.None)
            {
                return FaultOutcome.Deliver;
            }

            // A read of a page that is readable now: another vCPU has changed the mapping since.
            if (access == GuestAccess.Write && !_machine.CodePages.HandleWriteFault(address))
            {
                return FaultOutcome.Deliver;
            }

            return access == GuestAccess.Write && _machine.ArmedPages.IsArmed(memory.PageDown(address)) ? FaultOutcome.Armed : FaultOutcome.Retry;
        }
    }

    /// <summary>Runs the store at the PC while no other vCPU executes: it takes away the reservations that it writes over.</summary>
    private LoopExit StoreToArmedPage()
    {
        _machine.Memory.TryToGuest(_header->HostFaultAddress, out var address);
        _machine.Scheduler.Exclusive.StartExclusive(_vcpu);
        try
        {
            _machine.ArmedPages.BeginStore(address, _vcpu, _machine.Vcpus);
            var exit = RunOne(parallel: true);
            if (exit == LoopExit.HostFault)
            {
                // It goes over into another page. Left armed, the two would take turns for ever.
                _machine.ArmedPages.Forget(address, 1);
            }
            else
            {
                _machine.ArmedPages.EndStore(address, _machine.Vcpus);
            }

            return exit;
        }
        finally
        {
            _machine.Scheduler.Exclusive.EndExclusive(_vcpu);
        }
    }

    /// <summary>Runs the instruction at the PC alone, while no other vCPU executes (QEMU's cpu_exec_step_atomic).</summary>
    private KernelResult StepAtomic()
    {
        LoopExit exit;
        _machine.Scheduler.Exclusive.StartExclusive(_vcpu);
        try
        {
            exit = RunOne(parallel: false);
        }
        finally
        {
            _machine.Scheduler.Exclusive.EndExclusive(_vcpu);
        }

        if (exit == LoopExit.Exception && _pending.Kind == ExceptionKind.Atomic)
        {
            throw new InvalidOperationException($"The instruction at {_vcpu.Pc:x} asks to be run alone while it is.");
        }

        return exit switch
        {
            LoopExit.HostFault => HandleHostFault(),
            LoopExit.Exception => HandleException(),
            _ => KernelResult.Continue,
        };
    }

    /// <summary>
    /// Runs the instruction at the PC from a TB of its own, whose page is not protected for it: so a store into the page that holds the
    /// instruction itself goes through. Returns <see cref="LoopExit.Requested"/> when it is done.
    /// </summary>
    private LoopExit RunOne(bool parallel)
    {
        _vcpu.Counters.OneShots++;
        var isExclusive = _vcpu.ExclusiveDepth != 0;
        var tb = _builder.BuildOneShot(_vcpu.Pc, _machine.Guest.GetTbFlags(_env), parallel, out _pending);
        if (tb is null)
        {
            return LoopExit.Exception;
        }

        // In an exclusive section of its own the vCPU counts as outside execution: it links and looks up nothing.
        if (!isExclusive)
        {
            _machine.Scheduler.ExecStart(_vcpu);
        }

        nint exit;
        try
        {
            _vcpu.QuiescentEpoch = _cache.Epoch;
            exit = ExecuteUnpolled(tb);
        }
        finally
        {
            Volatile.Write(ref _header->InTranslatedCode, 0);
            if (!isExclusive)
            {
                _machine.Scheduler.ExecEnd(_vcpu);
            }

            NativeMemory.Free(tb.Slots);
        }

        if (_header->HostSignal != 0)
        {
            return LoopExit.HostFault;
        }

        _retries = 0;
        if (exit != TbExit.Exception)
        {
            return LoopExit.Requested;
        }

        _pending = TakeException();
        return LoopExit.Exception;
    }

    /// <summary>Runs a TB although the poll word may be set; it stays set.</summary>
    private nint ExecuteUnpolled(Translation.TranslationBlock tb)
    {
        while (true)
        {
            var poll = Interlocked.Exchange(ref _header->PollWord, 0);
            try
            {
                Volatile.Write(ref _header->InTranslatedCode, 1);
                var exit = tb.Code.Execute(_env);
                Volatile.Write(ref _header->InTranslatedCode, 0);
                GC.KeepAlive(tb);
                if (exit != TbExit.Requested)
                {
                    return exit;
                }

                poll = 1;
            }
            catch (NullReferenceException) when (_header->HostSignal != 0)
            {
                return TbExit.Exception;
            }
            finally
            {
                if (poll != 0)
                {
                    _vcpu.Kick();
                }
            }
        }
    }
}
