using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class X87Float
{
    /// <summary>Rounds a normalized number (bit 127 set, anything lost in bit 0) as the control word says; exceptions are those of masked responses.</summary>
    private static Float80 Round(bool sign, int exponent, UInt128 significand, ref X87Status status)
    {
        int drop = 128 - status.Precision;
        bool tiny = false;
        if (exponent < 1 && (status.Masked & X87Exceptions.Underflow) == 0 && IsTiny(sign, exponent, significand, drop, status.Rounding))
        {
            status.Exceptions |= X87Exceptions.Underflow;
            exponent += WrapExponent;
        }

        if (exponent < 1)
        {
            // Tiny is what would be below the least normal number after rounding with an exponent without bounds.
            tiny = IsTiny(sign, exponent, significand, drop, status.Rounding);
            significand = ShiftRight(significand, 1 - exponent);
            exponent = 0;
        }

        UInt128 rounded = RoundAt(sign, significand, drop, status.Rounding, out bool inexact, out bool up);
        if (rounded < significand && up)
        {
            rounded = UInt128.One << 127;
            exponent++;
        }

        if (exponent == 0 && rounded >> 127 != 0)
        {
            exponent = 1;
        }

        if (exponent >= Float80.ExponentMask)
        {
            if ((status.Masked & X87Exceptions.Overflow) != 0 || exponent - WrapExponent >= Float80.ExponentMask)
            {
                return Overflow(sign, ref status);
            }

            status.Exceptions |= X87Exceptions.Overflow;
            exponent -= WrapExponent;
        }

        if (inexact)
        {
            status.Exceptions |= X87Exceptions.Precision | (tiny ? X87Exceptions.Underflow : X87Exceptions.None);
            status.RoundedUp = up;
        }

        return new Float80((ushort)(exponent | (sign ? 0x8000 : 0)), (ulong)(rounded >> 64));
    }

    private static bool IsTiny(bool sign, int exponent, UInt128 significand, int drop, FpRounding rounding) =>
        exponent < 0 || (RoundAt(sign, significand, drop, rounding, out _, out _) >> 127) != 0;

    private static Float80 Overflow(bool sign, ref X87Status status)
    {
        status.Exceptions |= X87Exceptions.Overflow | X87Exceptions.Precision;
        bool away = IsAway(sign, status.Rounding);
        status.RoundedUp = away;
        return away
            ? Float80.Infinity(sign)
            : new Float80((ushort)(0x7FFE | (sign ? 0x8000 : 0)), ulong.MaxValue << (64 - status.Precision));
    }

    // Whether what is too great becomes an infinity.
    private static bool IsAway(bool sign, FpRounding rounding) => rounding switch
    {
        FpRounding.NearestEven => true,
        FpRounding.Up => !sign,
        FpRounding.Down => sign,
        _ => false,
    };

    /// <summary>Rounds to a multiple of 2^drop; wraps to less than it was where that carries out.</summary>
    private static UInt128 RoundAt(bool sign, UInt128 significand, int drop, FpRounding rounding, out bool inexact, out bool up)
    {
        UInt128 unit = UInt128.One << drop;
        UInt128 rest = significand & (unit - 1);
        UInt128 kept = significand - rest;
        UInt128 half = unit >> 1;
        inexact = rest != 0;
        up = rounding switch
        {
            FpRounding.NearestEven => rest > half || (rest == half && (kept & unit) != 0),
            FpRounding.Up => inexact && !sign,
            FpRounding.Down => inexact && sign,
            _ => false,
        };
        return up ? kept + unit : kept;
    }

    /// <summary>To the right; bits that fall off are seen in bit 0.</summary>
    private static UInt128 ShiftRight(UInt128 value, int count)
        => count == 0 ? value
            : count >= 128 ? (value != 0 ? UInt128.One : UInt128.Zero)
            : (value >> count) | ((value << (128 - count)) != 0 ? UInt128.One : UInt128.Zero);
}
