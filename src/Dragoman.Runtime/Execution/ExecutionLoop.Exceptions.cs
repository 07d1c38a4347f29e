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

    private KernelResult HandleException()
    {
        var exception = WithSignal(_dispatcher.Pending);
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

    private KernelResult Deliver(in GuestException raised)
    {
        _retries = 0;
        var exception = raised.Kind == ExceptionKind.MemoryFault && raised.Access != GuestAccess.Execute ? Explain(raised) : raised;
        if (exception.Kind == ExceptionKind.None)
        {
            return KernelResult.Continue;
        }

        if (_machine.Options.Log is { } log && log.Has(LogCategories.Int))
        {
            log.WriteLine($"Exception {_vcpu.Index}: {exception.Kind} pc={_vcpu.Pc:x} argument={exception.Argument:x} address={exception.Address:x} {exception.Access} signal={exception.Signal} code={exception.SignalCode}");
        }

        return _machine.Kernel.HandleException(_vcpu, exception);
    }

    private GuestException Explain(in GuestException fault)
    {
        Span<byte> code = stackalloc byte[_machine.Guest.MaxInstructionLength];
        fixed (byte* buffer = code)
        {
            var read = _vcpu.Pc < _machine.Memory.Limit ? HostMemory.ReadSafely(_machine.Memory.ToHost(_vcpu.Pc), buffer, code.Length) : 0;
            return _machine.Guest.Explain(fault, code[..Math.Max(0, read)], _vcpu.Env);
        }
    }

    /// <summary>Finds out what the fault in the block is; runs the instruction again as long as it should go through.</summary>
    private KernelResult HandleHostFault()
    {
        if (_dispatcher.RanCompiled && (_header->HostFaultError & 2) == 0)
        {
            return CatchUp();
        }

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
            var exit = outcome == FaultOutcome.Armed ? StoreToArmedPage() : RunOne();
            if (exit != LoopExit.HostFault)
            {
                return exit == LoopExit.Exception ? HandleException() : KernelResult.Continue;
            }
        }
    }

    /// <summary>
    /// A load of compiled code has faulted, and the state may be that of an instruction before it, with nothing but loads between. Instruction by instruction it comes
    /// there again; if another vCPU has mended the access meanwhile, the guest has gone on a little.
    /// </summary>
    private KernelResult CatchUp()
    {
        _header->HostSignal = 0;
        _dispatcher.PassStore();
        for (var i = 0; i < _machine.Options.MaxInsns; i++)
        {
            switch (RunOne())
            {
                case LoopExit.HostFault:
                    return HandleHostFault();
                case LoopExit.Exception:
                    return HandleException();
            }
        }

        return KernelResult.Continue;
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
            var exit = RunOne();
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
            exit = _dispatcher.RunOne(parallel: false);
        }
        finally
        {
            _machine.Scheduler.Exclusive.EndExclusive(_vcpu);
        }

        if (exit == LoopExit.Exception && _dispatcher.Pending.Kind == ExceptionKind.Atomic)
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

    /// <summary>Runs the instruction at the PC alone.</summary>
    private KernelResult Step() => RunOne() switch
    {
        LoopExit.HostFault => HandleHostFault(),
        LoopExit.Exception => HandleException(),
        _ => KernelResult.Continue,
    };

    /// <summary>Hot code has left its floating-point arithmetic to exact code. Code that does so often is made anew, and calls the exact code from then on.</summary>
    private KernelResult ComputeExactly()
    {
        lock (_machine.Memory.SyncRoot)
        {
            if (_machine.ExactFloats.Note(_header->LeftPc, _header->LeftFlags)
                && _machine.Cache.Table.Find(_header->LeftPc, _header->LeftFlags, default) is { } tb)
            {
                _machine.Cache.Invalidate(tb);
            }
        }

        return Step();
    }

    private LoopExit RunOne()
    {
        var exit = _dispatcher.RunOne(parallel: true);
        if (exit != LoopExit.HostFault)
        {
            _retries = 0;
        }

        return exit;
    }

    /// <summary>Faults that translated code found itself get Linux's signals. They do not tell loads from stores, and count as loads.</summary>
    private static GuestException WithSignal(in GuestException exception) => exception switch
    {
        { Signal: not 0 } => exception,
        { Kind: ExceptionKind.MemoryFault } => GuestFaults.Segv(exception.Address, GuestAccess.Read, isMapped: false),
        { Kind: ExceptionKind.AlignmentFault } => GuestFaults.Alignment(exception.Address, GuestAccess.Read),
        _ => exception,
    };
}
