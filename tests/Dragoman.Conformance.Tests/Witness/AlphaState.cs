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

    /// <summary>
    /// The kinds of what differs, for a table of what is explained: <c>signal.OURS.THEIRS</c> alone, else <c>R</c>, <c>memory</c>, FPCR's bits by name, <c>F</c> for the result
    /// (<c>F.nan</c> where both are NaNs, <c>F.tiny</c> where ours is zero and theirs at most the smallest normal number) and <c>F.other</c> for other F registers; all of them
    /// behind <c>trap.</c> where both took the same signal.
    /// </summary>
    /// <param name="other">The witness's state.</param>
    /// <param name="result">The number of the F register that an operation writes.</param>
    public IEnumerable<string> Differences(AlphaState other, uint result)
    {
        if (this[Signal] != other[Signal])
        {
            return [$"signal.{this[Signal]}.{other[Signal]}"];
        }

        List<string> all = [];
        for (int i = 0; i < Fpcr; i++)
        {
            if (this[i] != other[i])
            {
                all.Add(i < FirstFloat ? "R" : i - FirstFloat != result ? "F.other" : IsNan(this[i]) && IsNan(other[i]) ? "F.nan" : IsTiny(this[i], other[i]) ? "F.tiny" : "F");
            }
        }

        if (!Memory.SequenceEqual(other.Memory))
        {
            all.Add("memory");
        }

        ulong control = this[Fpcr] ^ other[Fpcr];
        all.AddRange(s_controlBits.Where((_, i) => (control >> (63 - i) & 1) != 0).Select(name => "FPCR." + name));
        if (control << s_controlBits.Length != 0)
        {
            all.Add("FPCR.low");
        }

        return this[Signal] != 0 ? all.Select(part => "trap." + part) : all;
    }

    /// <summary>What the row of a difference may need to know of a trial: <c>flush.</c> where FPCR makes tiny results zero, <c>denormal.</c> where an F operand is denormal.</summary>
    public string Context(uint word)
    {
        bool flushes = (this[Fpcr] >> 60 & 3) == 3;
        return (flushes ? "flush." : "") + (IsDenormal(Float(word >> 21)) || IsDenormal(Float(word >> 16)) ? "denormal." : "");
    }

    /// <summary>FPCR and the F registers that an operation reads, for a report.</summary>
    public string Operands(uint word) => $"FPCR={this[Fpcr]:x} a={Float(word >> 21):x} b={Float(word >> 16):x}";

    // 4.7.8, from bit 63 down.
    private static readonly string[] s_controlBits = ["SUM", "INED", "UNFD", "UNDZ", "DYN1", "DYN0", "IOV", "INE", "UNF", "OVF", "DZE", "INV", "OVFD", "DZED", "INVD", "DNZ"];

    // The smallest normal S value: T has more room below.
    private const ulong Smallest = 0x3810_0000_0000_0000;

    private ulong Float(uint number) => (number & 31) == 31 ? 0 : this[FirstFloat + (int)(number & 31)];

    private static bool IsTiny(ulong ours, ulong theirs) => ours << 1 == 0 && theirs << 1 <= Smallest << 1;

    private static bool IsDenormal(ulong x) => (x >> 52 & 0x7FF) == 0 && x << 12 != 0;

    private static bool IsNan(ulong x) => x << 1 > 0x7FF0_0000_0000_0000UL << 1;

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
