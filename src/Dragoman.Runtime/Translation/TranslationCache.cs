using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// The TBs of a machine: tables, links between them, and their end.
/// </summary>
/// <remarks>
/// Lock order: the memory's lock, then one TB's link lock. Invalidation of a TB follows one order, so that no vCPU can find it again
/// once it is done: marked invalid under its link lock; out of the table and its pages; out of every vCPU's jump cache; its own links
/// closed; links to it undone; retired.
/// </remarks>
public sealed unsafe class TranslationCache
{
    private readonly Lock _lock;
    private readonly Func<IReadOnlyList<ScheduledVcpu>> _vcpus;
    private readonly Action _forgetPages;
    private readonly RetireList _retired;

    /// <param name="syncRoot">The memory's lock.</param>
    /// <param name="vcpus">The vCPUs that exist now.</param>
    /// <param name="forgetPages">Called under the lock when all TBs have been invalidated.</param>
    internal TranslationCache(Lock syncRoot, Func<IReadOnlyList<ScheduledVcpu>> vcpus, Action forgetPages)
    {
        _lock = syncRoot;
        _vcpus = vcpus;
        _forgetPages = forgetPages;
        _retired = new RetireList(Indexes);
    }

    /// <summary>The valid TBs.</summary>
    public TbTable Table { get; } = new();

    /// <summary>TBs invalidated so far. Written under the memory's lock; who reads it without may lag.</summary>
    public long Invalidations { get; private set; }

    /// <summary>Slots linked so far.</summary>
    public long Links => Interlocked.Read(ref _links);

    /// <summary>Whole flushes so far. Written under the memory's lock; who reads it without may lag.</summary>
    public long Flushes { get; private set; }

    internal TbIndexTable Indexes { get; } = new();

    internal long Epoch => _retired.Epoch;

    /// <summary>TBs and code that wait for a quiescent point. For tests and statistics.</summary>
    internal int RetiredCount
    {
        get
        {
            lock (_lock)
            {
                return _retired.Count;
            }
        }
    }

    // Any thread, by Interlocked.
    private long _links;

    /// <summary>Puts a new TB, whose code is set, into the tables. Under the memory's lock.</summary>
    internal void Publish(TranslationBlock tb)
    {
        Indexes.Add(tb);
        for (var i = 0; i < 2; i++)
        {
            tb.Slots[i].OwnerTb = tb.Index;
            tb.Slots[i].Index = i;
        }

        Table.Add(tb);
        _retired.Collect(_vcpus());
    }

    /// <summary>
    /// Leads a slot of <paramref name="owner"/> to <paramref name="destination"/>, unless either is on its way out or the slot is taken.
    /// Called by the vCPU that left through the slot, before its next quiescent point.
    /// </summary>
    internal bool Link(TranslationBlock owner, int slot, TranslationBlock destination)
    {
        lock (destination.LinkLock)
        {
            if (destination.Invalid || !owner.ClaimOutgoing(slot, destination))
            {
                return false;
            }

            destination.Incoming.Add((owner, slot));
            Volatile.Write(ref owner.Slot(slot)->LinkedTb, destination.Index + 1);
            Volatile.Write(ref owner.Slot(slot)->Code, destination.EntryPoint);
        }

        Interlocked.Increment(ref _links);
        return true;
    }

    /// <summary>Replaces a TB's code with faster code and leads its incoming links there. False when the TB is invalid by now.</summary>
    internal bool Promote(TranslationBlock tb, TbCode code)
    {
        TbCode old;
        lock (tb.LinkLock)
        {
            if (tb.Invalid)
            {
                return false;
            }

            old = tb.Code;
            tb.SetCode(code);
            foreach (var (owner, slot) in tb.Incoming)
            {
                Volatile.Write(ref owner.Slot(slot)->Code, code.EntryPoint);
            }
        }

        if (old.EntryPoint != 0)
        {
            lock (_lock)
            {
                ClearJumpCaches(tb);
                _retired.Retire(old);
            }
        }

        return true;
    }

    /// <summary>
    /// Makes a region's code that of its root. False, and nothing is kept, when one of its TBs is invalid by now. Its other TBs stay as they are for those who
    /// enter them from elsewhere, and count anew, so that they are compiled alone only if that happens often.
    /// </summary>
    internal bool PromoteRegion(Region region, TbCode code, ChainSlot* slots, bool[] links)
    {
        lock (_lock)
        {
            foreach (var block in region.Blocks)
            {
                if (block.Invalid)
                {
                    return false;
                }
            }

            region.Root.AdoptRegion(slots, links);
            for (var i = 1; i < region.Blocks.Count; i++)
            {
                var block = region.Blocks[i];
                block.InlinedBy.Add(region.Root);
                if (Volatile.Read(ref block.Tier) != 2)
                {
                    block.RunsBefore = block.Runs;
                    block.ExecutionCount = 0;
                }
            }

            return Promote(region.Root, code);
        }
    }

    /// <summary>Ends a TB. Under the memory's lock; any thread.</summary>
    internal void Invalidate(TranslationBlock tb)
    {
        List<(TranslationBlock Owner, int Slot)> incoming;
        lock (tb.LinkLock)
        {
            if (tb.Invalid)
            {
                return;
            }

            tb.SetInvalid();
            incoming = [.. tb.Incoming];
            tb.Incoming.Clear();
        }

        Invalidations++;
        Table.Remove(tb);
        ClearJumpCaches(tb);
        for (var i = 0; i < tb.SlotCount; i++)
        {
            // Whoever is linking this slot now holds the destination's lock until the link is in its list.
            if (tb.CloseOutgoing(i) is { } destination)
            {
                lock (destination.LinkLock)
                {
                    destination.Incoming.Remove((tb, i));
                }
            }
        }

        // An owner cannot be reclaimed here: that takes the memory's lock, which is held.
        foreach (var (owner, slot) in incoming)
        {
            Volatile.Write(ref owner.Slot(slot)->Code, 0);
            Volatile.Write(ref owner.Slot(slot)->LinkedTb, 0);
            owner.ReleaseOutgoing(slot, tb);
        }

        _retired.Retire(tb);
        if (tb.EntryPoint != 0)
        {
            LeaveLoops();
        }

        foreach (var root in tb.InlinedBy)
        {
            Invalidate(root);
        }
    }

    /// <summary>Ends every TB. Any thread.</summary>
    public void FlushAll()
    {
        lock (_lock)
        {
            foreach (var tb in Table.ToList())
            {
                Invalidate(tb);
            }

            _forgetPages();
            Flushes++;
            _retired.Collect(_vcpus());
        }
    }

    /// <summary>Lets go of retired code that no vCPU can hold.</summary>
    internal int Collect()
    {
        lock (_lock)
        {
            return _retired.Collect(_vcpus());
        }
    }

    /// <summary>
    /// Compiled code may go round a loop without looking at a slot: whoever is inside leaves it at the next poll. Who is not in execution, or enters it now,
    /// no longer finds the code (the fences are Retire's and ExecStart's).
    /// </summary>
    private void LeaveLoops()
    {
        foreach (var vcpu in _vcpus())
        {
            if (vcpu.IsRunning && Volatile.Read(ref vcpu.Header->PollWord) == 0)
            {
                vcpu.Kick();
            }
        }
    }

    /// <summary>
    /// Empties the entries of a TB in every vCPU's jump cache, and the rows of checked exclusive pairs, which lie in code. Others than the owner only ever write zeros, so at worst an unrelated
    /// entry is lost, or half of one: its number gone, its code still there. So it is the PC that tells whose code an entry may hold, never the number alone.
    /// The owner checks <see cref="TranslationBlock.Invalid"/> after a full fence when it fills an entry.
    /// </summary>
    private void ClearJumpCaches(TranslationBlock tb)
    {
        Interlocked.MemoryBarrier();
        foreach (var vcpu in _vcpus())
        {
            VcpuBlock.ForgetPairs(vcpu.Env);
            var entry = vcpu.Header->JumpCache + JumpCacheEntry.IndexOf(tb.Pc);
            if (Volatile.Read(ref entry->Pc) == tb.Pc)
            {
                Volatile.Write(ref entry->Code, 0);
                Volatile.Write(ref entry->Tb, 0);
            }
        }
    }
}
