using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Guests;

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
