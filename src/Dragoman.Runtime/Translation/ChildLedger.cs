using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// What the forked children of a process had to translate. A child's translations are lost with it, and the next child, which mostly does the same, would make them again:
/// so what two children have made the parent makes too, before it forks again. Children that execute another program note that program's blocks; where the parent has not the same
/// bytes at the same address it passes them over.
/// </summary>
/// <remarks>
/// Shared memory of a process and all its descendants that are copies of it. Entries are claimed by Interlocked on their key and filled by who has claimed them; the count of children
/// comes after that, and the list of ready entries after the count, each by Interlocked, so who reads a ready entry sees it whole. Nothing here is trusted: a wrong entry costs a translation.
/// </remarks>
internal sealed unsafe class ChildLedger
{
    private const int Capacity = 1 << 13;
    private const int Probes = 8;

    /// <summary>Children that must have translated a block.</summary>
    private const int Enough = 2;

    private readonly Header* _header;
    private readonly Entry* _entries;
    private readonly int* _ready;

    // This process's own: how far it has read the list.
    private int _read;

    private ChildLedger(byte* memory)
    {
        _header = (Header*)memory;
        _entries = (Entry*)(memory + sizeof(Header));
        _ready = (int*)(memory + sizeof(Header) + (Capacity * sizeof(Entry)));
    }

    /// <summary>A block that enough children have translated.</summary>
    /// <param name="Pc">Guest PC.</param>
    /// <param name="Flags">The <c>tbstate</c> bits.</param>
    /// <param name="Length">Bytes of code.</param>
    /// <param name="Key">See <see cref="KeyOf"/>.</param>
    public readonly record struct Block(ulong Pc, ulong Flags, int Length, ulong Key);

    /// <summary>Makes an empty ledger, or null when the host gives no memory.</summary>
    public static ChildLedger? Create()
    {
        var size = (nuint)(sizeof(Header) + (Capacity * (sizeof(Entry) + sizeof(int))));
        var memory = HostMemory.Map(null, size, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapShared | HostMemory.MapAnonymous, -1, 0);
        return memory == HostMemory.Failed ? null : new ChildLedger(memory);
    }

    /// <summary>What tells a block from others: a hash of its place and bytes, not 0.</summary>
    public static ulong KeyOf(ulong pc, ulong flags, ReadOnlySpan<byte> code)
    {
        const ulong Odd = 0x9E3779B97F4A7C15;
        var hash = (pc ^ (flags * Odd)) * Odd;
        for (; code.Length >= sizeof(ulong); code = code[sizeof(ulong)..])
        {
            hash = Mix(hash ^ BinaryPrimitives.ReadUInt64LittleEndian(code));
        }

        foreach (var value in code)
        {
            hash = Mix(hash ^ value);
        }

        return hash | 1;

        static ulong Mix(ulong value)
        {
            value *= Odd;
            return value ^ (value >> 29);
        }
    }

    /// <summary>In a child: a block has been translated. Its only thread calls.</summary>
    public void Note(TranslationBlock tb)
    {
        var key = KeyOf(tb.Pc, tb.Flags, tb.Source);
        for (var i = 0; i < Probes; i++)
        {
            var index = (int)((key >> 20) + (ulong)i) & (Capacity - 1);
            var entry = _entries + index;
            var found = Interlocked.CompareExchange(ref entry->Key, key, 0);
            if (found == 0)
            {
                entry->Pc = tb.Pc;
                entry->Flags = tb.Flags;
                entry->Length = tb.Source.Length;
            }
            else if (found != key)
            {
                continue;
            }

            if (Interlocked.Increment(ref entry->Children) == Enough)
            {
                Volatile.Write(ref _ready[Interlocked.Increment(ref _header->Ready) - 1], index + 1);
            }

            return;
        }
    }

    /// <summary>The next block that this process has not asked for yet. Its only guest thread calls.</summary>
    public bool TryRead(out Block block)
    {
        block = default;
        if (_read >= Math.Min(Volatile.Read(ref _header->Ready), Capacity) || Volatile.Read(ref _ready[_read]) is not (> 0 and <= Capacity and var index))
        {
            return false;
        }

        _read++;
        var entry = _entries + (index - 1);
        block = new Block(entry->Pc, entry->Flags, entry->Length, entry->Key);
        return true;
    }

    /// <summary>The process has another program now: everything is read anew.</summary>
    public void Rewind() => _read = 0;

    [StructLayout(LayoutKind.Sequential, Size = 64)]
    private struct Header
    {
        public int Ready;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct Entry
    {
        public ulong Key;
        public ulong Pc;
        public ulong Flags;
        public int Length;
        public int Children;
    }
}
