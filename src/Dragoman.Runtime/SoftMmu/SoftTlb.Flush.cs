using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>Flushes, by the owner.</summary>
public sealed unsafe partial class SoftTlb
{
    // A page flush looks at the jump cache entries of its page; from this many pages on the whole cache is emptied.
    private const ulong WholeJumpCachePages = 4;

    /// <summary>Empties modes.</summary>
    internal void Flush(MmuModes modes)
    {
        VcpuBlock.ForgetPairs(_vcpu.Env);
        using (_lock.Enter())
        {
            foreach (var mode in modes.Numbers())
            {
                if (_tables[mode].IsClean)
                {
                    Counters.ElidedFlushes++;
                    continue;
                }

                _tables[mode].Flush();
                Counters.FullFlushes++;
            }
        }

        ClearJumpCache();
    }

    /// <summary>Empties the entries of the pages that a range touches in some modes. Only the low <paramref name="bits"/> bits of addresses tell pages apart.</summary>
    internal void FlushRange(ulong start, ulong length, MmuModes modes, int bits)
    {
        ArgumentOutOfRangeException.ThrowIfZero(length);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bits, 64);
        if (bits <= _memory.PageBits)
        {
            Flush(modes);
            return;
        }

        VcpuBlock.ForgetPairs(_vcpu.Env);
        var first = start & _pageMask;
        var last = (start + (length - 1)) & _pageMask;
        var bytes = last - first + ~_pageMask + 1;
        var significant = ulong.MaxValue >> (64 - bits);
        if (bytes == 0 || bytes > significant)
        {
            Flush(modes);
            return;
        }

        using (_lock.Enter())
        {
            foreach (var mode in modes.Numbers())
            {
                if (_tables[mode].IsClean)
                {
                    Counters.ElidedFlushes++;
                    continue;
                }

                _tables[mode].FlushRange(first, bytes, significant);
                Counters.PartialFlushes++;
            }
        }

        if (bits < JumpCacheEntry.IndexedBits || bytes >> _memory.PageBits >= WholeJumpCachePages)
        {
            ClearJumpCache();
            return;
        }

        // A TB may lie across into the page from the one before.
        for (var page = first - ~_pageMask - 1; page != last + ~_pageMask + 1; page += ~_pageMask + 1)
        {
            ClearJumpCache(page, significant);
        }
    }

    private void ClearJumpCache()
    {
        var cache = _vcpu.Header->JumpCache;
        for (var i = 0; i < JumpCacheEntry.Count; i++)
        {
            Clear(cache + i);
        }
    }

    private void ClearJumpCache(ulong page, ulong significant)
    {
        var cache = _vcpu.Header->JumpCache;

        // Entries are 4 bytes of PC apart, so a page has as many as it has words, or all.
        var entries = Math.Min(1 << (_memory.PageBits - 2), JumpCacheEntry.Count);
        for (var i = 0; i < entries; i++)
        {
            var entry = cache + JumpCacheEntry.IndexOf(page + ((ulong)i << 2));
            if (((entry->Pc ^ page) & _pageMask & significant) == 0)
            {
                Clear(entry);
            }
        }
    }

    // Invalidation of TBs on other vCPUs clears entries too; both write zeros.
    private static void Clear(JumpCacheEntry* entry)
    {
        Volatile.Write(ref entry->Code, 0);
        Volatile.Write(ref entry->Tb, 0);
    }
}
