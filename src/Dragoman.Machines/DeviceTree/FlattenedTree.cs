using System.Buffers.Binary;
using System.Text;

namespace Dragoman.Machines.DeviceTree;

/// <summary>Writes a flattened device tree: nodes are begun and ended, a node's properties come before its children.</summary>
/// <remarks>Devicetree Specification, release 0.4, chapter 5. Version 17. All numbers are big-endian.</remarks>
public sealed class FlattenedTree
{
    private const uint Magic = 0xD00D_FEED, Version = 17, CompatibleVersion = 16;

    private const uint BeginNode = 1, EndNode = 2, Property = 3, End = 9;

    private const int HeaderSize = 40, ReservationEnd = 16;

    private readonly MemoryStream _structure = new();
    private readonly MemoryStream _strings = new();
    private readonly Dictionary<string, uint> _names = [];
    private int _depth;
    private uint _handles;

    /// <summary>Begins a node; disposing of what this returns ends it. The root's name is empty.</summary>
    public Scope Begin(string name)
    {
        _depth++;
        Word(BeginNode);
        Padded(Text(name));
        return new Scope(this);
    }

    /// <summary>A number that no other node has, for references to a node that gets it as its property phandle.</summary>
    public uint NextHandle() => ++_handles;

    /// <summary>A property without a value.</summary>
    public void Add(string name) => Add(name, Array.Empty<byte>());

    /// <summary>A property of numbers of 32 bits.</summary>
    public void Add(string name, params ReadOnlySpan<uint> cells)
    {
        var bytes = new byte[cells.Length * 4];
        for (var i = 0; i < cells.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * 4), cells[i]);
        }

        Add(name, bytes);
    }

    /// <summary>A property of numbers of 64 bits: addresses and sizes where each has two cells.</summary>
    public void AddWide(string name, params ReadOnlySpan<ulong> numbers)
    {
        var bytes = new byte[numbers.Length * 8];
        for (var i = 0; i < numbers.Length; i++)
        {
            BinaryPrimitives.WriteUInt64BigEndian(bytes.AsSpan(i * 8), numbers[i]);
        }

        Add(name, bytes);
    }

    /// <summary>A property of strings.</summary>
    public void AddText(string name, params ReadOnlySpan<string> texts)
    {
        using MemoryStream bytes = new();
        foreach (var text in texts)
        {
            bytes.Write(Text(text));
        }

        Add(name, bytes.ToArray());
    }

    /// <summary>A property of any bytes.</summary>
    public void Add(string name, byte[] value)
    {
        Word(Property);
        Word((uint)value.Length);
        Word(NameOffset(name));
        Padded(value);
    }

    /// <summary>The tree. Every node has ended.</summary>
    public byte[] ToArray()
    {
        if (_depth != 0)
        {
            throw new InvalidOperationException("A node of the device tree has not ended.");
        }

        var structure = (int)_structure.Length + 4;
        const int structureOffset = HeaderSize + ReservationEnd;
        var stringsOffset = structureOffset + structure;
        var blob = new byte[stringsOffset + (int)_strings.Length];
        ReadOnlySpan<uint> header =
        [
            Magic, (uint)blob.Length, structureOffset, (uint)stringsOffset, HeaderSize, Version, CompatibleVersion, 0, (uint)_strings.Length, (uint)structure,
        ];
        for (var i = 0; i < header.Length; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(i * 4), header[i]);
        }

        _structure.ToArray().CopyTo(blob, structureOffset);
        BinaryPrimitives.WriteUInt32BigEndian(blob.AsSpan(stringsOffset - 4), End);
        _strings.ToArray().CopyTo(blob, stringsOffset);
        return blob;
    }

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text + '\0');

    private uint NameOffset(string name)
    {
        if (!_names.TryGetValue(name, out var offset))
        {
            offset = (uint)_strings.Length;
            _names.Add(name, offset);
            _strings.Write(Text(name));
        }

        return offset;
    }

    private void Word(uint value)
    {
        Span<byte> bytes = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(bytes, value);
        _structure.Write(bytes);
    }

    private void Padded(byte[] bytes)
    {
        _structure.Write(bytes);
        _structure.Write(stackalloc byte[-bytes.Length & 3]);
    }

    private void EndOfNode()
    {
        _depth--;
        Word(EndNode);
    }

    /// <summary>A node that has begun.</summary>
    public readonly ref struct Scope(FlattenedTree tree)
    {
        /// <summary>Ends the node.</summary>
        public void Dispose() => tree.EndOfNode();
    }
}
