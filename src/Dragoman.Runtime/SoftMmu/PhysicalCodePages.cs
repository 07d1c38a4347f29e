using Dragoman.Runtime.Translation;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The pages of RAM that hold translated code: they are clean for <see cref="DirtyClients.Code"/>, so that stores to them come here.
/// </summary>
/// <remarks>Everything is guarded by the lock under which code is published.</remarks>
internal sealed unsafe class PhysicalCodePages(PhysicalMemory memory, Lock syncRoot) : ITranslatedCode
{
    private readonly Dictionary<(RamBlock Block, ulong Start), Page> _pages = [];
    private long _generation;

    /// <summary>Where invalid TBs go. Set before anything is translated.</summary>
    public Action<TranslationBlock> Invalidate { get; set; } = _ => { };

    /// <summary>Begins a translation: from now on a change of the page is seen. Under the lock. Returns the page's generation.</summary>
    public long BeginTranslation(RamBlock block, ulong offset)
    {
        var key = KeyOf(block, offset);
        if (!_pages.TryGetValue(key, out var page))
        {
            page = new Page { Generation = ++_generation };
            _pages.Add(key, page);
        }

        memory.ResetDirty(block, key.Start, 1, DirtyClients.Code);
        return page.Generation;
    }

    /// <summary>True when nothing has happened to a page since its generation was taken. Under the lock.</summary>
    public bool IsUnchanged(RamBlock block, ulong offset, long generation) =>
        _pages.TryGetValue(KeyOf(block, offset), out var page) && page.Generation == generation;

    /// <summary>Notes that a TB was translated from the bytes at an offset. Under the lock.</summary>
    public void Add(RamBlock block, ulong offset, TranslationBlock tb) => _pages[KeyOf(block, offset)].Blocks.Add((offset, tb));

    /// <inheritdoc/>
    public void Written(RamBlock block, ulong offset, int length)
    {
        lock (syncRoot)
        {
            var key = KeyOf(block, offset);
            if (!_pages.TryGetValue(key, out var page))
            {
                block.SetDirty(offset, DirtyClients.Code);
                return;
            }

            page.Generation = ++_generation;
            Drop(page, one => one.Offset < offset + (ulong)length && offset < one.Offset + (ulong)one.Tb.Source.Length);
            if (page.Blocks.Count == 0)
            {
                _pages.Remove(key);
                block.SetDirty(offset, DirtyClients.Code);
            }
        }
    }

    /// <summary>The guest has made new code visible: TBs that are no longer what a range of one page holds are dropped. Any thread.</summary>
    /// <remarks>Stores that were looked up before the page was protected, and landed after its bytes were read, are found here (docs/softmmu.md).</remarks>
    public void Compare(RamBlock block, ulong offset, int length)
    {
        lock (syncRoot)
        {
            if (_pages.TryGetValue(KeyOf(block, offset), out var page))
            {
                Compare(block, page, offset, offset + (ulong)length);
            }
        }
    }

    /// <summary>The same for all code.</summary>
    public void CompareAll()
    {
        lock (syncRoot)
        {
            foreach (var (key, page) in _pages)
            {
                Compare(key.Block, page, 0, ulong.MaxValue);
            }
        }
    }

    /// <summary>All TBs have been invalidated. Under the lock.</summary>
    public void ForgetAll()
    {
        foreach (var key in _pages.Keys)
        {
            key.Block.SetDirty(key.Start, DirtyClients.Code);
        }

        _pages.Clear();
    }

    private void Compare(RamBlock block, Page page, ulong start, ulong end)
    {
        // A translation that is under way has copied its bytes; it must look again.
        page.Generation = ++_generation;
        Drop(page, one => one.Offset < end && start < one.Offset + (ulong)one.Tb.Source.Length
            && !one.Tb.Source.AsSpan().SequenceEqual(new ReadOnlySpan<byte>(block.Host + one.Offset, one.Tb.Source.Length)));
    }

    private void Drop(Page page, Predicate<(ulong Offset, TranslationBlock Tb)> isChanged)
    {
        for (var i = page.Blocks.Count - 1; i >= 0; i--)
        {
            if (isChanged(page.Blocks[i]))
            {
                Invalidate(page.Blocks[i].Tb);
                page.Blocks.RemoveAt(i);
            }
        }
    }

    private (RamBlock Block, ulong Start) KeyOf(RamBlock block, ulong offset) => (block, offset & (ulong.MaxValue << memory.PageBits));

    private sealed class Page
    {
        public long Generation { get; set; }

        /// <summary>TBs with the offset of their first byte in the RAM.</summary>
        public List<(ulong Offset, TranslationBlock Tb)> Blocks { get; } = [];
    }
}
