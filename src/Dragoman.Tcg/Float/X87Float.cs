using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>
/// The x87's arithmetic, exactly, in integers: double extended operands, results rounded to the precision and direction of the control word,
/// exceptions as the processor reports them while they are masked (Intel SDM vol. 1, 4.9 and 8.5).
/// </summary>
public static partial class X87Float
{
    private const int Bias = 16383;

    // What the unmasked response to an overflow or underflow brings a result into range by (SDM vol. 1, 8.5.4).
    private const int WrapExponent = 24576;

    /// <summary><c>a + b</c> (FADD).</summary>
    public static Float80 Add(Float80 a, Float80 b, ref X87Status status) => Sum(a, b, b.Sign, ref status);

    /// <summary><c>a - b</c> (FSUB).</summary>
    public static Float80 Subtract(Float80 a, Float80 b, ref X87Status status) => Sum(a, b, !b.Sign, ref status);

    private static Float80 Sum(Float80 a, Float80 b, bool signB, ref X87Status status)
    {
        status.RoundedUp = false;
        if (IsPlain(a, b, status) && TryPlainSum(a, b, signB, ref status, out Float80 plain))
        {
            return plain;
        }

        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if (a.IsInfinity && b.IsInfinity && a.Sign != signB)
        {
            return Invalid(ref status);
        }

        NoteDenormals(a, b, ref status);
        if (a.IsInfinity || b.IsInfinity)
        {
            return Float80.Infinity(a.IsInfinity ? a.Sign : signB);
        }

        if (a.IsZero && b.IsZero)
        {
            return Float80.Zero(a.Sign == signB ? a.Sign : status.Rounding == FpRounding.Down);
        }

        if (a.IsZero || b.IsZero)
        {
            (int exponent, ulong significand) = Normalize(a.IsZero ? b : a);
            return Round(a.IsZero ? signB : a.Sign, exponent, (UInt128)significand << 64, ref status);
        }

        (int exponentA, ulong significandA) = Normalize(a);
        (int exponentB, ulong significandB) = Normalize(b);
        int top = Math.Max(exponentA, exponentB);
        UInt128 x = ShiftRight((UInt128)significandA << 62, top - exponentA);
        UInt128 y = ShiftRight((UInt128)significandB << 62, top - exponentB);
        bool sign = a.Sign == signB || x >= y ? a.Sign : signB;
        UInt128 sum = a.Sign == signB ? x + y : x >= y ? x - y : y - x;
        if (sum == 0)
        {
            return Float80.Zero(status.Rounding == FpRounding.Down);
        }

        // The integer bits were at 125.
        int shift = (int)UInt128.LeadingZeroCount(sum);
        return Round(sign, top + 2 - shift, sum << shift, ref status);
    }

    /// <summary><c>a * b</c> (FMUL).</summary>
    public static Float80 Multiply(Float80 a, Float80 b, ref X87Status status)
    {
        status.RoundedUp = false;
        if (IsPlain(a, b, status) && TryPlainProduct(a, b, ref status, out Float80 plain))
        {
            return plain;
        }

        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if ((a.IsInfinity && b.IsZero) || (a.IsZero && b.IsInfinity))
        {
            return Invalid(ref status);
        }

        NoteDenormals(a, b, ref status);
        bool sign = a.Sign != b.Sign;
        if (a.IsInfinity || b.IsInfinity)
        {
            return Float80.Infinity(sign);
        }

        if (a.IsZero || b.IsZero)
        {
            return Float80.Zero(sign);
        }

        (int exponentA, ulong significandA) = Normalize(a);
        (int exponentB, ulong significandB) = Normalize(b);
        UInt128 product = (UInt128)significandA * significandB;
        int shift = (int)UInt128.LeadingZeroCount(product);
        return Round(sign, exponentA + exponentB - Bias + 1 - shift, product << shift, ref status);
    }

    /// <summary><c>a / b</c> (FDIV).</summary>
    public static Float80 Divide(Float80 a, Float80 b, ref X87Status status)
    {
        status.RoundedUp = false;
        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if ((a.IsInfinity && b.IsInfinity) || (a.IsZero && b.IsZero))
        {
            return Invalid(ref status);
        }

        bool sign = a.Sign != b.Sign;
        if (b.IsZero && !a.IsInfinity)
        {
            status.Exceptions |= X87Exceptions.ZeroDivide;
            return Float80.Infinity(sign);
        }

        NoteDenormals(a, b, ref status);
        if (a.IsInfinity)
        {
            return Float80.Infinity(sign);
        }

        if (a.IsZero || b.IsInfinity)
        {
            return Float80.Zero(sign);
        }

        (int exponentA, ulong significandA) = Normalize(a);
        (int exponentB, ulong significandB) = Normalize(b);
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem((UInt128)significandA << 64, significandB);
        (UInt128 more, rest) = UInt128.DivRem(rest << 62, significandB);

        // A ratio of one has its bit at 126.
        UInt128 ratio = (quotient << 62) | more | (rest != 0 ? UInt128.One : UInt128.Zero);
        int shift = (int)UInt128.LeadingZeroCount(ratio);
        return Round(sign, exponentA - exponentB + Bias + 1 - shift, ratio << shift, ref status);
    }

    /// <summary>Square root (FSQRT).</summary>
    public static Float80 Sqrt(Float80 a, ref X87Status status)
    {
        status.RoundedUp = false;
        if (Decides(a, a, ref status, out Float80 decided))
        {
            return decided;
        }

        if (a.Sign && !a.IsZero)
        {
            return Invalid(ref status);
        }

        NoteDenormals(a, a, ref status);
        if (a.IsZero || a.IsInfinity)
        {
            return a;
        }

        (int exponent, ulong significand) = Normalize(a);
        int power = exponent - Bias;
        UInt128 radicand = (UInt128)significand << ((power & 1) == 0 ? 63 : 64);
        ulong root = 0;
        for (ulong bit = Float80.IntegerBit; bit != 0; bit >>= 1)
        {
            ulong next = root | bit;
            root = (UInt128)next * next <= radicand ? next : root;
        }

        // What is left over root * root says on which side of the half the rest is: it never is the half.
        UInt128 left = radicand - ((UInt128)root * root);
        UInt128 result = ((UInt128)root << 64) | (left > root ? UInt128.One << 63 : UInt128.Zero) | (left != 0 ? UInt128.One : UInt128.Zero);
        return Round(false, (power >> 1) + Bias, result, ref status);
    }

    /// <summary>Compares (FCOM; <paramref name="signalling"/> is false for FUCOM, which takes quiet NaNs).</summary>
    public static FpRelation Compare(Float80 a, Float80 b, bool signalling, ref X87Status status)
    {
        status.RoundedUp = false;
        if (a.IsUnsupported || b.IsUnsupported || a.IsNan || b.IsNan)
        {
            bool invalid = signalling || a.IsUnsupported || b.IsUnsupported || a.IsSignalling || b.IsSignalling;
            status.Exceptions |= invalid ? X87Exceptions.Invalid : X87Exceptions.None;
            return FpRelation.Unordered;
        }

        NoteDenormals(a, b, ref status);
        if (a.IsZero && b.IsZero)
        {
            return FpRelation.Equal;
        }

        if (a.Sign != b.Sign)
        {
            return a.Sign ? FpRelation.Less : FpRelation.Greater;
        }

        // A pseudo-denormal has the exponent of the least normal numbers.
        int order = (Math.Max(a.Exponent, 1), a.Significand).CompareTo((Math.Max(b.Exponent, 1), b.Significand));
        return order == 0 ? FpRelation.Equal : order < 0 != a.Sign ? FpRelation.Less : FpRelation.Greater;
    }
}
