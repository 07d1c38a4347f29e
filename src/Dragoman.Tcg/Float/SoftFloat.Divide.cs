using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary><c>a / b</c>.</summary>
    public static ulong Divide(ulong a, ulong b, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);
        bool sign = x.Sign ^ y.Sign;
        if (x.Class == FloatClass.Finite && y.Class == FloatClass.Finite)
        {
            ReportDenormals(x, y, ref status);
            return DivideFinite(sign, x, y, ref status);
        }

        if (x.IsNan || y.IsNan)
        {
            return PropagateNan(x, y, ref status);
        }

        if ((x.IsInfinity && y.IsInfinity) || (x.IsZero && y.IsZero && !TFormat.IsVax))
        {
            return Invalid(ref status);
        }

        if (x.IsInfinity)
        {
            ReportDenormals(x, y, ref status);
            return WithSign(sign, InfinityBits);
        }

        if (y.IsZero)
        {
            status.Exceptions |= FpExceptions.DivideByZero;
            return WithSign(sign, InfinityBits);
        }

        ReportDenormals(x, y, ref status);
        return WithSign(sign, 0);
    }

    /// <summary>Square root. Negative operands but -0 are invalid.</summary>
    public static ulong Sqrt(ulong a, ref FpStatus status)
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

        if (x.Sign)
        {
            return Invalid(ref status);
        }

        if (x.IsInfinity)
        {
            return InfinityBits;
        }

        ReportDenormals(x, x, ref status);

        // Radicand significand·2^63 or ·2^64, whichever leaves an even exponent: the root then has exactly 64 bits.
        bool odd = (x.Exponent & 1) != 0;
        UInt128 radicand = odd ? new UInt128(x.Significand, 0) : new UInt128(x.Significand, 0) >> 1;
        ulong root = IntegerSqrt(radicand);
        UInt128 remainder = radicand - ((UInt128)root * root);
        return Round(false, x.Exponent >> 1, root, remainder != UInt128.Zero ? 1UL : 0UL, ref status);
    }

    private static ulong DivideFinite(bool sign, FloatParts x, FloatParts y, ref FpStatus status)
    {
        // The dividend is scaled so that the quotient has exactly 64 bits.
        bool less = x.Significand < y.Significand;
        UInt128 dividend = less ? new UInt128(x.Significand, 0) : new UInt128(x.Significand, 0) >> 1;
        (UInt128 quotient, UInt128 remainder) = UInt128.DivRem(dividend, y.Significand);
        int exponent = x.Exponent - y.Exponent - (less ? 1 : 0);
        return Round(sign, exponent, (ulong)quotient, remainder != UInt128.Zero ? 1UL : 0UL, ref status);
    }

    /// <summary>
    /// Floor of the square root of a number of 2^126 or more. The host's root is right to some 52 bits; one Newton step doubles that,
    /// and at most one unit is left to mend.
    /// </summary>
    private static ulong IntegerSqrt(UInt128 n)
    {
        double estimate = Math.Sqrt((double)n);
        UInt128 x = estimate >= 18446744073709551615.0 ? ulong.MaxValue : (ulong)estimate;
        x = (x + (n / x)) >> 1;
        ulong root = x > ulong.MaxValue ? ulong.MaxValue : (ulong)x;
        while ((UInt128)root * root > n)
        {
            root--;
        }

        while (root != ulong.MaxValue && ((UInt128)root + 1) * ((UInt128)root + 1) <= n)
        {
            root++;
        }

        return root;
    }
}
