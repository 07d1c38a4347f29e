using System.Numerics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

// Conversions between the formats (SDM vol. 1, 8.3.3 and table 8-10).
public static partial class X87Float
{
    private const int BcdDigits = 18;
    private const ulong BcdLimit = 1_000_000_000_000_000_000;

    /// <summary>A single or double (FLD).</summary>
    internal static Float80 From<TFormat>(ulong bits, ref X87Status status)
        where TFormat : struct, IFloatFormat
    {
        Float80 value = Widen<TFormat>(bits, ref status);
        if (!value.IsSignalling)
        {
            return value;
        }

        status.Exceptions |= X87Exceptions.Invalid;
        return Quiet(value);
    }

    /// <summary>A single or double as it is, signalling NaNs too; reports a denormal.</summary>
    internal static Float80 Widen<TFormat>(ulong bits, ref X87Status status)
        where TFormat : struct, IFloatFormat
    {
        int fraction = TFormat.FractionBits;
        int exponentBits = TFormat.Width - 1 - TFormat.FractionBits;
        int mask = (1 << exponentBits) - 1;
        int exponent = (int)(bits >> fraction) & mask;
        ushort sign = (bits >> (fraction + exponentBits) & 1) != 0 ? (ushort)0x8000 : (ushort)0;
        ulong significand = (bits & ((1UL << fraction) - 1)) << (63 - fraction);
        if (exponent == mask)
        {
            return new Float80((ushort)(sign | Float80.ExponentMask), significand | Float80.IntegerBit);
        }

        int rebias = Bias - (mask >> 1);
        if (exponent != 0)
        {
            return new Float80((ushort)(sign | (exponent + rebias)), significand | Float80.IntegerBit);
        }

        if (significand == 0)
        {
            return new Float80(sign, 0);
        }

        status.Exceptions |= X87Exceptions.Denormal;
        int shift = BitOperations.LeadingZeroCount(significand);
        return new Float80((ushort)(sign | (rebias + 1 - shift)), significand << shift);
    }

    /// <summary>To a single or double (FST). Where overflow or underflow is not masked nothing is to be stored.</summary>
    internal static ulong To<TFormat>(Float80 a, ref X87Status status)
        where TFormat : struct, IFloatFormat
    {
        int fraction = TFormat.FractionBits;
        int exponentBits = TFormat.Width - 1 - TFormat.FractionBits;
        int mask = (1 << exponentBits) - 1;
        if (a.IsUnsupported)
        {
            a = Invalid(ref status);
        }

        ulong sign = (a.Sign ? 1UL : 0) << (fraction + exponentBits);
        ulong infinity = (ulong)mask << fraction;
        if (a.Exponent == Float80.ExponentMask)
        {
            if (a.IsSignalling)
            {
                status.Exceptions |= X87Exceptions.Invalid;
                a = Quiet(a);
            }

            return sign | infinity | (a.Significand & ~Float80.IntegerBit) >> (63 - fraction);
        }

        if (a.IsZero)
        {
            return sign;
        }

        (int exponent, ulong significand) = Normalize(a);
        exponent -= Bias - (mask >> 1);
        UInt128 wide = (UInt128)significand << 64;
        int drop = 127 - fraction;
        bool tiny = exponent < 1 && IsTiny(a.Sign, exponent, wide, drop, status.Rounding);
        if (tiny && (status.Masked & X87Exceptions.Underflow) == 0)
        {
            status.Exceptions |= X87Exceptions.Underflow;
            return 0;
        }

        if (exponent < 1)
        {
            wide = ShiftRight(wide, 1 - exponent);
            exponent = 0;
        }

        UInt128 rounded = RoundAt(a.Sign, wide, drop, status.Rounding, out bool inexact, out bool up);
        bool carries = rounded < wide && up;

        // A double's exponent may not even fit its word.
        exponent = Math.Min(exponent, mask + 1);

        // The integer bit adds one to the exponent field; a carry out of it one more, with a fraction of 0.
        ulong result = carries
            ? (ulong)(exponent + 1) << fraction
            : ((ulong)Math.Max(exponent - 1, 0) << fraction) + (ulong)(rounded >> drop);
        if (exponent > mask || result >= infinity)
        {
            status.Exceptions |= X87Exceptions.Overflow;
            if ((status.Masked & X87Exceptions.Overflow) == 0)
            {
                return 0;
            }

            status.Exceptions |= X87Exceptions.Precision;
            status.RoundedUp = IsAway(a.Sign, status.Rounding);
            return sign | (status.RoundedUp ? infinity : infinity - 1);
        }

        Note(inexact, up, ref status);
        status.Exceptions |= tiny && inexact ? X87Exceptions.Underflow : X87Exceptions.None;
        return sign | result;
    }

    /// <summary>An integer (FILD): exact.</summary>
    internal static Float80 FromInteger(long value)
    {
        ulong magnitude = value < 0 ? 0 - (ulong)value : (ulong)value;
        return FromMagnitude(value < 0, magnitude);
    }

    /// <summary>To an integer of 16, 32 or 64 bits, or the integer indefinite (FIST, FISTTP).</summary>
    internal static ulong ToInteger(Float80 a, int width, FpRounding rounding, ref X87Status status)
    {
        ulong limit = 1UL << (width - 1);
        ulong mask = width == 64 ? ulong.MaxValue : (1UL << width) - 1;
        if (!Magnitude(a, rounding, out UInt128 magnitude, out bool inexact, out bool up) || magnitude > (a.Sign ? limit : limit - 1))
        {
            status.Exceptions |= X87Exceptions.Invalid;
            return limit;
        }

        Note(inexact, up, ref status);
        return (a.Sign ? 0 - (ulong)magnitude : (ulong)magnitude) & mask;
    }

    /// <summary>18 decimal digits and a sign (FBLD).</summary>
    internal static Float80 FromBcd(Float80 digits)
    {
        ulong value = 0;
        for (int i = BcdDigits - 1; i >= 0; i--)
        {
            int digit = (int)(i < 16 ? digits.Significand >> (4 * i) : (ulong)digits.SignExponent >> (4 * (i - 16))) & 15;
            value = value * 10 + (ulong)digit;
        }

        return FromMagnitude(digits.Sign, value);
    }

    /// <summary>To 18 decimal digits and a sign, or the packed indefinite (FBSTP).</summary>
    internal static Float80 ToBcd(Float80 a, ref X87Status status)
    {
        if (!Magnitude(a, status.Rounding, out UInt128 magnitude, out bool inexact, out bool up) || magnitude >= BcdLimit)
        {
            return Invalid(ref status);
        }

        Note(inexact, up, ref status);
        UInt128 digits = 0;
        ulong rest = (ulong)magnitude;
        for (int i = 0; i < BcdDigits; i++)
        {
            (rest, ulong digit) = Math.DivRem(rest, 10);
            digits |= (UInt128)digit << (4 * i);
        }

        return new Float80((ushort)((ushort)(digits >> 64) | (a.Sign ? 0x8000 : 0)), (ulong)digits);
    }

    /// <summary>Rounds to an integral value (FRNDINT).</summary>
    internal static Float80 RoundToIntegral(Float80 a, ref X87Status status)
    {
        if (Decides(a, a, ref status, out Float80 decided))
        {
            return decided;
        }

        NoteDenormals(a, a, ref status);
        if (a.IsZero || a.Exponent >= Bias + 63)
        {
            return a;
        }

        Magnitude(a, status.Rounding, out UInt128 magnitude, out bool inexact, out bool up);
        Note(inexact, up, ref status);
        return FromMagnitude(a.Sign, magnitude);
    }

    private static Float80 FromMagnitude(bool sign, UInt128 magnitude)
    {
        if (magnitude == 0)
        {
            return Float80.Zero(sign);
        }

        int shift = (int)UInt128.LeadingZeroCount(magnitude);
        return new Float80((ushort)(Bias + 127 - shift | (sign ? 0x8000 : 0)), (ulong)(magnitude << shift >> 64));
    }

    /// <summary>The magnitude rounded to an integer; false for what is none below 2^65.</summary>
    private static bool Magnitude(Float80 a, FpRounding rounding, out UInt128 magnitude, out bool inexact, out bool up)
    {
        (magnitude, inexact, up) = (0, false, false);
        if (a.IsUnsupported || a.Exponent >= Bias + 64)
        {
            return false;
        }

        int right = Bias + 63 - Math.Max(a.Exponent, 1);
        UInt128 wide = ShiftRight((UInt128)a.Significand << 62, Math.Max(right, 0)) << Math.Max(-right, 0);
        magnitude = RoundAt(a.Sign, wide, 62, rounding, out inexact, out up) >> 62;
        return true;
    }

    private static void Note(bool inexact, bool up, ref X87Status status)
    {
        status.Exceptions |= inexact ? X87Exceptions.Precision : X87Exceptions.None;
        status.RoundedUp = up;
    }
}
