using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

// FPREM, FPREM1, FSCALE and FXTRACT (SDM vol. 2A).
public static partial class X87Float
{
    // A greater difference of exponents than this makes the reduction a partial one.
    private const int CompleteReduction = 64;

    /// <summary><c>a - b * q</c>: <c>q</c> is toward zero, or nearest and even (FPREM1).</summary>
    /// <param name="quotient">The low three bits of <c>q</c>, when the reduction is complete.</param>
    /// <param name="partial">The reduction is not complete: the result has an exponent less by 32 to 63.</param>
    internal static Float80 Remainder(Float80 a, Float80 b, bool toNearest, ref X87Status status, out uint quotient, out bool partial)
    {
        (quotient, partial) = (0, false);
        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if (a.IsInfinity || b.IsZero)
        {
            return Invalid(ref status);
        }

        NoteDenormals(a, b, ref status);
        if (a.IsZero || b.IsInfinity)
        {
            return a.IsZero ? a : Renormalize(a, ref status);
        }

        (int exponentA, ulong significandA) = Normalize(a);
        (int exponentB, ulong significandB) = Normalize(b);
        int difference = exponentA - exponentB;
        if (difference < -1 || (difference < 0 && !toNearest))
        {
            return Renormalize(a, ref status);
        }

        if (difference >= CompleteReduction)
        {
            // As many bits of the quotient as leave a multiple of 32.
            int bits = difference & 31 | 32;
            partial = true;
            UInt128 left = ((UInt128)significandA << bits) % significandB;
            return Rest(a.Sign, exponentA - bits, left, ref status);
        }

        // For a nearest quotient one bit more than the operands have.
        (UInt128 whole, UInt128 rest) = difference < 0
            ? (UInt128.Zero, significandA)
            : UInt128.DivRem((UInt128)significandA << difference, significandB);
        bool sign = a.Sign;
        UInt128 divisor = (UInt128)significandB << Math.Max(-difference, 0);
        int exponent = difference < 0 ? exponentA : exponentB;
        if (toNearest && (rest << 1 > divisor || (rest << 1 == divisor && (whole & 1) != 0)))
        {
            rest = divisor - rest;
            whole++;
            sign = !sign;
        }

        quotient = (uint)whole & 7;
        return rest == 0 ? Float80.Zero(a.Sign) : Rest(sign, exponent, rest, ref status);
    }

    /// <summary><c>a * 2^b</c>, <c>b</c> toward zero (FSCALE).</summary>
    internal static Float80 Scale(Float80 a, Float80 b, ref X87Status status)
    {
        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if (b.IsInfinity)
        {
            if (b.Sign ? a.IsInfinity : a.IsZero)
            {
                return Invalid(ref status);
            }

            NoteDenormals(a, a, ref status);
            return b.Sign ? Float80.Zero(a.Sign) : Float80.Infinity(a.Sign);
        }

        NoteDenormals(a, b, ref status);
        if (a.IsZero || a.IsInfinity)
        {
            return a;
        }

        const int Beyond = 0x10000;
        int power = b.Exponent >= Bias + 16 ? Beyond
            : Magnitude(b, FpRounding.Zero, out UInt128 magnitude, out _, out _) ? (int)magnitude : 0;
        (int exponent, ulong significand) = Normalize(a);
        return Round(a.Sign, exponent + (b.Sign ? -power : power), (UInt128)significand << 64, ref status);
    }

    /// <summary>The exponent as a number (FXTRACT).</summary>
    internal static Float80 ExponentOf(Float80 a, ref X87Status status)
    {
        if (Decides(a, a, ref status, out Float80 decided))
        {
            return decided;
        }

        if (a.IsZero)
        {
            status.Exceptions |= X87Exceptions.ZeroDivide;
            return Float80.Infinity(true);
        }

        NoteDenormals(a, a, ref status);
        return a.IsInfinity ? Float80.Infinity(false) : FromInteger(Normalize(a).Exponent - Bias);
    }

    /// <summary>The significand as a number from 1 to 2 (FXTRACT).</summary>
    internal static Float80 SignificandOf(Float80 a, ref X87Status status)
    {
        if (Decides(a, a, ref status, out Float80 decided))
        {
            return decided;
        }

        NoteDenormals(a, a, ref status);
        return a.IsZero || a.IsInfinity ? a : new Float80((ushort)(Bias | (a.Sign ? 0x8000 : 0)), Normalize(a).Significand);
    }

    // A pseudo-denormal becomes the number that it is; what is too small for the format was so before.
    private static Float80 Renormalize(Float80 a, ref X87Status status)
    {
        (int exponent, ulong significand) = Normalize(a);
        return Round(a.Sign, exponent, (UInt128)significand << 64, ref status);
    }

    // The exponent is that of bit 63.
    private static Float80 Rest(bool sign, int exponent, UInt128 rest, ref X87Status status)
    {
        if (rest == 0)
        {
            return Float80.Zero(sign);
        }

        int shift = (int)UInt128.LeadingZeroCount(rest);
        return Round(sign, exponent + 64 - shift, rest << shift, ref status);
    }
}
