using System.Buffers.Binary;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>The registers and scratch memory that one instruction sees, laid out as witness-aarch64.S has them.</summary>
public sealed class MachineState
{
    /// <summary>Bytes of a block.</summary>
    public const int Size = 1056;

    /// <summary>Guest address of the instruction.</summary>
    public const ulong Slot = 0x400400;

    /// <summary>Guest address of the scratch memory; a page before it and two after it are mapped.</summary>
    public const ulong Scratch = 0x501000;

    /// <summary>Bytes of scratch memory that are compared.</summary>
    public const int ScratchSize = 256;

    private const int SignalOffset = 280;
    private const int VectorOffset = 288;
    private const int MemoryOffset = 800;

    // AArch32's flags may or may not exist in FPSR, and are no concern of A64.
    private const ulong FpsrMask = 0x0800009F;

    private static readonly string[] s_names = [.. Enumerable.Range(0, 31).Select(i => $"X{i}"), "SP", "NZCV", "FPCR", "FPSR"];

    public MachineState() => Block = new byte[Size];

    public MachineState(ReadOnlySpan<byte> block) => Block = block.ToArray();

    /// <summary>The block.</summary>
    public byte[] Block { get; }

    public ulong Sp { get => this[31]; set => this[31] = value; }

    public ulong Nzcv { get => this[32]; set => this[32] = value; }

    public ulong Fpcr { get => this[33]; set => this[33] = value; }

    public ulong Fpsr { get => this[34]; set => this[34] = value; }

    /// <summary>Linux's number of the signal that the instruction caused; 0 none.</summary>
    public ulong Signal { get => Get(SignalOffset); set => Set(SignalOffset, value); }

    /// <summary>Scratch memory.</summary>
    public Span<byte> Memory => Block.AsSpan(MemoryOffset, ScratchSize);

    /// <summary>X0 to X30, then SP.</summary>
    public ulong this[int register] { get => Get(register * 8); set => Set(register * 8, value); }

    /// <summary>The 16 bytes of a vector register.</summary>
    public Span<byte> Vector(int register) => Block.AsSpan(VectorOffset + (register * 16), 16);

    /// <summary>What differs, by name, as <c>X0 1 not 2</c>; empty when nothing does.</summary>
    public string Difference(MachineState other)
    {
        List<string> all = [];
        if (Signal != other.Signal)
        {
            return $"signal {Signal} not {other.Signal}";
        }

        for (int i = 0; i < s_names.Length; i++)
        {
            ulong mask = i == 34 ? FpsrMask : ulong.MaxValue;
            if ((this[i] & mask) != (other[i] & mask))
            {
                all.Add($"{s_names[i]} {this[i]:x} not {other[i]:x}");
            }
        }

        for (int i = 0; i < 32; i++)
        {
            if (!Vector(i).SequenceEqual(other.Vector(i)))
            {
                all.Add($"V{i} {Text(Vector(i))} not {Text(other.Vector(i))}");
            }
        }

        for (int i = 0; i < ScratchSize; i += 16)
        {
            if (!Memory.Slice(i, 16).SequenceEqual(other.Memory.Slice(i, 16)))
            {
                all.Add($"[scratch+{i}] {Text(Memory.Slice(i, 16))} not {Text(other.Memory.Slice(i, 16))}");
            }
        }

        return string.Join(", ", all);
    }

    private static string Text(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt128LittleEndian(bytes).ToString("x32");

    private ulong Get(int offset) => BinaryPrimitives.ReadUInt64LittleEndian(Block.AsSpan(offset));

    private void Set(int offset, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(Block.AsSpan(offset), value);
}
