using Dragoman.Tcg.Abi;
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

    /// <summary>Sets of one-bit flags.</summary>
    public IReadOnlyList<FlagSet> FlagSets { get; init; } = [];

    /// <summary>What the floating-point environment in the header is tied to, or null.</summary>
    public FpEnvironmentLayout? FpEnvironment { get; init; }

    /// <summary>Globals of a register array: <c>X0</c>, <c>X1</c>, ..</summary>
    public static IEnumerable<GlobalInfo> Array(string name, int count, TcgType type, int offset) =>
        Enumerable.Range(0, count).Select(i => new GlobalInfo(name + i, type, offset + i * (type == TcgType.I32 ? 4 : 8)));

    /// <summary>Registers of an array.</summary>
    public static IEnumerable<GuestRegister> RegisterArray(string name, int count, int offset, int size) =>
        Enumerable.Range(0, count).Select(i => new GuestRegister(name + i, offset + i * size, size));

    /// <summary>Where the 16-byte registers lie, one behind the other: bytes from <c>env</c>, the end exclusive.</summary>
    public (int Start, int End) VectorFile
    {
        get
        {
            int[] offsets = [.. Registers.Where(r => r.Size == 16).Select(r => r.Offset)];
            return offsets.Length == 0 ? (0, 0) : (offsets.Min(), offsets.Max() + 16);
        }
    }

    /// <summary>Whether the global at <paramref name="offset"/> is a flag.</summary>
    public bool IsFlag(int offset) => FlagSets.Any(f => f.Offsets.Contains(offset));
}

/// <summary>A set of one-bit flags kept as a 32-bit 0 or 1 each.</summary>
/// <param name="Name">Name of the set (<c>NZCV</c>).</param>
/// <param name="Offsets">Bytes from <c>env</c>, most significant flag first.</param>
public sealed record FlagSet(string Name, IReadOnlyList<int> Offsets);

/// <summary>Bits of a register that the floating-point environment reads or accumulates into.</summary>
/// <param name="Global">Number of the register among the globals.</param>
/// <param name="Offset">Bytes from <c>env</c> of the register.</param>
/// <param name="Low">Lowest bit.</param>
/// <param name="Width">Bits.</param>
public sealed record FpBits(int Global, int Offset, int Low, int Width);

/// <summary>
/// Ties <see cref="VcpuHeader.Fp"/> to the guest's control and status registers. A write to the control register is unpacked into the
/// environment; the cumulative exceptions live in the environment and are merged into the status register when it is read.
/// </summary>
public sealed class FpEnvironmentLayout
{
    /// <summary>How NaNs propagate.</summary>
    public FpNanRule NanRule { get; init; }

    /// <summary>Rounding direction, in the numbers of <see cref="FpRounding"/>.</summary>
    public FpBits? Rounding { get; init; }

    /// <summary>Flush denormals to zero, inputs and outputs.</summary>
    public FpBits? Flush { get; init; }

    /// <summary>Results that are NaNs are the default NaN.</summary>
    public FpBits? DefaultNan { get; init; }

    /// <summary>Alternative half precision.</summary>
    public FpBits? AlternativeHalf { get; init; }

    /// <summary>Cumulative exceptions, in the positions of <see cref="FpExceptions"/> from <see cref="FpBits.Low"/> on.</summary>
    public FpBits? Sticky { get; init; }

    /// <summary>Brings the environment up to the registers, after something other than translated code wrote them (sigreturn, a debugger).</summary>
    public unsafe void Load(byte* env)
    {
        VcpuHeader* header = (VcpuHeader*)env;
        uint Bits(FpBits? part) => part is null ? 0 : *(uint*)(env + part.Offset) >> part.Low & ((1u << part.Width) - 1);
        header->Fp.Rounding = (FpRounding)Bits(Rounding);
        header->Fp.FlushInputs = header->Fp.FlushOutputs = Bits(Flush) != 0;
        header->Fp.DefaultNan = Bits(DefaultNan) != 0;
        header->Fp.AlternativeHalf = Bits(AlternativeHalf) != 0;
        header->Fp.NanRule = NanRule;
        header->Fp.Exceptions = (FpExceptions)Bits(Sticky);
    }

    /// <summary>Brings the status register up to the environment, before something other than translated code reads it.</summary>
    public unsafe void Store(byte* env)
    {
        if (Sticky is { } sticky)
        {
            uint mask = ((1u << sticky.Width) - 1) << sticky.Low;
            uint* register = (uint*)(env + sticky.Offset);
            *register = (*register & ~mask) | (uint)((VcpuHeader*)env)->Fp.Exceptions << sticky.Low;
        }
    }
}
