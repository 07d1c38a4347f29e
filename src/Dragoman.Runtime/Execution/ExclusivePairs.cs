using System.Runtime.InteropServices;
using Dragoman.Runtime.Guests;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.Translation;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// Tells pairs of load-exclusive and store-exclusive with nothing between them, for which comparing the value is exact, from the others,
/// whose load-exclusive must arm its page.
/// </summary>
/// <remarks>
/// A pair is known by the PCs of its two instructions, and looked into when its store-exclusive first runs. If another access, a barrier,
/// a call or a computed jump can come between, that store-exclusive fails, as the architecture lets it at any time, and from then on the
/// load-exclusive at that PC arms. What lies between is what stands between the two PCs: a way out of there and back in is not looked for.
/// What is known of pairs is forgotten when code is invalidated: that counts, passes a full fence and clears the vCPUs' rows; here a row is written, a full fence
/// passed and the count read, so one of the two sees the other.
/// </remarks>
internal abstract unsafe class ExclusivePairs(IGuest guest, TranslationCache cache)
{
    /// <summary>Farthest that the store-exclusive of a simple pair stands behind its load-exclusive, in bytes.</summary>
    private const ulong Reach = 256;

    private readonly Lock _lock = new();

    // Guarded by the lock, all.
    private readonly Dictionary<(nint Load, nint Store), bool> _isSimple = [];
    private readonly HashSet<ulong> _armingLoads = [];
    private long _invalidations;

    // Made when the first pair is looked into.
    private DisasContext? _disas;

    // Set once, under the lock, before the hooks of the vCPUs that exist are; a vCPU that is made meanwhile reads it when it joins them.
    private volatile bool _arms;

    /// <summary>Load-exclusives that arm. For tests and statistics.</summary>
    public int ArmingLoads
    {
        get
        {
            lock (_lock)
            {
                return _armingLoads.Count;
            }
        }
    }

    /// <summary>Whether any load-exclusive arms, so that vCPUs need that hook.</summary>
    protected bool Arms => _arms;

    /// <summary>Whether the load-exclusive that the vCPU has just begun is to arm.</summary>
    protected bool IsArming(VcpuHeader* header)
    {
        lock (_lock)
        {
            return _armingLoads.Contains(header->ExclusivePc);
        }
    }

    /// <summary>Whether there is nothing between the vCPU's last load-exclusive and the store-exclusive at its PC. If there is, that load arms from now on, and the hooks are wanted.</summary>
    protected bool IsSimple(ScheduledVcpu vcpu)
    {
        var pair = (Load: vcpu.Header->ExclusivePc, Store: vcpu.Pc);
        var key = (PlaceOf(vcpu, pair.Load), PlaceOf(vcpu, pair.Store));
        bool isSimple;
        long invalidations;
        lock (_lock)
        {
            invalidations = cache.Invalidations;
            if (invalidations != _invalidations)
            {
                _invalidations = invalidations;
                _isSimple.Clear();
            }

            if (!_isSimple.TryGetValue(key, out isSimple))
            {
                isSimple = HasNothingBetween(vcpu, pair.Load, pair.Store, guest.GetTbFlags(vcpu.Env));
                _isSimple.Add(key, isSimple);
            }

            if (!isSimple)
            {
                _armingLoads.Add(pair.Load);
                _arms = true;
            }
        }

        if (isSimple)
        {
            var row = VcpuBlock.CheckedPair(vcpu.Env, pair.Load);
            row[1] = pair.Store;
            Volatile.Write(ref row[0], pair.Load);
            Interlocked.MemoryBarrier();
            if (cache.Invalidations != invalidations)
            {
                row[0] = 0;
            }
        }

        return isSimple;
    }

    /// <summary>What tells the code at a PC from that at the same PC elsewhere: its host address.</summary>
    protected abstract nint PlaceOf(ScheduledVcpu vcpu, ulong pc);

    /// <summary>Copies code; returns how many bytes could be had.</summary>
    protected abstract int Read(ScheduledVcpu vcpu, ulong pc, byte* into, int length);

    private bool HasNothingBetween(ScheduledVcpu vcpu, ulong load, ulong store, ulong flags)
    {
        if (store <= load || store - load > Reach)
        {
            return false;
        }

        var length = (int)(store - load) + guest.MaxInstructionLength;
        var code = (byte*)NativeMemory.Alloc((nuint)length);
        try
        {
            if (Read(vcpu, load, code, length) < (int)(store - load) + guest.InstructionAlignment)
            {
                return false;
            }

            var disas = _disas ??= new DisasContext { Tcg = new TcgContext(guest.Globals, guest.PcOffset), Parallel = true };
            var tcg = disas.Tcg;
            disas.TbFlags = flags;
            disas.TbPc = load;
            for (var pc = load; pc <= store; pc = disas.NextPc)
            {
                tcg.Reset();
                disas.Pc = pc;
                disas.NextPc = pc;
                disas.Code = code + (pc - load);
                disas.CodeAvailable = length - (int)(pc - load);
                disas.Ended = disas.EndAfter = false;
                tcg.InsnStart(pc);
                guest.TranslateInstruction(disas);
                if (disas.NextPc <= pc || !IsHarmless(tcg, isLoad: pc == load, isStore: pc == store))
                {
                    return false;
                }
            }

            return true;
        }
        finally
        {
            NativeMemory.Free(code);
        }
    }

    /// <summary>True when the ops of one instruction do nothing that others could be ordered by, but for the exclusive access itself.</summary>
    private static bool IsHarmless(TcgContext tcg, bool isLoad, bool isStore)
    {
        var met = false;
        foreach (ref readonly var op in tcg.Ops)
        {
            switch (op.Opcode)
            {
                case Opcode.QemuLdx when isLoad && !met:
                    met = true;
                    continue;
                case Opcode.QemuStx when isStore:
                    // What follows it does not matter.
                    return true;
                case Opcode.ExitTb or Opcode.GotoPtr:
                    return false;
            }

            if (ExclusiveMonitor.Parts(op) && (!isLoad || met))
            {
                return false;
            }
        }

        return isLoad ? met : !isStore;
    }
}
