using System.Numerics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>Rounds to an integer in the same format (Arm FPRoundInt). A zero result keeps the operand's sign.</summary>
    /// <param name="a">The operand.</param>
    /// <param name="exact">Whether a change of value raises Inexact (FRINTX does, the other FRINTs do not).</param>
    /// <param name="status">The environment; its rounding direction applies.</param>
    public static ulong RoundToIntegral(ulong a, bool exact, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        if (x.IsNan)
        {
            return PropagateNan(x, ref status);
        }

        if (x.IsZero)
        {
            return WithSign(x.Sign, 0);
        }

        if (x.IsInfinity || x.Exponent >= FractionBits)
        {
            return a;
        }

        ulong magnitude = RoundMagnitude(x.Sign, x.Exponent, x.Significand, status.Rounding, out bool changed);
        if (changed && exact)
        {
            status.Exceptions |= FpExceptions.Inexact;
        }

        if (magnitude == 0)
        {
            return WithSign(x.Sign, 0);
        }

        int shift = BitOperations.LeadingZeroCount(magnitude);
        return Round(x.Sign, 63 - shift, magnitude << shift, 0, ref status);
    }

    /// <summary>Converts to a fixed-point integer of <paramref name="width"/> bits (Arm FPToFixed), zero-extended to 64.</summary>
    /// <param name="a">The operand.</param>
    /// <param name="width">Bits of the result, 8 to 64.</param>
    /// <param name="signed">Whether the result is in two's complement.</param>
    /// <param name="fractionBits">Bits of the result that are below the binary point; 0 for integers.</param>
    /// <param name="overflow">What happens to a value that does not fit.</param>
    /// <param name="status">The environment; its rounding direction applies.</param>
    public static ulong ToInteger(ulong a, int width, bool signed, int fractionBits, IntegerOverflow overflow, ref FpStatus status)
    {
        ulong mask = ulong.MaxValue >> (64 - width);
        FloatParts x = Unpack(a, ref status);
        if (x.IsZero)
        {
            return 0;
        }

        bool negative = x.Sign;
        ulong magnitude = 0;
        bool changed = false;
        bool fits = x.Class == FloatClass.Finite;
        if (fits)
        {
            int exponent = x.Exponent + fractionBits;
            if (exponent > 63)
            {
                magnitude = exponent - 63 < 64 ? x.Significand << (exponent - 63) : 0;
                fits = false;
            }
            else
            {
                magnitude = RoundMagnitude(x.Sign, exponent, x.Significand, status.Rounding, out changed);
                ulong limit = signed ? (mask >> 1) + (negative ? 1UL : 0UL) : (negative ? 0UL : mask);
                fits = magnitude <= limit;
            }
        }

        if (fits)
        {
            if (changed)
            {
                status.Exceptions |= FpExceptions.Inexact;
            }

            return (negative ? 0 - magnitude : magnitude) & mask;
        }

        status.Exceptions |= FpExceptions.Invalid;
        return overflow switch
        {
            IntegerOverflow.Wrap => (negative ? 0 - magnitude : magnitude) & mask,
            IntegerOverflow.Indefinite => signed ? mask ^ (mask >> 1) : mask,
            _ when x.IsNan => 0,
            _ => signed ? (negative ? mask ^ (mask >> 1) : mask >> 1) : (negative ? 0 : mask),
        };
    }

    /// <summary>Converts a fixed-point integer (Arm FixedToFP). Zero gives +0 in every rounding direction.</summary>
    /// <param name="value">The integer in its low <paramref name="width"/> bits; the bits above do not matter.</param>
    /// <param name="width">Bits of the integer, 8 to 64.</param>
    /// <param name="signed">Whether the integer is in two's complement.</param>
    /// <param name="fractionBits">Bits of the integer that are below the binary point; 0 for integers.</param>
    /// <param name="status">The environment; its rounding direction applies.</param>
    public static ulong FromInteger(ulong value, int width, bool signed, int fractionBits, ref FpStatus status)
    {
        value &= ulong.MaxValue >> (64 - width);
        bool negative = signed && (value >> (width - 1)) != 0;
        ulong magnitude = negative ? (0 - value) & (ulong.MaxValue >> (64 - width)) : value;
        if (magnitude == 0)
        {
            return 0;
        }

        int shift = BitOperations.LeadingZeroCount(magnitude);
        return Round(negative, 63 - shift - fractionBits, magnitude << shift, 0, ref status);
    }

    /// <summary>Rounds <c>significand · 2^(exponent-63)</c> to an integer; the exponent is at most 63.</summary>
    private static ulong RoundMagnitude(bool sign, int exponent, ulong significand, FpRounding rounding, out bool changed)
    {
        // More than 64 places below the point is the same as 65: less than half a unit, and not zero.
        int shift = Math.Min(63 - exponent, 65);
        (ulong kept, ulong rest, ulong half) = shift switch
        {
            0 => (significand, 0UL, 1UL),
            < 64 => (significand >> shift, significand & ((1UL << shift) - 1), 1UL << (shift - 1)),
            64 => (0UL, significand, IntegerBit),
            _ => (0UL, 1UL, IntegerBit),
        };
        changed = rest != 0;
        return RoundingDecision.GrowsMagnitude(rounding, sign, kept, rest, half) ? kept + 1
            : changed && rounding == FpRounding.Odd ? kept | 1
            : kept;
    }
}
