namespace Dragoman.Guests.Tests.Witness;

/// <summary>What an instruction reads and writes: registers, flags, MXCSR, and scratch memory, at the same address in every machine.</summary>
public sealed class X86State
{
    /// <summary>Address of the scratch memory, guest and host alike; reachable with 32-bit addresses.</summary>
    public const ulong Scratch = 0x2000_0000;

    /// <summary>Bytes of it.</summary>
    public const int ScratchSize = 0x4000;

    /// <summary>CF, PF, AF, ZF, SF, DF, OF.</summary>
    public const ulong Flags = 0xCD5;

    /// <summary>RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8 to R15.</summary>
    public ulong[] Registers { get; } = new ulong[16];

    /// <summary>XMM0 to XMM15.</summary>
    public UInt128[] Vectors { get; } = new UInt128[16];

    /// <summary>The upper halves of YMM0 to YMM15.</summary>
    public UInt128[] Upper { get; } = new UInt128[16];

    /// <summary>MXCSR.</summary>
    public uint Mxcsr { get; set; } = 0x1F80;

    /// <summary>The x87, and MMX with it.</summary>
    public X87State X87 { get; init; } = new();

    /// <summary>RFLAGS, as far as <see cref="Flags"/> goes.</summary>
    public ulong Rflags { get; set; }

    public byte[] Memory { get; } = new byte[ScratchSize];

    /// <summary>Whether the instruction raised an exception instead.</summary>
    public bool Raised { get; set; }

    /// <summary>Where two states differ; empty if they do not.</summary>
    /// <param name="flags">The flags that count.</param>
    /// <param name="ignoredStatus">Bits of the x87's status word that do not count.</param>
    public string Difference(X86State other, ulong flags, int ignoredStatus = 0)
    {
        List<string> differences = [.. X87.Differences(other.X87, ignoredStatus)];
        for (int i = 0; i < 16; i++)
        {
            if (Registers[i] != other.Registers[i])
            {
                differences.Add($"register {i}: {Registers[i]:x} and {other.Registers[i]:x}");
            }
        }

        for (int i = 0; i < 16; i++)
        {
            if (Vectors[i] != other.Vectors[i])
            {
                differences.Add($"xmm{i}: {Vectors[i]:x32} and {other.Vectors[i]:x32}");
            }
        }

        for (int i = 0; i < 16; i++)
        {
            if (Upper[i] != other.Upper[i])
            {
                differences.Add($"ymm{i}'s upper half: {Upper[i]:x32} and {other.Upper[i]:x32}");
            }
        }

        if (Mxcsr != other.Mxcsr)
        {
            differences.Add($"MXCSR {Mxcsr:x4} and {other.Mxcsr:x4}");
        }

        if (((Rflags ^ other.Rflags) & flags) != 0)
        {
            differences.Add($"flags {Rflags & flags:x3} and {other.Rflags & flags:x3}");
        }

        int at = Memory.AsSpan().CommonPrefixLength(other.Memory);
        if (at < Memory.Length)
        {
            differences.Add($"[{Scratch + (ulong)at:x}]: {Memory[at]:x2} and {other.Memory[at]:x2}");
        }

        if (Raised != other.Raised)
        {
            differences.Add(Raised ? "only the first raises" : "only the second raises");
        }

        return string.Join(", ", differences);
    }
}
