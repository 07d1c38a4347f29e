using System.Numerics;
using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// Exact IEEE 754 arithmetic on raw bits. Every method reads rounding, flushing and NaN rule from its <see cref="FpStatus"/> and
/// accumulates exceptions into it. Pure otherwise: any thread that owns the status may call.
/// </summary>
/// <remarks>
/// Operands must be zero-extended to 64 bits; results are. Values are unpacked to <see cref="FloatParts"/>, computed in 64 or 128
/// bits with the lost bits gathered in a sticky bit, and rounded once. Behaviour that IEEE 754 leaves open follows
/// <see cref="FpStatus.NanRule"/>; operations named for an Arm instruction follow the Arm ARM's shared pseudocode (J1.3).
/// </remarks>
/// <typeparam name="TFormat">The format of operands and result.</typeparam>
public static partial class SoftFloat<TFormat>
    where TFormat : struct, IFloatFormat
{
    private const ulong IntegerBit = 1UL << 63;

    private const ulong QuietBit = 1UL << 62;

    private static int FractionBits => TFormat.FractionBits;

    private static int ExponentMask => (1 << (TFormat.Width - 1 - TFormat.FractionBits)) - 1;

    // A VAX fraction is half of an IEEE significand: two more.
    private static int Bias => TFormat.IsVax ? (ExponentMask >> 1) + 2 : ExponentMask >> 1;

    /// <summary>The exponent field of the largest finite number.</summary>
    private static int LargestExponentField => TFormat.HasSpecials ? ExponentMask - 1 : ExponentMask;

    private static ulong FractionMask => (1UL << TFormat.FractionBits) - 1;

    private static ulong SignMask => 1UL << (TFormat.Width - 1);

    /// <summary>Positive infinity; where the format has none, the pattern that would be it.</summary>
    private static ulong InfinityBits => (ulong)ExponentMask << FractionBits;

    private static ulong LargestBits => ((ulong)LargestExponentField << FractionBits) | FractionMask;

    /// <summary>Distance from bit 63, where an unpacked significand has its integer bit, to the integer bit of the format.</summary>
    private static int Excess => 63 - TFormat.FractionBits;

    private static ulong WithSign(bool sign, ulong magnitude) => sign && !(TFormat.IsVax && magnitude == 0) ? magnitude | SignMask : magnitude;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Flushes(in FpStatus status, bool general) => TFormat.Width == 16 ? status.FlushHalf : general;

    /// <summary>Unpacks a raw value, flushing a denormal if the status says so.</summary>
    internal static FloatParts Unpack(ulong bits, ref FpStatus status)
    {
        bool sign = (bits & SignMask) != 0;
        int exponent = (int)(bits >> FractionBits) & ExponentMask;
        ulong fraction = bits & FractionMask;
        if (exponent == 0)
        {
            if (TFormat.IsVax)
            {
                RaiseInvalid(bits != 0, ref status);
                return FloatParts.Zero(false);
            }

            return fraction == 0 ? FloatParts.Zero(sign) : UnpackDenormal(sign, fraction, ref status);
        }

        if (exponent == ExponentMask && TFormat.HasSpecials)
        {
            ulong payload = fraction << Excess;
            FloatClass special = fraction == 0 ? FloatClass.Infinity
                : (payload & QuietBit) != 0 ? FloatClass.QuietNan
                : FloatClass.SignallingNan;
            return new(special, sign, 0, payload);
        }

        return FloatParts.Finite(sign, exponent - Bias, IntegerBit | (fraction << Excess));
    }

    /// <summary>
    /// x86 reports a denormal operand that is computed with. NaNs, and what the operands' classes alone make an exception, come first (Intel SDM 1, 4.9.2);
    /// of half precision nothing is reported (2C, VCVTPH2PS).
    /// </summary>
    private static void ReportDenormals(FloatParts a, FloatParts b, ref FpStatus status)
    {
        if (status.ReportsDenormals && TFormat.Width != 16 && (IsDenormal(a) || IsDenormal(b)))
        {
            status.Exceptions |= FpExceptions.DenormalOperand;
        }
    }

    private static bool IsDenormal(FloatParts x) => x.Class == FloatClass.Finite && x.Exponent < 1 - Bias;

    private static FloatParts UnpackDenormal(bool sign, ulong fraction, ref FpStatus status)
    {
        if (Flushes(in status, status.FlushInputs))
        {
            // Arm alone reports a flushed input, and not for half precision (FPUnpackBase).
            if (TFormat.Width != 16 && status.NanRule == FpNanRule.Arm)
            {
                status.Exceptions |= FpExceptions.InputDenormal;
            }

            return FloatParts.Zero(sign);
        }

        int shift = BitOperations.LeadingZeroCount(fraction);
        return FloatParts.Finite(sign, 64 - Bias - FractionBits - shift, fraction << shift);
    }
}
