using System.Numerics;
using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The TLB of one MMU mode: a direct-mapped table that translated code reads, victims that were displaced from it, and large pages. Changes are
/// made under the lock of its <see cref="SoftTlb"/>, by the owner but for MarkNotDirty; the owner reads <see cref="LargePages"/> and the count without it.
/// </summary>
internal sealed unsafe class TlbTable
{
    public const int VictimCount = 8;
    private const int MinEntriesLog2 = 6;
    private const int DefaultEntriesLog2 = 8;
    private const int WindowMilliseconds = 100;

    private readonly TlbDescriptor* _descriptor;
    private readonly int _pageBits;
    private readonly TlbEntry* _victims;
    private readonly TlbPage[] _victimPages = new TlbPage[VictimCount];
    private TlbPage[] _pages;
    private int _nextVictim;

    // Entries filled since the last flush; the most of a window, by which the size is chosen.
    private int _used;
    private int _windowMax;
    private long _windowStart = Environment.TickCount64;

    public TlbTable(TlbDescriptor* descriptor, int pageBits)
    {
        _descriptor = descriptor;
        _pageBits = pageBits;
        _victims = (TlbEntry*)NativeMemory.AlignedAlloc(VictimCount * (nuint)sizeof(TlbEntry), 64);
        _pages = [];
        Allocate(1 << DefaultEntriesLog2);
        ClearVictims();
    }

    /// <summary>Entries in the table.</summary>
    public int Count => _pages.Length;

    /// <summary>Nothing was put in since the last flush.</summary>
    public bool IsClean => _used == 0;

    public LargePages LargePages { get; } = new();

    private TlbEntry* Entries => _descriptor->Table;

    private int IndexOf(ulong address) => (int)(address >> _pageBits) & (Count - 1);

    /// <summary>The entry that serves an access to a page, from the table or, put back into it, from the victims.</summary>
    public bool TryFind(ulong page, int tagOffset, out TlbEntry entry, out TlbPage full)
    {
        var index = IndexOf(page);
        if ((Tag(Entries + index, tagOffset) & ~TlbEntry.Flags) != page)
        {
            var victim = 0;
            while (victim < VictimCount && (Tag(_victims + victim, tagOffset) & ~TlbEntry.Flags) != page)
            {
                victim++;
            }

            if (victim == VictimCount)
            {
                entry = default;
                full = default;
                return false;
            }

            Swap(index, victim);
        }

        entry = Entries[index];
        full = _pages[index];
        return true;
    }

    /// <summary>Puts an entry in; what stood in its place becomes a victim.</summary>
    public void Put(in TlbEntry entry, in TlbPage page)
    {
        // An older entry of the same page, with less protection, must not come back.
        EmptyVictims(page.Address, 1UL << _pageBits, ulong.MaxValue);
        var index = IndexOf(page.Address);
        if (_pages[index].IsEmpty)
        {
            _used++;
        }
        else if (_pages[index].Address != page.Address)
        {
            var victim = _nextVictim++ % VictimCount;
            _victims[victim] = Entries[index];
            _victimPages[victim] = _pages[index];
        }

        Entries[index] = entry;
        _pages[index] = page;
    }

    /// <summary>Remembers a large page. Entries of those that it displaces go with them.</summary>
    public void Remember(LargePages.Page page)
    {
        foreach (var displaced in LargePages.Add(page))
        {
            EmptyRange(displaced.Address, displaced.OffsetMask + 1, ulong.MaxValue);
        }
    }

    /// <summary>Empties the table, and gives it the size that the last window asks for.</summary>
    public void Flush()
    {
        var size = NextSize();
        if (size != Count)
        {
            NativeMemory.AlignedFree(Entries);
            Allocate(size);
        }
        else
        {
            NativeMemory.Fill(Entries, (nuint)(Count * sizeof(TlbEntry)), 0xFF);
            Array.Fill(_pages, TlbPage.Empty);
        }

        ClearVictims();
        LargePages.Clear();
        _used = 0;
    }

    /// <summary>Empties the entries of pages that a range touches, as far as <paramref name="significant"/> bits tell them apart, and of large pages that it touches, whole.</summary>
    public void FlushRange(ulong start, ulong length, ulong significant)
    {
        if (!LargePages.IsEmpty)
        {
            foreach (var large in LargePages.TakeOverlapping(start, length, significant))
            {
                EmptyRange(large.Address, large.OffsetMask + 1, ulong.MaxValue);
            }
        }

        EmptyRange(start, length, significant);
    }

    /// <summary>Makes the next store to a range of host memory take the slow path.</summary>
    public void MarkNotDirty(byte* host, ulong length)
    {
        for (var i = 0; i < Count; i++)
        {
            MarkNotDirty(Entries + i, host, length);
        }

        for (var i = 0; i < VictimCount; i++)
        {
            MarkNotDirty(_victims + i, host, length);
        }
    }

    /// <summary>Lets stores to a page go inline again.</summary>
    public void ClearNotDirty(ulong page)
    {
        var entry = Entries + IndexOf(page);
        if (entry->WriteTag == (page | TlbEntry.NotDirty))
        {
            entry->WriteTag = page;
        }
    }

    /// <summary>Frees what is unmanaged.</summary>
    public void Free()
    {
        NativeMemory.AlignedFree(Entries);
        NativeMemory.AlignedFree(_victims);
        *_descriptor = default;
    }

    private static ulong Tag(TlbEntry* entry, int tagOffset) => *(ulong*)((byte*)entry + tagOffset);

    // The one write that others make: an aligned store under the lock, which the owner's inline lookup sees or not.
    private static void MarkNotDirty(TlbEntry* entry, byte* host, ulong length)
    {
        var tag = entry->WriteTag;
        if ((tag & TlbEntry.Flags) == 0 && tag + (ulong)entry->Addend - (ulong)host < length)
        {
            Volatile.Write(ref entry->WriteTag, tag | TlbEntry.NotDirty);
        }
    }

    private void Swap(int index, int victim)
    {
        (Entries[index], _victims[victim]) = (_victims[victim], Entries[index]);
        (_pages[index], _victimPages[victim]) = (_victimPages[victim], _pages[index]);
        if (_victimPages[victim].IsEmpty)
        {
            _used++;
        }
    }

    private void EmptyRange(ulong start, ulong length, ulong significant)
    {
        var pageSize = 1UL << _pageBits;
        var pages = length >> _pageBits;
        var indexBits = pageSize * (ulong)Count - 1;
        if (pages <= (ulong)Count && (significant & indexBits) == indexBits)
        {
            for (ulong i = 0; i < pages; i++)
            {
                var index = IndexOf(start + (i * pageSize));
                EmptyIf(Entries + index, ref _pages[index], start, length, significant);
            }
        }
        else
        {
            for (var index = 0; index < Count; index++)
            {
                EmptyIf(Entries + index, ref _pages[index], start, length, significant);
            }
        }

        EmptyVictims(start, length, significant);
    }

    private void EmptyVictims(ulong start, ulong length, ulong significant)
    {
        for (var i = 0; i < VictimCount; i++)
        {
            EmptyIf(_victims + i, ref _victimPages[i], start, length, significant);
        }
    }

    private static void EmptyIf(TlbEntry* entry, ref TlbPage page, ulong start, ulong length, ulong significant)
    {
        if (!page.IsEmpty && ((page.Address - start) & significant) < length)
        {
            Empty(entry);
            page = TlbPage.Empty;
        }
    }

    private static void Empty(TlbEntry* entry)
    {
        entry->ReadTag = TlbEntry.Empty;
        entry->WriteTag = TlbEntry.Empty;
        entry->ExecuteTag = TlbEntry.Empty;
    }

    private void ClearVictims()
    {
        NativeMemory.Fill(_victims, VictimCount * (nuint)sizeof(TlbEntry), 0xFF);
        Array.Fill(_victimPages, TlbPage.Empty);
    }

    private void Allocate(int entries)
    {
        _pages = new TlbPage[entries];
        Array.Fill(_pages, TlbPage.Empty);
        var bytes = (nuint)(entries * sizeof(TlbEntry));
        _descriptor->Table = (TlbEntry*)NativeMemory.AlignedAlloc(bytes, 64);
        NativeMemory.Fill(_descriptor->Table, bytes, 0xFF);
        _descriptor->Mask = (ulong)(entries - 1) << TlbEntry.SizeLog2;
    }

    /// <summary>Twice the size when more than 70 % of it were used; so little that at most 70 % would be, when for a whole window less than 30 % were.</summary>
    private int NextSize()
    {
        var now = Environment.TickCount64;
        var windowEnds = now - _windowStart > WindowMilliseconds;
        _windowMax = Math.Max(_windowMax, _used);
        var size = Count;
        if (_windowMax * 10 > Count * 7)
        {
            size = Math.Min(Count * 2, 1 << (32 - _pageBits));
        }
        else if (windowEnds && _windowMax * 10 < Count * 3)
        {
            var enough = (uint)((_windowMax * 10 / 7) + 1);
            size = Math.Max((int)BitOperations.RoundUpToPowerOf2(enough), 1 << MinEntriesLog2);
        }

        if (windowEnds || size != Count)
        {
            _windowStart = now;
            _windowMax = 0;
        }

        return size;
    }
}
