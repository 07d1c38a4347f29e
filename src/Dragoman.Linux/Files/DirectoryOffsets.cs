namespace Dragoman.Linux.Files;

/// <summary>The host's offsets in directories, by the 31 bits of them that guests of 32 bits are given. Any thread; the lock guards the table.</summary>
internal sealed class DirectoryOffsets
{
    private readonly Lock _lock = new();
    private Dictionary<int, long>? _wide;

    /// <summary>What a guest is given for an offset: itself where it fits, else its upper half.</summary>
    public int Narrow(long offset)
    {
        if (offset is >= 0 and <= int.MaxValue)
        {
            return (int)offset;
        }

        var narrow = (int)(offset >> 32);
        lock (_lock)
        {
            (_wide ??= [])[narrow] = offset;
        }

        return narrow;
    }

    /// <summary>The offset that a guest was given something for; false when it was the offset itself.</summary>
    public bool TryWiden(long narrow, out long offset)
    {
        lock (_lock)
        {
            offset = narrow;
            return narrow is > 0 and <= int.MaxValue && _wide is not null && _wide.TryGetValue((int)narrow, out offset);
        }
    }
}
