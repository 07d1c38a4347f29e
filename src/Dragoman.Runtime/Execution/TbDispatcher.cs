using Dragoman.Runtime.Diagnostics;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>Runs translated code on one vCPU's thread: finds the next TB, or has it built, links and enters it, until something else is due.</summary>
internal sealed unsafe partial class TbDispatcher
{
    private readonly TranslatingMachine _machine;
    private readonly ScheduledVcpu _vcpu;
    private readonly byte* _env;
    private readonly VcpuHeader* _header;
    private readonly TbBuilder _builder;
    private readonly TranslationCache _cache;

    public TbDispatcher(TranslatingMachine machine, ScheduledVcpu vcpu)
    {
        _machine = machine;
        _vcpu = vcpu;
        _env = vcpu.Env;
        _header = vcpu.Header;
        _cache = machine.Cache;
        _builder = new TbBuilder(machine);
    }

    /// <summary>After <see cref="LoopExit.Exception"/>: which.</summary>
    public GuestException Pending { get; private set; }

    /// <summary>Whether what left last was compiled code: it may have left the state behind at a load (<see cref="Tcg.Ir.Op.LeavesStateBehind"/>).</summary>
    public bool RanCompiled { get; private set; }

    /// <summary>Runs TBs until something else than the next TB is due.</summary>
    public LoopExit Execute()
    {
        var log = _machine.Options.Log;
        var queue = _machine.CompileQueue;
        var threshold = _machine.Options.HotThreshold;
        var warmUp = (ulong)_machine.Options.WarmUpDispatches;
        var quiet = _machine.QuietDispatches;
        TranslationBlock? next = null;
        try
        {
            while (true)
            {
                // Quiescent: of the code and slots met so far only `next` is still used. What was retired up to this epoch was marked
                // invalid before, so the mark tells whether `next` may be gone; what is retired after it is kept for us.
                _vcpu.QuiescentEpoch = _cache.Epoch;
                if (next is { Invalid: true })
                {
                    next = null;
                }

                if (Volatile.Read(ref _header->PollWord) != 0)
                {
                    _ = DropTag();
                    return LoopExit.Requested;
                }

                var tb = next ?? FindOrBuild();
                if (tb is null)
                {
                    return LoopExit.Exception;
                }

                _vcpu.Counters.Dispatches++;
                _header->DispatchCount++;
                if (log is not null)
                {
                    Trace(log, tb);
                }

                // Counted while it waits too: the queue takes the most run first.
                if (queue is not null && tb.Tier != 2 && _header->DispatchCount > quiet && ++tb.ExecutionCount >= threshold && tb.Tier == 0 && (queue.IsStarted || _header->DispatchCount >= warmUp))
                {
                    queue.Enqueue(tb);
                }

                var code = tb.Code;
                RanCompiled = code.EntryPoint != 0;
                Volatile.Write(ref _header->InTranslatedCode, 1);
                var exit = code.Execute(_env);
                Volatile.Write(ref _header->InTranslatedCode, 0);
                GC.KeepAlive(code);
                Settle();

                next = null;
                if ((nuint)exit >= (nuint)TbExit.FirstSlot)
                {
                    next = Follow((ChainSlot*)exit);
                    if (next is null)
                    {
                        return LoopExit.Exception;
                    }
                }
                else if (exit == TbExit.Exception)
                {
                    if (_header->HostSignal != 0)
                    {
                        return LoopExit.HostFault;
                    }

                    Pending = TakeException();
                    return LoopExit.Exception;
                }
                else if (exit == TbExit.Requested)
                {
                    return LoopExit.Requested;
                }
                else if (exit == TbExit.OddAddress)
                {
                    return LoopExit.OddAddress;
                }
                else if (exit == TbExit.ExactFloat)
                {
                    return LoopExit.ExactFloat;
                }
            }
        }
        catch (NullReferenceException) when (_header->HostSignal != 0)
        {
            Volatile.Write(ref _header->InTranslatedCode, 0);
            Settle();
            return LoopExit.HostFault;
        }
    }

    /// <summary>Hot code may leave registers to be computed by whoever looks at them next.</summary>
    private void Settle()
    {
        if (_header->Deferred != 0)
        {
            _machine.HotBackend!.Settle(_env);
        }
    }

    /// <summary>The TB that a slot leads to, linking the slot to it when it was not. Null with an exception pending.</summary>
    private TranslationBlock? Follow(ChainSlot* slot)
    {
        var linked = Volatile.Read(ref slot->LinkedTb);
        if (linked != 0)
        {
            _vcpu.Counters.ChainHits++;
            return _cache.Indexes[(int)linked - 1];
        }

        var next = FindOrBuild();
        if (next is not null && _machine.Options.Chain && _header->DispatchCount > _machine.QuietDispatches)
        {
            var owner = _cache.Indexes[slot->OwnerTb]!;
            if (owner.Links(slot->Index))
            {
                _cache.Link(owner, slot->Index, next);
            }
        }

        return next;
    }

    /// <summary>The TB at the state's PC. Null with an exception pending.</summary>
    private TranslationBlock? FindOrBuild()
    {
        var pc = _vcpu.Pc;
        var flags = _machine.Guest.GetTbFlags(_env);
        var entry = _header->JumpCache + JumpCacheEntry.IndexOf(pc);
        if (entry->Pc == pc && entry->Flags == flags && Volatile.Read(ref entry->Tb) is not 0 and var index
            && _cache.Indexes[(int)index - 1] is { } cached)
        {
            _vcpu.Counters.JumpCacheHits++;
            if (entry->Code != cached.EntryPoint)
            {
                Fill(entry, cached);
            }

            return cached;
        }

        if (DropTag())
        {
            return FindOrBuild();
        }

        if (!_machine.Code.TryLocate(_vcpu, pc, flags, out var place, out var fault))
        {
            Pending = fault;
            return null;
        }

        var tb = _cache.Table.Find(pc, flags, place);
        if (tb is not null)
        {
            _vcpu.Counters.TableHits++;
        }
        else
        {
            tb = _builder.Build(place, pc, flags, out fault);
            if (tb is null)
            {
                Pending = fault;
                return null;
            }
        }

        Fill(entry, tb);
        return tb;
    }

    /// <summary>
    /// Makes the PC what a branch to it leaves there; true if it was something else. Translated code need not do that: at such an address no TB is found, so it comes here.
    /// </summary>
    private bool DropTag()
    {
        var pc = _vcpu.Pc;
        var target = _machine.Code.BranchTarget(_vcpu, pc);
        _vcpu.Pc = target;
        return target != pc;
    }

    /// <summary>
    /// Fills an entry of the own jump cache. Whoever invalidates the TB marks it, passes a full fence and clears entries; here the entry
    /// is written, a full fence passed and the mark read: one of the two sees the other.
    /// </summary>
    private static void Fill(JumpCacheEntry* entry, TranslationBlock tb)
    {
        Volatile.Write(ref entry->Code, 0);
        Volatile.Write(ref entry->Tb, 0);
        Volatile.Write(ref entry->Pc, tb.Pc);
        entry->Flags = tb.Flags;
        Volatile.Write(ref entry->Tb, tb.Index + 1);
        Volatile.Write(ref entry->Code, tb.EntryPoint);
        Interlocked.MemoryBarrier();
        if (tb.Invalid)
        {
            Volatile.Write(ref entry->Code, 0);
            Volatile.Write(ref entry->Tb, 0);
        }
    }

    private void Trace(RuntimeLog log, TranslationBlock tb)
    {
        if (log.Has(LogCategories.Exec, tb.Pc))
        {
            log.WriteLine($"Trace {_vcpu.Index}: TB {tb.Index} [{tb.Pc:x16}/{tb.Flags:x}] {(tb.EntryPoint != 0 ? "compiled" : "interpreted")}{log.NameOf(tb.Pc)}");
        }

        if (log.Has(LogCategories.Cpu, tb.Pc))
        {
            log.WriteLine(_vcpu.DumpRegisters());
        }
    }
}
