using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The TLBs of one vCPU, one for each MMU mode. Translated code looks them up inline; what misses comes here.
/// </summary>
/// <remarks>
/// Protocol: everything is done by the owner's thread (or before it runs, or in an exclusive section), but for <see cref="MarkNotDirty"/>, which any thread may call.
/// Whoever changes an entry holds <see cref="_lock"/>; the owner's inline lookup reads without it. The lock is the last in the order: nothing is called under it.
/// </remarks>
public sealed unsafe partial class SoftTlb : IDisposable
{
    private readonly SystemVcpu _vcpu;
    private readonly PhysicalMemory _memory;
    private readonly IMmu _mmu;
    private readonly OrderedLock _lock = new(LockRank.Tlb);
    private readonly TlbTable[] _tables = new TlbTable[TlbDescriptor.Modes];
    private readonly ulong _pageMask;

    internal SoftTlb(SystemVcpu vcpu, PhysicalMemory memory, IMmu mmu)
    {
        _vcpu = vcpu;
        _memory = memory;
        _mmu = mmu;
        _pageMask = ulong.MaxValue << memory.PageBits;
        vcpu.Header->TlbPageBits = memory.PageBits;
        var descriptors = (TlbDescriptor*)(vcpu.Env + TlbDescriptor.HeaderOffset);
        for (var mode = 0; mode < _tables.Length; mode++)
        {
            _tables[mode] = new TlbTable(descriptors + mode, memory.PageBits);
        }
    }

    /// <summary>Counters. Written by the owner.</summary>
    public TlbCounters Counters { get; } = new();

    /// <summary>Entries of a mode's table now.</summary>
    public int EntriesOf(int mode) => _tables[mode].Count;

    /// <summary>
    /// Finds the entry that serves an access to the page of an address, walking the guest's tables if it must (QEMU's probe_access).
    /// </summary>
    /// <returns>False when the guest faults, with the exception pending in the block.</returns>
    public bool TryProbe(ulong address, GuestAccess access, int mode, out TlbHit hit)
    {
        var page = address & _pageMask;
        var tagOffset = 8 * (int)access;
        var table = _tables[mode];
        using (_lock.Enter())
        {
            if (table.TryFind(page, tagOffset, out var entry, out var full))
            {
                hit = HitOf(entry, full, access);
                return true;
            }
        }

        var needed = access.Needs();
        if (table.LargePages.Find(address, needed) is { } large)
        {
            Counters.LargePageHits++;
            hit = Install(table, new TlbPage(page, large.Physical + (page & large.OffsetMask), large.Protection, large.Attributes, null), null, access);
            return true;
        }

        Counters.Walks++;
        if (!_mmu.Translate(_vcpu, address, access, mode, out var translation))
        {
            hit = default;
            return false;
        }

        if (translation.PageBits < _memory.PageBits || (translation.Protection & needed) == 0)
        {
            throw new InvalidOperationException($"The guest's MMU gives a page of {translation.PageBits} bits and protection {translation.Protection} for {access} at {address:x}.");
        }

        var whole = (LargePages.Page?)null;
        if (translation.PageBits > _memory.PageBits)
        {
            var offsetMask = (1UL << translation.PageBits) - 1;
            whole = new LargePages.Page(address & ~offsetMask, offsetMask, translation.Physical & ~offsetMask, translation.Protection, translation.Attributes);
        }

        hit = Install(table, new TlbPage(page, translation.Physical & _pageMask, translation.Protection, translation.Attributes, null), whole, access);
        return true;
    }

    /// <summary>Makes the next store of this vCPU to a range of RAM take the slow path. Any thread; the dirty bits have been cleared before.</summary>
    internal void MarkNotDirty(RamBlock block, ulong offset, ulong length)
    {
        using (_lock.Enter())
        {
            foreach (var table in _tables)
            {
                if (!table.IsClean)
                {
                    table.MarkNotDirty(block.Host + offset, length);
                }
            }
        }
    }

    /// <summary>Lets stores to a page go inline again, if it is dirty for everybody.</summary>
    internal void ClearNotDirty(ulong address, int mode, RamBlock block, ulong offset)
    {
        using (_lock.Enter())
        {
            if (block.DirtyAt(offset) == DirtyClients.All)
            {
                _tables[mode].ClearNotDirty(address & _pageMask);
            }
        }
    }

    /// <summary>Frees the tables. The vCPU does not run again.</summary>
    public void Dispose()
    {
        using (_lock.Enter())
        {
            foreach (var table in _tables)
            {
                table.Free();
            }
        }
    }

    private TlbHit Install(TlbTable table, TlbPage page, LargePages.Page? whole, GuestAccess access)
    {
        var section = _memory.Find(page.Physical);
        page = page with { Section = section };
        var isWatched = IsWatched(page.Address);
        var entry = new TlbEntry { ReadTag = TlbEntry.Empty, WriteTag = TlbEntry.Empty, ExecuteTag = TlbEntry.Empty };
        var slow = section?.Ram is null ? TlbEntry.Slow : 0;
        var slowData = (page.Attributes & MmuTranslation.Aligned) != 0 || isWatched ? TlbEntry.Slow : slow;
        var offset = section?.OffsetOf(page.Physical) ?? 0;
        if (section?.Ram is { } ram)
        {
            entry.Addend = (long)((ulong)ram.Host + offset - page.Address);
        }

        if ((page.Protection & GuestProtection.Read) != 0)
        {
            entry.ReadTag = page.Address | slowData;
        }

        if ((page.Protection & GuestProtection.Execute) != 0)
        {
            entry.ExecuteTag = page.Address | slow;
        }

        using (_lock.Enter())
        {
            if (whole is { } large)
            {
                table.Remember(large);
            }

            if ((page.Protection & GuestProtection.Write) != 0)
            {
                entry.WriteTag = page.Address | slowData | (section?.Ram is { IsReadOnly: true } ? TlbEntry.Slow : 0);

                // Under the lock: who cleared the bit marks this TLB afterwards, and finds this entry, or has done so, and we see the bit clear.
                if (section?.Ram is { IsReadOnly: false } block && block.DirtyAt(offset) != DirtyClients.All)
                {
                    entry.WriteTag |= TlbEntry.NotDirty;
                }
            }

            table.Put(entry, page);
        }

        return HitOf(entry, page, access);
    }

    private static TlbHit HitOf(in TlbEntry entry, in TlbPage page, GuestAccess access)
    {
        var tag = access switch
        {
            GuestAccess.Read => entry.ReadTag,
            GuestAccess.Write => entry.WriteTag,
            _ => entry.ExecuteTag,
        };
        return new TlbHit(tag, entry.Addend, page.Physical, page.Attributes, page.Section);
    }
}
