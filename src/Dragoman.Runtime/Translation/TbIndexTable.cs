namespace Dragoman.Runtime.Translation;

/// <summary>
/// TBs by the small numbers that chain slots and jump caches hold. Reads take no lock. A number is used again only after its TB was
/// reclaimed, when no vCPU can hold it any more. Writers hold the memory's lock.
/// </summary>
internal sealed class TbIndexTable
{
    private const int ChunkLog2 = 12;

    // Guarded by the memory's lock.
    private readonly Stack<int> _free = [];
    private int _next;

    // Grown by publishing a new array, filled by Volatile.Write of an element; a chunk is never moved.
    private TranslationBlock?[][] _chunks = [];

    public TranslationBlock? this[int index] =>
        Volatile.Read(ref Volatile.Read(ref _chunks)[index >> ChunkLog2][index & ((1 << ChunkLog2) - 1)]);

    public void Add(TranslationBlock tb)
    {
        if (!_free.TryPop(out var index))
        {
            index = _next++;
            if (index >> ChunkLog2 == _chunks.Length)
            {
                Volatile.Write(ref _chunks, [.. _chunks, new TranslationBlock?[1 << ChunkLog2]]);
            }
        }

        tb.Index = index;
        Volatile.Write(ref _chunks[index >> ChunkLog2][index & ((1 << ChunkLog2) - 1)], tb);
    }

    public void Remove(TranslationBlock tb)
    {
        _chunks[tb.Index >> ChunkLog2][tb.Index & ((1 << ChunkLog2) - 1)] = null;
        _free.Push(tb.Index);
    }
}
