using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The pages of an MMU mode that are larger than the TLB's, as what they are: a miss inside one needs no walk, and a flush that touches one empties its
/// range and no more. Entries of the TLB that came from a large page exist only while it is here.
/// </summary>
internal sealed class LargePages
{
    /// <summary>Large pages remembered at once.</summary>
    public const int Capacity = 32;

    private readonly List<Page> _pages = [];

    /// <summary>True while none is remembered.</summary>
    public bool IsEmpty => _pages.Count == 0;

    /// <summary>The page that holds an address and allows an access to it, or null.</summary>
    public Page? Find(ulong address, GuestProtection needed)
    {
        foreach (var page in _pages)
        {
            if ((address & ~page.OffsetMask) == page.Address && (page.Protection & needed) != 0)
            {
                return page;
            }
        }

        return null;
    }

    /// <summary>Remembers a page; returns those that it displaces, whose entries the caller empties.</summary>
    public IReadOnlyList<Page> Add(Page page)
    {
        var displaced = TakeOverlapping(page.Address, page.OffsetMask + 1, ulong.MaxValue);
        if (_pages.Count == Capacity)
        {
            displaced.Add(_pages[0]);
            _pages.RemoveAt(0);
        }

        _pages.Add(page);
        return displaced;
    }

    /// <summary>Forgets and returns the pages that a range of addresses touches, as far as <paramref name="significant"/> bits tell them apart.</summary>
    public List<Page> TakeOverlapping(ulong start, ulong length, ulong significant)
    {
        List<Page> taken = [];
        for (var i = _pages.Count - 1; i >= 0; i--)
        {
            var page = _pages[i];
            if (((page.Address - start) & significant) < length || ((start - page.Address) & significant) <= page.OffsetMask)
            {
                taken.Add(page);
                _pages.RemoveAt(i);
            }
        }

        return taken;
    }

    /// <summary>Forgets all.</summary>
    public void Clear() => _pages.Clear();

    /// <summary>One large page.</summary>
    public readonly record struct Page(ulong Address, ulong OffsetMask, ulong Physical, GuestProtection Protection, uint Attributes);
}
