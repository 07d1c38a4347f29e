using System.Buffers.Binary;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>The registers and scratch memory that one Alpha instruction sees, laid out as witness-alpha.S has them.</summary>
public sealed class AlphaState(byte[] block)
{
    public const int Size = 768;
    public const ulong Slot = 0x400800;
    public const ulong Scratch = 0x502000;
    public const int ScratchSize = 256;

    /// <summary>Numbers of <see cref="this"/> behind R0 to R30 and F0 to F30.</summary>
    public const int FirstFloat = 31;
    public const int Fpcr = 62;
    public const int Signal = 63;

    public byte[] Block { get; } = block;

    public Span<byte> Memory => Block.AsSpan(512, ScratchSize);

    /// <summary>R0 to R30, F0 to F30, FPCR, the signal.</summary>
    public ulong this[int number]
    {
        get => BinaryPrimitives.ReadUInt64LittleEndian(Block.AsSpan(number * 8));
        set => BinaryPrimitives.WriteUInt64LittleEndian(Block.AsSpan(number * 8), value);
    }

    /// <summary>What differs, by name; empty when nothing does.</summary>
    public string Difference(AlphaState other)
    {
        if (this[Signal] != other[Signal])
        {
            return $"signal {this[Signal]} not {other[Signal]}";
        }

        List<string> all = [];
        for (int i = 0; i < Signal; i++)
        {
            if (this[i] != other[i])
            {
                all.Add($"{(i < FirstFloat ? $"R{i}" : i < Fpcr ? $"F{i - FirstFloat}" : "FPCR")} {this[i]:x} not {other[i]:x}");
            }
        }

        int at = Memory.CommonPrefixLength(other.Memory);
        if (at < ScratchSize)
        {
            all.Add($"[scratch+{at}] {Memory[at]:x} not {other.Memory[at]:x}");
        }

        return string.Join(", ", all);
    }
}
