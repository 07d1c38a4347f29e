using Dragoman.Runtime.Scheduling;
using System.Buffers.Binary;
using System.Text;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>QEMU's firmware configuration device in memory: items by number, and named files among them, by register or DMA. Guarded by the big lock.</summary>
/// <param name="ram">What DMA reads and writes.</param>
/// <remarks>The specification fw_cfg.rst of QEMU's documentation: data at 0, the selector at 8, the DMA address at 16, the last two big-endian.</remarks>
[UnderBigLock]
public sealed class FirmwareConfiguration(GuestRam ram) : IMmioDevice
{
    /// <summary>Numbers of items.</summary>
    public const ushort Signature = 0x00, Features = 0x01, CpuCount = 0x05, MaxCpus = 0x0F, Directory = 0x19, FirstFile = 0x20;

    private const ulong Data = 0, Selector = 8, DmaAddress = 16;

    private const ulong DmaSignature = 0x51454D5520434647; // "QEMU CFG"

    private const uint DmaError = 1, DmaRead = 2, DmaSkip = 4, DmaSelect = 8, DmaWrite = 16;

    /// <summary>Bytes of a file's name, with the zero behind it.</summary>
    public const int NameSize = 56;

    private const int EntrySize = 8 + NameSize;

    private readonly Dictionary<ushort, byte[]> _items = new() { [Signature] = "QEMU"u8.ToArray(), [Features] = [3, 0, 0, 0], [Directory] = new byte[4] };
    private readonly List<(string Name, byte[] Content)> _files = [];
    private byte[] _selected = [];
    private ulong _position;
    private uint _dmaHigh;

    /// <summary>Sets an item of a fixed number.</summary>
    public void Set(ushort item, ushort value) => _items[item] = [(byte)value, (byte)(value >> 8)];

    /// <summary>Adds a file.</summary>
    /// <param name="name">At most 55 bytes.</param>
    /// <param name="content">Its bytes.</param>
    public void AddFile(string name, byte[] content)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(Encoding.UTF8.GetByteCount(name), NameSize);
        _files.Add((name, content));
        _files.Sort((one, other) => string.CompareOrdinal(one.Name, other.Name));
        var directory = new byte[4 + (_files.Count * EntrySize)];
        BinaryPrimitives.WriteUInt32BigEndian(directory, (uint)_files.Count);
        for (var i = 0; i < _files.Count; i++)
        {
            var entry = directory.AsSpan(4 + (i * EntrySize), EntrySize);
            BinaryPrimitives.WriteUInt32BigEndian(entry, (uint)_files[i].Content.Length);
            BinaryPrimitives.WriteUInt16BigEndian(entry[4..], (ushort)(FirstFile + i));
            _ = Encoding.UTF8.GetBytes(_files[i].Name, entry[8..]);
            _items[(ushort)(FirstFile + i)] = _files[i].Content;
        }

        _items[Directory] = directory;
    }

    /// <inheritdoc/>
    public ulong Read(ulong offset, int size)
    {
        switch (offset)
        {
            case Data:
                // Bytes as they come, the first at the lowest address.
                Span<byte> bytes = stackalloc byte[8];
                Next(bytes[..size]);
                return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            case DmaAddress when size == 8:
                return BinaryPrimitives.ReverseEndianness(DmaSignature);
            case DmaAddress when size == 4:
                return BinaryPrimitives.ReverseEndianness((uint)(DmaSignature >> 32));
            case DmaAddress + 4 when size == 4:
                return BinaryPrimitives.ReverseEndianness(unchecked((uint)DmaSignature));
            default:
                return 0;
        }
    }

    /// <inheritdoc/>
    public void Write(ulong offset, ulong value, int size)
    {
        switch (offset)
        {
            case Selector when size == 2:
                Select(BinaryPrimitives.ReverseEndianness((ushort)value));
                break;
            case DmaAddress when size == 8:
                Transfer(BinaryPrimitives.ReverseEndianness(value));
                break;
            case DmaAddress when size == 4:
                _dmaHigh = BinaryPrimitives.ReverseEndianness((uint)value);
                break;
            case DmaAddress + 4 when size == 4:
                Transfer((ulong)_dmaHigh << 32 | BinaryPrimitives.ReverseEndianness((uint)value));
                break;
        }
    }

    private void Select(ushort item)
    {
        _selected = _items.GetValueOrDefault(item) ?? [];
        _position = 0;
    }

    // Behind an item's end there are zeros.
    private void Next(Span<byte> bytes)
    {
        bytes.Clear();
        var rest = _selected.AsSpan((int)Math.Min(_position, (ulong)_selected.Length));
        rest[..Math.Min(rest.Length, bytes.Length)].CopyTo(bytes);
        _position = Math.Min(_position + (ulong)bytes.Length, (ulong)_selected.Length);
    }

    // A request: control, length, address, of 32, 32 and 64 bits. Its control becomes 0 when it is done, or tells of an error.
    private void Transfer(ulong address)
    {
        _dmaHigh = 0;
        Span<byte> request = stackalloc byte[16];
        if (!ram.TryRead(address, request))
        {
            return;
        }

        var control = BinaryPrimitives.ReadUInt32BigEndian(request);
        var length = BinaryPrimitives.ReadUInt32BigEndian(request[4..]);
        if ((control & DmaSelect) != 0)
        {
            Select((ushort)(control >> 16));
        }

        var failed = (control & DmaWrite) != 0 || ((control & DmaRead) != 0 && !Copy(BinaryPrimitives.ReadUInt64BigEndian(request[8..]), length));
        if ((control & (DmaRead | DmaWrite | DmaSkip)) == DmaSkip)
        {
            _position = Math.Min(_position + length, (ulong)_selected.Length);
        }

        BinaryPrimitives.WriteUInt32BigEndian(request, failed ? DmaError : 0);
        _ = ram.TryWrite(address, request[..4]);
    }

    private bool Copy(ulong address, uint length)
    {
        Span<byte> piece = stackalloc byte[4096];
        for (var left = length; left > 0;)
        {
            var part = piece[..(int)Math.Min(left, (uint)piece.Length)];
            Next(part);
            if (!ram.TryWrite(address, part))
            {
                return false;
            }

            address += (ulong)part.Length;
            left -= (uint)part.Length;
        }

        return true;
    }
}
