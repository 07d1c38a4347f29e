using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>Single instructions.</summary>
internal sealed unsafe partial class TbDispatcher
{
    /// <summary>
    /// Runs the instruction at the PC from a TB of its own, whose page is not protected for it: so a store into the page that holds the
    /// instruction itself goes through. Returns <see cref="LoopExit.Requested"/> when it is done.
    /// </summary>
    public LoopExit RunOne(bool parallel)
    {
        _vcpu.Counters.OneShots++;
        RanCompiled = false;
        _ = DropTag();
        var isExclusive = _vcpu.ExclusiveDepth != 0;
        var flags = _machine.Guest.GetTbFlags(_env);
        if (!_machine.Code.TryLocate(_vcpu, _vcpu.Pc, flags, out var place, out var fault)
            || _builder.BuildOneShot(place, _vcpu.Pc, flags, parallel, out fault) is not { } tb)
        {
            Pending = fault;
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

        if (exit != TbExit.Exception)
        {
            return LoopExit.Requested;
        }

        Pending = TakeException();
        return LoopExit.Exception;
    }

    /// <summary>
    /// A load has faulted. If the instruction at the PC does nothing but store, it has stored, and the load comes somewhere behind it: the PC moves behind it too.
    /// </summary>
    public void PassStore()
    {
        var flags = _machine.Guest.GetTbFlags(_env);
        if (_machine.Code.TryLocate(_vcpu, _vcpu.Pc, flags, out var place, out _) && _builder.OnlyStores(place, _vcpu.Pc, flags, out var next))
        {
            _vcpu.Pc = next;
        }
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

    private GuestException TakeException() => GuestException.Take(_header);
}
