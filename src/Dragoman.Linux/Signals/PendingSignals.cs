namespace Dragoman.Linux.Signals;

/// <summary>A pending set: standard signals once each, real-time signals queued. Guarded by the process's signal lock.</summary>
public sealed class PendingSignals
{
    private readonly List<SignalInfo> _queue = [];

    /// <summary>Bit n - 1 is set when signal n is pending.</summary>
    public ulong Bits { get; private set; }

    /// <summary>How many are pending.</summary>
    public int Count => _queue.Count;

    /// <summary>Copies everything pending, in order of arrival.</summary>
    public void CopyTo(Span<SignalInfo> signals)
    {
        // By index: a sequence of them is a framework generic that no ahead-of-time image holds, and each forked child would have it compiled.
        for (var i = 0; i < _queue.Count; i++)
        {
            signals[i] = _queue[i];
        }
    }

    /// <summary>Adds a signal. A standard signal that is pending already is dropped.</summary>
    public void Add(in SignalInfo info)
    {
        var bit = SignalNumbers.Bit(info.Number);
        if (info.Number < SignalNumbers.FirstRealTime && (Bits & bit) != 0)
        {
            return;
        }

        Bits |= bit;
        _queue.Add(info);
    }

    /// <summary>Takes the next signal of <paramref name="allowed"/>: synchronous ones first, then the lowest number, each in order of arrival.</summary>
    public bool TryTake(ulong allowed, out SignalInfo info)
    {
        var ready = Bits & allowed;
        if (ready == 0)
        {
            info = default;
            return false;
        }

        const ulong Synchronous = (1UL << 3) | (1UL << 4) | (1UL << 6) | (1UL << 7) | (1UL << 10) | (1UL << 30);
        var first = (ready & Synchronous) != 0 ? ready & Synchronous : ready;
        var number = System.Numerics.BitOperations.TrailingZeroCount(first) + 1;
        var index = _queue.FindIndex(entry => entry.Number == number);
        info = _queue[index];
        _queue.RemoveAt(index);
        if (!_queue.Exists(entry => entry.Number == number))
        {
            Bits &= ~SignalNumbers.Bit(number);
        }

        return true;
    }

    /// <summary>Forgets pending signals of <paramref name="mask"/> (they have been set to be ignored).</summary>
    public void Discard(ulong mask)
    {
        if ((Bits & mask) == 0)
        {
            return;
        }

        Bits &= ~mask;
        _queue.RemoveAll(entry => (SignalNumbers.Bit(entry.Number) & mask) != 0);
    }
}
