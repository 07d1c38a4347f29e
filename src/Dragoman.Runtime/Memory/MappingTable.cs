namespace Dragoman.Runtime.Memory;

/// <summary>Disjoint mappings sorted by address. The owner locks.</summary>
internal sealed class MappingTable
{
    private readonly List<GuestMapping> _list = [];

    // Bounds of all that was ever writable and executable at once: read without the lock, only ever widened.
    private ulong _lowestWritableCode = ulong.MaxValue;
    private ulong _highestWritableCode;

    public GuestMapping[] ToArray() => [.. _list];

    /// <summary>False when nothing in a range has ever been writable and executable at once. Needs no lock.</summary>
    public bool MayHoldWritableCode(ulong address, ulong length) =>
        address < Volatile.Read(ref _highestWritableCode) && address + length > Volatile.Read(ref _lowestWritableCode);

    /// <summary>The mapping that holds an address, or null.</summary>
    public GuestMapping? Find(ulong address)
    {
        var index = IndexAtOrAfter(address);
        return index < _list.Count && _list[index].Start <= address ? _list[index] : null;
    }

    /// <summary>The mapping that holds an address, or else the next one; null when there is none.</summary>
    public GuestMapping? AtOrAfter(ulong address) => IndexAtOrAfter(address) is var index && index < _list.Count ? _list[index] : null;

    /// <summary>The last mapping that ends at or before an address, where nothing is mapped; null when there is none.</summary>
    public GuestMapping? Before(ulong address) => IndexAtOrAfter(address) is > 0 and var index ? _list[index - 1] : null;

    /// <summary>The parts of mappings inside a range, in order.</summary>
    public List<GuestMapping> Within(ulong start, ulong end)
    {
        var result = new List<GuestMapping>();
        for (var i = IndexAtOrAfter(start); i < _list.Count && _list[i].Start < end; i++)
        {
            result.Add(_list[i].Slice(Math.Max(start, _list[i].Start), Math.Min(end, _list[i].End)));
        }

        return result;
    }

    /// <summary>True when nothing is mapped in a range.</summary>
    public bool IsFree(ulong start, ulong end)
    {
        var index = IndexAtOrAfter(start);
        return index >= _list.Count || _list[index].Start >= end;
    }

    /// <summary>True when every page of a range is mapped.</summary>
    public bool IsCovered(ulong start, ulong end)
    {
        while (start < end)
        {
            if (Find(start) is not { } mapping)
            {
                return false;
            }

            start = mapping.End;
        }

        return true;
    }

    /// <summary>Removes a range, splitting mappings at its ends.</summary>
    public void Remove(ulong start, ulong end)
    {
        var first = IndexAtOrAfter(start);
        var last = first;
        GuestMapping? left = null;
        GuestMapping? right = null;
        while (last < _list.Count && _list[last].Start < end)
        {
            var mapping = _list[last++];
            if (mapping.Start < start)
            {
                left = mapping.Slice(mapping.Start, start);
            }

            if (mapping.End > end)
            {
                right = mapping.Slice(end, mapping.End);
            }
        }

        _list.RemoveRange(first, last - first);
        if (right is not null)
        {
            _list.Insert(first, right);
        }

        if (left is not null)
        {
            _list.Insert(first, left);
        }
    }

    /// <summary>Puts a mapping where nothing is, joining it with equal neighbours.</summary>
    public void Add(GuestMapping mapping)
    {
        if ((~mapping.Protection & (GuestProtection.Write | GuestProtection.Execute)) == 0)
        {
            Volatile.Write(ref _lowestWritableCode, Math.Min(_lowestWritableCode, mapping.Start));
            Volatile.Write(ref _highestWritableCode, Math.Max(_highestWritableCode, mapping.End));
        }

        var index = IndexAtOrAfter(mapping.Start);
        if (index < _list.Count && mapping.Joins(_list[index]))
        {
            mapping = mapping with { End = _list[index].End };
            _list.RemoveAt(index);
        }

        if (index > 0 && _list[index - 1].Joins(mapping))
        {
            mapping = _list[index - 1] with { End = mapping.End };
            _list.RemoveAt(--index);
        }

        _list.Insert(index, mapping);
    }

    /// <summary>Replaces each mapped part of a range.</summary>
    public void Update(ulong start, ulong end, Func<GuestMapping, GuestMapping> change)
    {
        var parts = Within(start, end);
        Remove(start, end);
        foreach (var part in parts)
        {
            Add(change(part));
        }
    }

    /// <summary>True when nothing is mapped in a range, and what grows towards it keeps its distance.</summary>
    public bool IsFree(ulong start, ulong end, ulong gap)
    {
        var index = IndexAtOrAfter(start);
        return index >= _list.Count || StartOf(_list[index], gap) >= end;
    }

    /// <summary>The highest free range of a length that ends at or below <paramref name="top"/>, and <paramref name="gap"/> below what grows; or null.</summary>
    public ulong? FindFreeBelow(ulong top, ulong bottom, ulong length, ulong gap)
    {
        var index = IndexAtOrAfter(top);
        if (index < _list.Count)
        {
            top = Math.Min(top, StartOf(_list[index], gap));
        }

        for (var i = index - 1; ; i--)
        {
            var floor = i >= 0 ? Math.Max(_list[i].End, bottom) : bottom;
            if (top >= floor && top - floor >= length)
            {
                return top - length;
            }

            if (i < 0 || _list[i].Start <= bottom)
            {
                return null;
            }

            top = Math.Min(top, StartOf(_list[i], gap));
        }
    }

    /// <summary>Where a mapping begins, with what it keeps free below itself (vm_start_gap).</summary>
    private static ulong StartOf(GuestMapping mapping, ulong gap) => (mapping.Flags & GuestMapFlags.GrowsDown) != 0 ? mapping.Start - Math.Min(mapping.Start, gap) : mapping.Start;

    /// <summary>Index of the first mapping that ends after an address.</summary>
    private int IndexAtOrAfter(ulong address)
    {
        int low = 0, high = _list.Count;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (_list[middle].End <= address)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
