using System.Numerics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>Rounds <c>±significand · 2^(exponent-127)</c>, which need not be normalized but is not zero.</summary>
    private static ulong RoundUnnormalized(bool sign, int exponent, UInt128 significand, ref FpStatus status)
    {
        int shift = (int)UInt128.LeadingZeroCount(significand);
        significand <<= shift;
        return Round(sign, exponent - shift, (ulong)(significand >> 64), (ulong)significand, ref status);
    }

    /// <summary>
    /// Rounds and packs <c>±high:low · 2^(exponent-127)</c>, bit 63 of <paramref name="high"/> set, raising Overflow, Underflow and Inexact.
    /// </summary>
    internal static ulong Round(bool sign, int exponent, ulong high, ulong low, ref FpStatus status)
    {
        ulong significand = high | (low != 0 ? 1UL : 0UL);
        int field = exponent + Bias;
        bool tiny = field <= 0;
        if (tiny)
        {
            if (Flushes(in status, status.FlushOutputs) && status.TininessBeforeRounding)
            {
                status.Exceptions |= FpExceptions.Underflow;
                return WithSign(sign, 0);
            }

            tiny = status.TininessBeforeRounding || IsTinyAfterRounding(sign, field, significand, status.Rounding);
            if (tiny && Flushes(in status, status.FlushOutputs))
            {
                // Intel SDM vol. 1, 10.2.3.3: the flushed result is reported as inexact too.
                status.Exceptions |= FpExceptions.Underflow | FpExceptions.Inexact;
                return WithSign(sign, 0);
            }

            if (tiny && TFormat.IsVax)
            {
                // Alpha ARM 4.7.7.7: a true zero.
                status.Exceptions |= FpExceptions.Underflow;
                return 0;
            }

            significand = ShiftRightSticky(significand, 1 - field);
            field = 1;
        }

        ulong rest = significand & ((1UL << Excess) - 1);
        ulong kept = significand >> Excess;
        if (RoundingDecision.GrowsMagnitude(status.Rounding, sign, kept, rest, 1UL << (Excess - 1)))
        {
            kept++;
        }
        else if (rest != 0 && status.Rounding == FpRounding.Odd)
        {
            kept |= 1;
        }

        // The integer bit of `kept`, where there is one, adds the last unit of the exponent field; so does a carry out of the rounding.
        ulong magnitude = ((ulong)(field - 1) << FractionBits) + kept;
        if (magnitude > LargestBits || field > LargestExponentField)
        {
            return Overflow(sign, ref status);
        }

        if (rest != 0)
        {
            status.Exceptions |= tiny ? FpExceptions.Inexact | FpExceptions.Underflow : FpExceptions.Inexact;
        }

        return WithSign(sign, magnitude);
    }

    private static ulong Overflow(bool sign, ref FpStatus status)
    {
        if (!TFormat.HasSpecials)
        {
            // Arm ARM, FPRoundBase: alternative half precision saturates and reports Invalid only. What a VAX operation leaves is unpredictable.
            status.Exceptions |= TFormat.IsVax ? FpExceptions.Overflow : FpExceptions.Invalid;
            return WithSign(sign, LargestBits);
        }

        status.Exceptions |= FpExceptions.Overflow | FpExceptions.Inexact;
        return WithSign(sign, RoundingDecision.OverflowsToInfinity(status.Rounding, sign) ? InfinityBits : LargestBits);
    }

    /// <summary>Whether the value, rounded to the format's precision as if exponents had no lower end, is still below the least normal number.</summary>
    private static bool IsTinyAfterRounding(bool sign, int field, ulong significand, FpRounding rounding)
    {
        if (field != 0)
        {
            return true;
        }

        ulong rest = significand & ((1UL << Excess) - 1);
        ulong kept = significand >> Excess;
        bool allOnes = kept == (FractionMask << 1 | 1);
        return !(allOnes && RoundingDecision.GrowsMagnitude(rounding, sign, kept, rest, 1UL << (Excess - 1)));
    }

    /// <summary>Shifts right; a lost one survives in bit 0.</summary>
    private static ulong ShiftRightSticky(ulong value, int count)
        => count >= 64 ? (value != 0 ? 1UL : 0UL)
            : (value >> count) | ((value & ((1UL << count) - 1)) != 0 ? 1UL : 0UL);

    /// <inheritdoc cref="ShiftRightSticky(ulong, int)"/>
    private static UInt128 ShiftRightSticky(UInt128 value, int count)
        => count >= 128 ? (value != UInt128.Zero ? UInt128.One : UInt128.Zero)
            : (value >> count) | ((value & ((UInt128.One << count) - 1)) != UInt128.Zero ? UInt128.One : UInt128.Zero);
}
