namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// Pages of RAM in which load-exclusives reserve granules: they are clean for <see cref="DirtyClients.Exclusives"/>, so that every store to one is seen, by whatever
/// address it comes, and takes the other vCPUs' reservations of what it writes away even when it writes what was there before.
/// </summary>
/// <remarks>
/// The argument is in docs/softmmu.md, "Exclusives". The lock guards pages and reservations, and is a leaf: nothing is taken under it. A store-exclusive that may
/// store holds it to the end of its step, which is in an exclusive section; so stores of vCPUs cannot come between its check and its store, nor can those of
/// devices, which store and break under the lock.
/// </remarks>
internal sealed unsafe class ReservedPages(SystemMachine machine, ulong granule)
{
    // Stores to a page after which it is no longer tracked. Twice as many each time it is asked for again, so that a reservation among many stores gets its turn.
    private const int FirstLimit = 256;
    private const int LastLimit = 1 << 20;

    private readonly Lock _lock = new();

    // Guarded by the lock, as what is in them, and SystemVcpu.ReservedGranule.
    private readonly Dictionary<(RamBlock Block, ulong Start), Page> _pages = [];

    private enum Tracking
    {
        None,

        /// <summary>Stores that were looked up before it was may still be under way.</summary>
        Begun,

        /// <summary>Every store is seen.</summary>
        Complete,
    }

    /// <summary>
    /// A load-exclusive reserves the granule of a host address, before it loads; on the vCPU's thread, in execution. Where the page is not tracked yet it does not, but
    /// asks for that: the pair's store fails, and the next try finds it done.
    /// </summary>
    public void Reserve(SystemVcpu vcpu, nint host)
    {
        var asks = false;
        (RamBlock Block, ulong Start)? found;
        using (_lock.EnterScope())
        {
            vcpu.ReservedGranule = 0;
            found = machine.Memory.FindHost(host);
            if (found is { } key)
            {
                if (!_pages.TryGetValue(key, out var page))
                {
                    _pages.Add(key, page = new Page());
                }

                if (page.Tracking == Tracking.Complete)
                {
                    vcpu.ReservedGranule = GranuleOf(host);
                }
                else if (page.Tracking == Tracking.None)
                {
                    page.Tracking = Tracking.Begun;
                    asks = true;
                }
            }
        }

        if (asks)
        {
            machine.Scheduler.AsyncRunOnCpu(vcpu, () => Track(vcpu, found!.Value.Block, found.Value.Start));
        }

        // The reservation stands before the load: a store that the load does not see finds it.
        Interlocked.MemoryBarrier();
    }

    /// <summary>Whether a vCPU's reservation of a host address's granule still holds. If so the others' are taken away, and the lock is held until <see cref="EndStore"/>.</summary>
    public bool TryBeginStore(SystemVcpu vcpu, nint host)
    {
        _lock.Enter();
        if (vcpu.ExclusiveDepth == 0 || vcpu.ReservedGranule != GranuleOf(host))
        {
            _lock.Exit();
            return false;
        }

        BreakOthers(vcpu, (byte*)host, 1);
        vcpu.HoldsReservations = true;
        return true;
    }

    /// <summary>A store-exclusive without a reservation here stores, or finds that another has: the others' reservations of the granule go. In its exclusive section.</summary>
    public void BreakBefore(SystemVcpu vcpu, nint host)
    {
        using (_lock.EnterScope())
        {
            BreakOthers(vcpu, (byte*)host, 1);
        }
    }

    /// <summary>After the step of an instruction in an exclusive section.</summary>
    public void EndStore(SystemVcpu vcpu)
    {
        if (vcpu.HoldsReservations)
        {
            vcpu.HoldsReservations = false;
            _lock.Exit();
        }
    }

    /// <summary>Bytes of a tracked page have been stored to, or will be before any vCPU executes; a full fence lies between the store and this. Any thread.</summary>
    /// <param name="block">The RAM.</param>
    /// <param name="offset">Where, in it.</param>
    /// <param name="length">How many, in one page.</param>
    /// <param name="self">Whose reservations stay, or null for a device.</param>
    public void Break(RamBlock block, ulong offset, int length, SystemVcpu? self)
    {
        using (_lock.EnterScope())
        {
            BreakOthers(self, block.Host + offset, length);
            var start = machine.Memory.PageOf(offset);
            if (_pages.TryGetValue((block, start), out var page) && page.Tracking == Tracking.Complete && ++page.Stores >= page.Limit)
            {
                page.Tracking = Tracking.None;
                page.Stores = 0;
                page.Limit = Math.Min(page.Limit * 2, LastLimit);
                BreakOthers(null, block.Host + start, 1 << machine.Memory.PageBits);
                block.SetDirty(offset, DirtyClients.Exclusives);
            }
        }
    }

    /// <summary>For the store of a device: no store-exclusive is between its check and its store meanwhile.</summary>
    public Lock.Scope Guard() => _lock.EnterScope();

    // On the vCPU's thread, outside execution. No store that missed the marking is under way once every other vCPU has been at a boundary.
    private void Track(SystemVcpu vcpu, RamBlock block, ulong start)
    {
        machine.Memory.ResetDirty(block, start, 1, DirtyClients.Exclusives);
        machine.Scheduler.RunOnOthers(vcpu, _ => () => { });
        using (_lock.EnterScope())
        {
            _pages[(block, start)].Tracking = Tracking.Complete;
        }
    }

    // Under the lock.
    private void BreakOthers(SystemVcpu? self, byte* host, int length)
    {
        var first = GranuleOf((nint)host);
        var last = GranuleOf((nint)host + length - 1);
        foreach (var vcpu in machine.Vcpus)
        {
            if (vcpu != self && vcpu.ReservedGranule >= first && vcpu.ReservedGranule <= last)
            {
                vcpu.ReservedGranule = 0;
            }
        }
    }

    private ulong GranuleOf(nint host) => (ulong)host & ~(granule - 1);

    private sealed class Page
    {
        public Tracking Tracking { get; set; }

        public int Stores { get; set; }

        public int Limit { get; set; } = FirstLimit;
    }
}
