namespace Dragoman.Tcg.Interpreter;

/// <summary>Frame slots that are free again, last freed first.</summary>
internal sealed class FreeSlots
{
    private int[] _offsets = new int[32];
    private int _count;

    /// <summary>Forgets all.</summary>
    public void Clear() => _count = 0;

    /// <summary>Adds one.</summary>
    public void Push(int offset)
    {
        if (_count == _offsets.Length)
        {
            Array.Resize(ref _offsets, _count * 2);
        }

        _offsets[_count++] = offset;
    }

    /// <summary>Takes one, if there is any.</summary>
    public bool TryPop(out int offset)
    {
        offset = _count > 0 ? _offsets[--_count] : 0;
        return offset != 0;
    }
}
