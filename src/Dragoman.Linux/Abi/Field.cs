using System.Buffers.Binary;

namespace Dragoman.Linux.Abi;

/// <summary>One member of a guest structure: where it is and how wide. All guests so far are little-endian.</summary>
/// <param name="Offset">Bytes from the structure's start.</param>
/// <param name="Size">Bytes: 1, 2, 4 or 8; 0 when this guest's structure lacks the member.</param>
public readonly record struct Field(int Offset, int Size)
{
    /// <summary>The member, zero-extended.</summary>
    public ulong Read(ReadOnlySpan<byte> structure) => Size switch
    {
        0 => 0,
        1 => structure[Offset],
        2 => BinaryPrimitives.ReadUInt16LittleEndian(structure[Offset..]),
        4 => BinaryPrimitives.ReadUInt32LittleEndian(structure[Offset..]),
        _ => BinaryPrimitives.ReadUInt64LittleEndian(structure[Offset..]),
    };

    /// <summary>The member, sign-extended.</summary>
    public long ReadSigned(ReadOnlySpan<byte> structure) => Size switch
    {
        4 => (int)Read(structure),
        2 => (short)Read(structure),
        1 => (sbyte)Read(structure),
        _ => (long)Read(structure),
    };

    /// <summary>Stores the low bytes of <paramref name="value"/>.</summary>
    public void Write(Span<byte> structure, ulong value)
    {
        switch (Size)
        {
            case 1:
                structure[Offset] = (byte)value;
                break;
            case 2:
                BinaryPrimitives.WriteUInt16LittleEndian(structure[Offset..], (ushort)value);
                break;
            case 4:
                BinaryPrimitives.WriteUInt32LittleEndian(structure[Offset..], (uint)value);
                break;
            case 8:
                BinaryPrimitives.WriteUInt64LittleEndian(structure[Offset..], value);
                break;
        }
    }
}
