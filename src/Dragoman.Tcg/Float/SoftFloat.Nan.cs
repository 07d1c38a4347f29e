using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>The NaN of an invalid operation: positive on Arm, negative on x86 and Alpha.</summary>
    private static ulong DefaultNan(in FpStatus status)
        => WithSign(status.NanRule != FpNanRule.Arm, InfinityBits | (1UL << (FractionBits - 1)));

    private static ulong Invalid(ref FpStatus status)
    {
        status.Exceptions |= FpExceptions.Invalid;
        return TFormat.IsVax ? 0 : DefaultNan(in status);
    }

    private static ulong Quieten(FloatParts nan) => WithSign(nan.Sign, InfinityBits | ((nan.Significand | QuietBit) >> Excess));

    /// <summary>Arm ARM, FPProcessNaN.</summary>
    private static ulong PropagateNan(FloatParts nan, ref FpStatus status)
    {
        RaiseInvalid(nan.IsSignalling, ref status);
        return status.DefaultNan ? DefaultNan(in status) : Quieten(nan);
    }

    /// <summary>The result of an operation on two operands of which one at least is a NaN.</summary>
    private static ulong PropagateNan(FloatParts a, FloatParts b, ref FpStatus status)
    {
        RaiseInvalid(a.IsSignalling || b.IsSignalling, ref status);
        if (status.DefaultNan)
        {
            return DefaultNan(in status);
        }

        bool first = status.NanRule switch
        {
            FpNanRule.X86Sse => a.IsNan,
            FpNanRule.Alpha => !b.IsNan,
            FpNanRule.X87 => PrefersFirstOnX87(a, b),
            _ => a.IsSignalling || (!b.IsSignalling && a.IsNan),
        };
        return Quieten(first ? a : b);
    }

    /// <summary>
    /// The result of <c>addend + a·b</c> when an operand is a NaN. Arm looks at the addend first (FPProcessNaNs3), and an invalid
    /// product beside a quiet addend gives the default NaN (FPMulAdd); x86 looks at the factors first and keeps the addend silently.
    /// </summary>
    private static ulong PropagateNan(FloatParts addend, FloatParts a, FloatParts b, bool invalidProduct, ref FpStatus status)
    {
        RaiseInvalid(addend.IsSignalling || a.IsSignalling || b.IsSignalling, ref status);
        if (status.NanRule == FpNanRule.Arm)
        {
            if (invalidProduct && addend.Class == FloatClass.QuietNan)
            {
                return Invalid(ref status);
            }

            return status.DefaultNan ? DefaultNan(in status)
                : Quieten(addend.IsSignalling ? addend : a.IsSignalling ? a : b.IsSignalling ? b
                    : addend.IsNan ? addend : a.IsNan ? a : b);
        }

        return status.DefaultNan ? DefaultNan(in status) : Quieten(a.IsNan ? a : b.IsNan ? b : addend);
    }

    /// <summary>Intel SDM vol. 1, table 4-7: a quiet NaN over a signalling one, else the larger significand, else the positive one.</summary>
    private static bool PrefersFirstOnX87(FloatParts a, FloatParts b)
    {
        if (!a.IsNan || !b.IsNan)
        {
            return a.IsNan;
        }

        if (a.IsSignalling != b.IsSignalling)
        {
            return b.IsSignalling;
        }

        return a.Significand != b.Significand ? a.Significand > b.Significand : !a.Sign;
    }

    private static void RaiseInvalid(bool invalid, ref FpStatus status)
    {
        if (invalid)
        {
            status.Exceptions |= FpExceptions.Invalid;
        }
    }
}
