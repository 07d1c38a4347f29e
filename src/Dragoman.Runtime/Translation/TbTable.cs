namespace Dragoman.Runtime.Translation;

/// <summary>
/// All valid TBs by guest PC, <c>tbstate</c> and page. Reads take no lock: buckets are chains of immutable nodes, and a bigger array is
/// published whole. Writers hold the memory's lock.
/// </summary>
public sealed class TbTable
{
    // Written under the memory's lock and published by Volatile.Write: the array whole, a bucket by its first node.
    private Node?[] _buckets = new Node?[1 << 12];
    private int _count;

    /// <summary>TBs in the table.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>The TB of a PC, its <c>tbstate</c> bits and its page, or null. Any thread.</summary>
    public TranslationBlock? Find(ulong pc, ulong flags, CodePlace place = default)
    {
        var buckets = Volatile.Read(ref _buckets);
        for (var node = Volatile.Read(ref buckets[Hash(pc, flags) & (uint)(buckets.Length - 1)]); node is not null; node = node.Next)
        {
            if (node.Tb.Pc == pc && node.Tb.Flags == flags && node.Tb.Place == place)
            {
                return node.Tb;
            }
        }

        return null;
    }

    internal void Add(TranslationBlock tb)
    {
        if (_count >= _buckets.Length)
        {
            Grow();
        }

        ref var bucket = ref _buckets[Hash(tb.Pc, tb.Flags) & (uint)(_buckets.Length - 1)];
        Volatile.Write(ref bucket, new Node(tb, bucket));
        Volatile.Write(ref _count, _count + 1);
    }

    internal void Remove(TranslationBlock tb)
    {
        ref var bucket = ref _buckets[Hash(tb.Pc, tb.Flags) & (uint)(_buckets.Length - 1)];
        Node? rebuilt = null;
        var found = false;
        for (var node = bucket; node is not null; node = node.Next)
        {
            if (ReferenceEquals(node.Tb, tb))
            {
                found = true;
            }
            else
            {
                rebuilt = new Node(node.Tb, rebuilt);
            }
        }

        if (found)
        {
            Volatile.Write(ref bucket, rebuilt);
            Volatile.Write(ref _count, _count - 1);
        }
    }

    internal List<TranslationBlock> ToList()
    {
        var list = new List<TranslationBlock>(_count);
        foreach (var bucket in _buckets)
        {
            for (var node = bucket; node is not null; node = node.Next)
            {
                list.Add(node.Tb);
            }
        }

        return list;
    }

    private static uint Hash(ulong pc, ulong flags) => (uint)(((pc ^ (flags * 0x9E3779B97F4A7C15)) * 0xD6E8FEB86659FD93) >> 32);

    private void Grow()
    {
        var bigger = new Node?[_buckets.Length * 2];
        foreach (var tb in ToList())
        {
            ref var bucket = ref bigger[Hash(tb.Pc, tb.Flags) & (uint)(bigger.Length - 1)];
            bucket = new Node(tb, bucket);
        }

        Volatile.Write(ref _buckets, bigger);
    }

    private sealed class Node(TranslationBlock tb, Node? next)
    {
        public readonly TranslationBlock Tb = tb;
        public readonly Node? Next = next;
    }
}
