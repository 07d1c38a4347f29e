using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary><c>a · b</c>.</summary>
    public static ulong Multiply(ulong a, ulong b, ref FpStatus status) => Multiply(a, b, false, ref status);

    /// <summary>Arm FMULX: as <see cref="Multiply(ulong, ulong, ref FpStatus)"/>, but infinity times zero is ±2 and raises nothing.</summary>
    public static ulong MultiplyExtended(ulong a, ulong b, ref FpStatus status) => Multiply(a, b, true, ref status);

    /// <summary><c>addend + a · b</c>, rounded once. Negated forms flip signs before the call.</summary>
    public static ulong MultiplyAdd(ulong addend, ulong a, ulong b, ref FpStatus status)
    {
        FloatParts c = Unpack(addend, ref status);
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);
        bool invalidProduct = IsInfinityTimesZero(x, y);
        if (c.IsNan || x.IsNan || y.IsNan)
        {
            return PropagateNan(c, x, y, invalidProduct, ref status);
        }

        bool sign = x.Sign ^ y.Sign;
        bool infiniteProduct = x.IsInfinity || y.IsInfinity;
        if (invalidProduct || (infiniteProduct && c.IsInfinity && c.Sign != sign))
        {
            return Invalid(ref status);
        }

        ReportDenormals(c, x, ref status);
        ReportDenormals(c, y, ref status);
        if (infiniteProduct || c.IsInfinity)
        {
            return WithSign(infiniteProduct ? sign : c.Sign, InfinityBits);
        }

        return MultiplyAddFinite(c, x, y, 0, ref status);
    }

    /// <summary>Arm FRECPS: <c>2 - a · b</c>, fused; infinity times zero counts as 0.</summary>
    public static ulong ReciprocalStep(ulong a, ulong b, ref FpStatus status)
        => Step(a, b, FloatParts.Finite(false, 1, IntegerBit), 0, ref status);

    /// <summary>Arm FRSQRTS: <c>(3 - a · b) / 2</c>, fused; infinity times zero counts as 0.</summary>
    public static ulong ReciprocalSqrtStep(ulong a, ulong b, ref FpStatus status)
        => Step(a, b, FloatParts.Finite(false, 1, 3UL << 62), -1, ref status);

    private static ulong Multiply(ulong a, ulong b, bool extended, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);
        bool sign = x.Sign ^ y.Sign;
        if (x.Class == FloatClass.Finite && y.Class == FloatClass.Finite)
        {
            ReportDenormals(x, y, ref status);
            ulong high = Math.BigMul(x.Significand, y.Significand, out ulong low);
            return RoundUnnormalized(sign, x.Exponent + y.Exponent + 1, new UInt128(high, low), ref status);
        }

        if (x.IsNan || y.IsNan)
        {
            return PropagateNan(x, y, ref status);
        }

        if (IsInfinityTimesZero(x, y))
        {
            return extended ? WithSign(sign, (ulong)(Bias + 1) << FractionBits) : Invalid(ref status);
        }

        ReportDenormals(x, y, ref status);
        return WithSign(sign, x.IsInfinity || y.IsInfinity ? InfinityBits : 0);
    }

    /// <summary>FPRecipStepFused and FPRSqrtStepFused: <c>(constant - a · b) · 2^scale</c>. The sign is taken off a NaN operand too.</summary>
    private static ulong Step(ulong a, ulong b, FloatParts constant, int scale, ref FpStatus status)
    {
        FloatParts x = Unpack(a ^ SignMask, ref status);
        FloatParts y = Unpack(b, ref status);
        if (x.IsNan || y.IsNan)
        {
            return PropagateNan(x, y, ref status);
        }

        if (IsInfinityTimesZero(x, y))
        {
            return Round(false, constant.Exponent + scale, constant.Significand, 0, ref status);
        }

        return x.IsInfinity || y.IsInfinity
            ? WithSign(x.Sign ^ y.Sign, InfinityBits)
            : MultiplyAddFinite(constant, x, y, scale, ref status);
    }

    /// <summary><c>(c + x · y) · 2^scale</c> of finite operands.</summary>
    private static ulong MultiplyAddFinite(FloatParts c, FloatParts x, FloatParts y, int scale, ref FpStatus status)
    {
        bool sign = x.Sign ^ y.Sign;
        if (x.IsZero || y.IsZero)
        {
            return c.IsZero ? ZeroSum(c.Sign, sign, in status) : Round(c.Sign, c.Exponent + scale, c.Significand, 0, ref status);
        }

        // The product of two significands has bit 127 or 126 set and, with 53 bits of precision, 22 zeros at its low end.
        ulong high = Math.BigMul(x.Significand, y.Significand, out ulong low);
        UInt128 product = new(high, low);
        int exponent = x.Exponent + y.Exponent + 1;
        if (c.IsZero)
        {
            return RoundUnnormalized(sign, exponent + scale, product, ref status);
        }

        return AddAligned(
            c.Sign, c.Exponent + 1 + scale, new UInt128(c.Significand, 0) >> 1,
            sign, exponent + 1 + scale, product >> 1,
            ref status);
    }

    private static bool IsInfinityTimesZero(FloatParts x, FloatParts y)
        => (x.IsInfinity && y.IsZero) || (x.IsZero && y.IsInfinity);
}
