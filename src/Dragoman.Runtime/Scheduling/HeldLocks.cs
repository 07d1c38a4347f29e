namespace Dragoman.Runtime.Scheduling;

/// <summary>The ranked locks that a thread holds.</summary>
internal struct HeldLocks
{
    // Bit n: rank n. The big lock nests.
    private int _ranks;
    private int _bigDepth;

    /// <summary>Whether any is held.</summary>
    public readonly bool Any => _ranks != 0;

    /// <summary>Notes that a lock is about to be taken.</summary>
    /// <exception cref="InvalidOperationException">A lock of this or a later rank is held: two threads that do so could wait for each other for ever.</exception>
    public void Take(LockRank rank)
    {
        var isNested = rank == LockRank.Big && _ranks == 1 << (int)LockRank.Big;
        if (_ranks >> (int)rank != 0 && !isNested)
        {
            throw new InvalidOperationException($"Lock order: {rank} is asked for while {Text()} is held.");
        }

        _ranks |= 1 << (int)rank;
        _bigDepth += rank == LockRank.Big ? 1 : 0;
    }

    /// <summary>Notes that a lock is given back.</summary>
    public void Release(LockRank rank)
    {
        if (rank != LockRank.Big || --_bigDepth == 0)
        {
            _ranks &= ~(1 << (int)rank);
        }
    }

    /// <summary>The ranks held, for messages.</summary>
    public readonly string Text()
    {
        var ranks = _ranks;
        return string.Join(" and ", Enum.GetValues<LockRank>().Where(rank => (ranks >> (int)rank & 1) != 0));
    }
}
