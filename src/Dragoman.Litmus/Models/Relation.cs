using System.Numerics;

namespace Dragoman.Litmus.Models;

/// <summary>A relation over up to 64 events: row i is the set, one bit an event, of those that event i is related to.</summary>
public sealed class Relation
{
    /// <summary>Most events of an execution.</summary>
    public const int MaxEvents = 64;

    private readonly ulong[] _rows = new ulong[MaxEvents];

    /// <summary>The events that <paramref name="from"/> is related to.</summary>
    public ref ulong this[int from] => ref _rows[from];

    /// <summary>Relates two events.</summary>
    public void Add(int from, int to) => _rows[from] |= 1UL << to;

    /// <summary>Whether two events are related.</summary>
    public bool Has(int from, int to) => (_rows[from] >> to & 1) != 0;

    /// <summary>Relates nothing any more.</summary>
    public void Clear() => Array.Clear(_rows);

    /// <summary>Whether, among the first <paramref name="count"/> events, nothing is related.</summary>
    public bool IsEmpty(int count) => !_rows.AsSpan(0, count).ContainsAnyExcept(0UL);

    /// <summary>Whether no event of the first <paramref name="count"/> is related to itself.</summary>
    public bool IsIrreflexive(int count)
    {
        for (int i = 0; i < count; i++)
        {
            if (Has(i, i))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Whether no event of the first <paramref name="count"/> is related to itself along any way.</summary>
    public bool IsAcyclic(int count)
    {
        // What has no successor left is on no cycle.
        ulong left = count == 64 ? ulong.MaxValue : (1UL << count) - 1;
        while (left != 0)
        {
            ulong before = left;
            for (ulong rest = left; rest != 0; rest &= rest - 1)
            {
                int i = BitOperations.TrailingZeroCount(rest);
                if ((_rows[i] & left) == 0)
                {
                    left &= ~(1UL << i);
                }
            }

            if (left == before)
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>Becomes <paramref name="left"/>; <paramref name="right"/>.</summary>
    public void Compose(Relation left, Relation right, int count)
    {
        for (int i = 0; i < count; i++)
        {
            ulong row = 0;
            for (ulong rest = left._rows[i]; rest != 0; rest &= rest - 1)
            {
                row |= right._rows[BitOperations.TrailingZeroCount(rest)];
            }

            _rows[i] = row;
        }
    }

    /// <summary>Adds all ways: becomes its own transitive closure.</summary>
    public void Close(int count)
    {
        for (int k = 0; k < count; k++)
        {
            for (int i = 0; i < count; i++)
            {
                if (Has(i, k))
                {
                    _rows[i] |= _rows[k];
                }
            }
        }
    }
}
