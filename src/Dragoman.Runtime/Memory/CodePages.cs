using Dragoman.Runtime.Translation;

namespace Dragoman.Runtime.Memory;

/// <summary>
/// The guest pages that hold translated code. They are write-protected on the host: a store to one faults, its TBs are invalidated, the
/// page becomes writable again, and the store is retried. Stores through another mapping of the same bytes are found when the guest
/// does its cache maintenance.
/// </summary>
/// <remarks>Everything here is guarded by the memory's lock.</remarks>
public sealed unsafe class CodePages
{
    /// <summary>Bytes that one cache maintenance instruction covers, at most: what CTR_EL0 of the guest promises.</summary>
    public const int CacheLine = 64;

    private readonly GuestMemory _memory;
    private readonly TranslationCache _cache;
    private readonly Dictionary<ulong, Page> _pages = [];
    private readonly byte[] _now;
    private long _generation;

    // Bounds of all pages ever seen here, so that most system calls need not look: read without the lock, only ever widened.
    private ulong _lowest = ulong.MaxValue;
    private ulong _highest;

    internal CodePages(GuestMemory memory, TranslationCache cache)
    {
        _memory = memory;
        _cache = cache;
        _now = new byte[memory.PageSize];
    }

    /// <summary>
    /// Forgets all code translated from a range, and takes its pages out of write protection's care: the caller maps, unmaps or protects the host's pages anew.
    /// Where they stay as they are, <see cref="Release"/> is for that.
    /// </summary>
    public void Invalidate(ulong address, ulong length)
    {
        if (!MayHold(address, length))
        {
            return;
        }

        lock (_memory.SyncRoot)
        {
            foreach (var page in Within(address, length))
            {
                Empty(page);
                page.IsProtected = false;
            }
        }
    }

    /// <summary>
    /// Readies a range for a write by the host's kernel, which would otherwise fail with EFAULT on a page that is protected for its code or
    /// for a load-exclusive; reservations there are lost.
    /// When the system call fails with EFAULT all the same while the guest may write the range, another vCPU has translated from it in
    /// between: call again and retry.
    /// </summary>
    public void PrepareKernelWrite(ulong address, ulong length)
    {
        _memory.Armed?.Forget(address, length);
        Release(address, length);
    }

    /// <summary>Forgets all code translated from a range's write-protected pages, and lets the guest write there again.</summary>
    public void Release(ulong address, ulong length)
    {
        if (!MayHold(address, length))
        {
            return;
        }

        lock (_memory.SyncRoot)
        {
            foreach (var page in Within(address, length))
            {
                if (page.IsProtected)
                {
                    Empty(page);
                    Unprotect(page);
                }
            }
        }
    }

    /// <summary>
    /// A store to <paramref name="address"/> faulted. True when its page was protected for its code, or no longer is: the store can be
    /// retried. False when the guest may not write there.
    /// </summary>
    public bool HandleWriteFault(ulong address)
    {
        lock (_memory.SyncRoot)
        {
            if (_memory.Find(address) is not { } mapping || (mapping.Protection & GuestProtection.Write) == 0)
            {
                return false;
            }

            if (_pages.TryGetValue(_memory.PageDown(address), out var page) && page.IsProtected)
            {
                Empty(page);
                Unprotect(page);
            }

            return true;
        }
    }

    /// <summary>
    /// The guest has made new code at <paramref name="address"/> visible (IC IVAU, IMB): TBs of the line whose bytes are no longer those
    /// that were translated are invalidated, under this address and under every other mapping of the same object.
    /// </summary>
    public void CompareLine(ulong address)
    {
        address &= ~((ulong)CacheLine - 1);
        lock (_memory.SyncRoot)
        {
            CompareOne(address);
            if (_memory.Find(address) is { Backing: not null } mapping)
            {
                foreach (var (alias, _) in _memory.Aliases(mapping, address, privateToo: true))
                {
                    CompareOne(alias);
                }
            }
        }
    }

    /// <summary>
    /// The guest has made all new code visible (Alpha's IMB): the same for every page from which something was translated, but for private
    /// anonymous memory, which has no other mapping and whose stores are seen.
    /// </summary>
    public void CompareAll()
    {
        lock (_memory.SyncRoot)
        {
            foreach (var page in _pages.Values)
            {
                if (_memory.Find(page.Start) is { Backing: not null })
                {
                    Compare(page, page.Start, page.Start + (ulong)_memory.PageSize);
                }
            }
        }
    }

    /// <summary>
    /// Begins a translation from a page: from now on a change of it is seen. The lock is held until the bytes have been copied.
    /// Returns the page's generation, which <see cref="IsUnchanged"/> takes.
    /// </summary>
    internal long BeginTranslation(ulong address)
    {
        var start = _memory.PageDown(address);
        if (!_pages.TryGetValue(start, out var page))
        {
            page = new Page(start) { Generation = ++_generation };
            _pages.Add(start, page);
            _lowest = Math.Min(_lowest, start);
            _highest = Math.Max(_highest, start + (ulong)_memory.PageSize);
        }

        if (!page.IsProtected && _memory.Find(start) is { } mapping && (mapping.Protection & GuestProtection.Write) != 0)
        {
            _memory.SetHostProtection(start, mapping.Protection & ~GuestProtection.Write);
            page.IsProtected = true;
        }

        return page.Generation;
    }

    /// <summary>True when nothing has happened to a page since its generation was taken.</summary>
    internal bool IsUnchanged(ulong address, long generation) =>
        _pages.TryGetValue(_memory.PageDown(address), out var page) && page.Generation == generation;

    /// <summary>True while a page is write-protected for its code.</summary>
    internal bool IsProtected(ulong page) => _pages.TryGetValue(page, out var known) && known.IsProtected;

    /// <summary>Notes that a TB was translated from its pages.</summary>
    internal void Add(TranslationBlock tb)
    {
        _pages[_memory.PageDown(tb.Pc)].Blocks.Add(tb);
        var last = _memory.PageDown(tb.End - 1);
        if (last != _memory.PageDown(tb.Pc))
        {
            _pages[last].Blocks.Add(tb);
        }
    }

    /// <summary>All TBs have been invalidated: pages become writable again.</summary>
    internal void ForgetAll()
    {
        foreach (var page in _pages.Values)
        {
            page.Blocks.Clear();
            if (page.IsProtected)
            {
                Unprotect(page);
            }
        }

        _pages.Clear();
    }

    private bool MayHold(ulong address, ulong length) =>
        length != 0 && address < Volatile.Read(ref _highest) && address + length > Volatile.Read(ref _lowest);

    private List<Page> Within(ulong address, ulong length)
    {
        var first = _memory.PageDown(address);
        var end = address + length;
        var result = new List<Page>();
        if ((end - first) / (ulong)_memory.PageSize > (ulong)_pages.Count)
        {
            result.AddRange(_pages.Values.Where(page => page.Start >= first && page.Start < end));
            return result;
        }

        for (var start = first; start < end; start += (ulong)_memory.PageSize)
        {
            if (_pages.TryGetValue(start, out var page))
            {
                result.Add(page);
            }
        }

        return result;
    }

    private void CompareOne(ulong line)
    {
        if (_pages.TryGetValue(_memory.PageDown(line), out var page))
        {
            Compare(page, line, line + CacheLine);
        }
    }

    // Invalidates the TBs that have other bytes now between two addresses of a page.
    private void Compare(Page page, ulong start, ulong end)
    {
        // A translation that is under way has copied its bytes; it must look again.
        page.Generation = ++_generation;
        if (page.Blocks.Count == 0)
        {
            return;
        }

        ReadOnlySpan<byte> now;
        fixed (byte* copy = _now)
        {
            now = _now.AsSpan(0, HostMemory.ReadSafely(_memory.ToHost(start), copy, (int)(end - start)));
        }

        for (var i = page.Blocks.Count - 1; i >= 0; i--)
        {
            var tb = page.Blocks[i];
            var from = Math.Max(tb.Pc, start);
            var to = Math.Min(tb.End, end);
            if (from < to && !(to - start <= (ulong)now.Length
                && tb.Source.AsSpan((int)(from - tb.Pc), (int)(to - from)).SequenceEqual(now[(int)(from - start)..(int)(to - start)])))
            {
                page.Blocks.RemoveAt(i);
                _cache.Invalidate(tb);
            }
        }
    }

    private void Empty(Page page)
    {
        page.Generation = ++_generation;
        foreach (var tb in page.Blocks)
        {
            _cache.Invalidate(tb);
        }

        page.Blocks.Clear();
    }

    private void Unprotect(Page page)
    {
        page.IsProtected = false;
        if (_memory.Find(page.Start) is { } mapping && _memory.Armed?.IsArmed(page.Start) != true)
        {
            _memory.SetHostProtection(page.Start, mapping.Protection);
        }
    }

    private sealed class Page(ulong start)
    {
        public ulong Start { get; } = start;

        public long Generation { get; set; }

        public bool IsProtected { get; set; }

        public List<TranslationBlock> Blocks { get; } = [];
    }
}
