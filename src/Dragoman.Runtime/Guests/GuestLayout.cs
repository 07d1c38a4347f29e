using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>What the instruction builder and tools must know of a guest's state; emitted from its description.</summary>
public sealed class GuestLayout
{
    /// <summary>Bytes of the vCPU block.</summary>
    public required int Size { get; init; }

    /// <summary>Bytes from <c>env</c> of the 64-bit PC.</summary>
    public required int PcOffset { get; init; }

    /// <summary>Registers that the IR knows, in the order of their numbers.</summary>
    public required IReadOnlyList<GlobalInfo> Globals { get; init; }

    /// <summary>Every architectural register.</summary>
    public required IReadOnlyList<GuestRegister> Registers { get; init; }

    /// <summary>Registers of privileged software.</summary>
    public IReadOnlyList<GuestRegister> SystemRegisters { get; init; } = [];

    /// <summary>Where in <c>tbstate</c> the MMU mode of accesses stands.</summary>
    public TbStateField ModeField { get; init; }

    /// <summary>Where in <c>tbstate</c> it stands that every access must be aligned to its size.</summary>
    public TbStateField AlignedField { get; init; }

    /// <summary>Sets of one-bit flags.</summary>
    public IReadOnlyList<FlagSet> FlagSets { get; init; } = [];

    /// <summary>Whether an atomic access to an address that is no multiple of its size is an alignment fault.</summary>
    public bool AlignsAtomics { get; init; } = true;

    /// <summary>The <c>tbstate</c> bits that are globals of the IR, whose writes the translator follows; after a write of others the TB ends.</summary>
    public TbStateBits[] TbState { get; init; } = [];

    /// <summary>What the floating-point environment in the header is tied to, or null.</summary>
    public FpEnvironmentLayout? FpEnvironment { get; init; }

    /// <summary>Globals of a register array: <c>X0</c>, <c>X1</c>, ..</summary>
    public static GlobalInfo[] Array(string name, int count, TcgType type, int offset)
    {
        GlobalInfo[] globals = new GlobalInfo[count];
        for (int i = 0; i < count; i++)
        {
            globals[i] = new GlobalInfo(name + i, type, offset + (i * (type == TcgType.I32 ? 4 : 8)));
        }

        return globals;
    }

    /// <summary>Registers of an array.</summary>
    public static GuestRegister[] RegisterArray(string name, int count, int offset, int size)
    {
        GuestRegister[] registers = new GuestRegister[count];
        for (int i = 0; i < count; i++)
        {
            registers[i] = new GuestRegister(name + i, offset + (i * size), size);
        }

        return registers;
    }

    /// <summary>Where the 16-byte registers lie, one behind the other: bytes from <c>env</c>, the end exclusive.</summary>
    public (int Start, int End) VectorFile
    {
        get
        {
            int start = int.MaxValue;
            int end = 0;
            foreach (GuestRegister register in Registers)
            {
                if (register.Size == 16)
                {
                    start = Math.Min(start, register.Offset);
                    end = Math.Max(end, register.Offset + 16);
                }
            }

            return end == 0 ? (0, 0) : (start, end);
        }
    }

    /// <summary>Whether the global at <paramref name="offset"/> is a flag.</summary>
    public bool IsFlag(int offset)
    {
        foreach (FlagSet flags in FlagSets)
        {
            for (int i = 0; i < flags.Offsets.Count; i++)
            {
                if (flags.Offsets[i] == offset)
                {
                    return true;
                }
            }
        }

        return false;
    }
}
