using System.Buffers.Binary;
using Microsoft.Win32.SafeHandles;

namespace Dragoman.Machines.Virtio;

/// <summary>A disk: a file of the host. Requests are carried out while the driver notifies.</summary>
/// <remarks>VIRTIO 1.2, section 5.2.</remarks>
public sealed class VirtioBlock : VirtioDevice
{
    private const int SectorSize = 512, PieceSize = 1 << 16, IdSize = 20;

    private const uint In = 0, Out = 1, Flush = 4, GetId = 8;

    private const byte Ok = 0, IoError = 1, Unsupported = 2;

    private const ulong ReadOnly = 1 << 5, BlockSize = 1 << 6, CanFlush = 1 << 9;

    private readonly SafeFileHandle _file;
    private readonly bool _isReadOnly;
    private readonly ulong _sectors;

    /// <summary>Creates a disk of a file's whole sectors.</summary>
    /// <param name="file">Opened for reading, and for writing unless the disk is read-only.</param>
    /// <param name="isReadOnly">Whether it can be written.</param>
    public VirtioBlock(SafeFileHandle file, bool isReadOnly)
    {
        _file = file;
        _isReadOnly = isReadOnly;
        _sectors = (ulong)RandomAccess.GetLength(file) / SectorSize;
        Configuration = new byte[24];
        BinaryPrimitives.WriteUInt64LittleEndian(Configuration, _sectors);
        BinaryPrimitives.WriteUInt32LittleEndian(Configuration.AsSpan(20), SectorSize);
    }

    /// <inheritdoc/>
    public override uint Id => 2;

    /// <inheritdoc/>
    public override int Queues => 1;

    /// <inheritdoc/>
    public override ulong Features => BlockSize | CanFlush | (_isReadOnly ? ReadOnly : 0);

    /// <inheritdoc/>
    public override byte[] Configuration { get; }

    /// <inheritdoc/>
    internal override void Serve(int queue)
    {
        Span<byte> header = stackalloc byte[16];
        while (Rings[queue].Take() is { } chain)
        {
            if (chain.Read(header) < header.Length || chain.Room == 0)
            {
                throw new VirtioException("A request of a disk has no header, or no room for its status.");
            }

            var status = Carry(chain, BinaryPrimitives.ReadUInt32LittleEndian(header), BinaryPrimitives.ReadUInt64LittleEndian(header[8..]));
            Fill(chain);
            _ = chain.Write([status]);
            Rings[queue].Complete(chain);
        }
    }

    private byte Carry(VirtChain chain, uint type, ulong sector)
    {
        try
        {
            switch (type)
            {
                case In:
                    return ReadSectors(chain, sector);
                case Out:
                    return WriteSectors(chain, sector);
                case Flush:
                    RandomAccess.FlushToDisk(_file);
                    return Ok;
                case GetId:
                    var id = new byte[IdSize];
                    "dragoman"u8.CopyTo(id);
                    _ = chain.Write(id.AsSpan(0, (int)Math.Min(chain.Room - 1, IdSize)));
                    return Ok;
                default:
                    return Unsupported;
            }
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            return IoError;
        }
    }

    private byte ReadSectors(VirtChain chain, ulong sector)
    {
        if (!IsRange(sector, chain.Room - 1))
        {
            return IoError;
        }

        var piece = new byte[PieceSize];
        for (var at = (long)sector * SectorSize; chain.Room > 1;)
        {
            var part = piece.AsSpan(0, (int)Math.Min(chain.Room - 1, PieceSize));
            if (RandomAccess.Read(_file, part, at) < part.Length)
            {
                return IoError;
            }

            _ = chain.Write(part);
            at += part.Length;
        }

        return Ok;
    }

    private byte WriteSectors(VirtChain chain, ulong sector)
    {
        if (_isReadOnly || !IsRange(sector, chain.Readable))
        {
            return IoError;
        }

        var piece = new byte[PieceSize];
        var at = (long)sector * SectorSize;
        while (chain.Read(piece) is > 0 and var size)
        {
            RandomAccess.Write(_file, piece.AsSpan(0, size), at);
            at += size;
        }

        return Ok;
    }

    private bool IsRange(ulong sector, ulong bytes) => bytes % SectorSize == 0 && sector <= _sectors && bytes / SectorSize <= _sectors - sector;

    // The last byte that can be written is the status's (section 5.2.6); what the answer leaves before it becomes zero.
    private static void Fill(VirtChain chain)
    {
        var zeros = new byte[PieceSize];
        while (chain.Room > 1 && chain.Write(zeros.AsSpan(0, (int)Math.Min(chain.Room - 1, PieceSize))) > 0)
        {
        }
    }
}
