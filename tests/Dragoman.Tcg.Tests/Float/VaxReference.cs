using System.Numerics;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>
/// VAX values and rounding on exact rationals, from Alpha ARM 2.2.5 and 4.7.5: a fraction in [1/2, 1) times 2^(exponent - excess), exponents from 1 to all ones.
/// Shares nothing with the code under test.
/// </summary>
internal sealed class VaxReference(int exponentBits, int fractionBits)
{
    /// <summary>What rounding to the format met.</summary>
    public enum Outcome
    {
        Fits,
        Overflow,
        Underflow,
    }

    private int Excess => 1 << (exponentBits - 1);

    /// <summary>The exact value of a number that is no reserved operand.</summary>
    public Rational Value(ulong bits)
    {
        if (bits == 0)
        {
            return Rational.Zero;
        }

        ulong fraction = bits & ((1UL << fractionBits) - 1);
        int exponent = (int)(bits >> fractionBits) & ((1 << exponentBits) - 1);
        Rational magnitude = new Rational((BigInteger.One << fractionBits) + fraction, BigInteger.One << (fractionBits + 1)).Scale(exponent - Excess);
        return (bits >> (exponentBits + fractionBits)) != 0 ? -magnitude : magnitude;
    }

    /// <summary>To nearest with halves away from zero, or chopped.</summary>
    public (ulong Bits, Outcome Outcome) Round(Rational value, bool chop)
    {
        if (value.Numerator.IsZero)
        {
            return (0, Outcome.Fits);
        }

        Rational magnitude = value.Abs();
        int exponent = magnitude.FloorLog2() + 1;
        Rational units = magnitude.Scale(fractionBits + 1 - exponent);
        BigInteger whole = chop ? units.Numerator / units.Denominator : ((2 * units.Numerator) + units.Denominator) / (2 * units.Denominator);
        if (whole == BigInteger.One << (fractionBits + 1))
        {
            whole >>= 1;
            exponent++;
        }

        int field = exponent + Excess;
        if (field < 1)
        {
            return (0, Outcome.Underflow);
        }

        ulong sign = value.Numerator.Sign < 0 ? 1UL << (exponentBits + fractionBits) : 0;
        return field >= 1 << exponentBits
            ? (0, Outcome.Overflow)
            : (sign | ((ulong)field << fractionBits) | ((ulong)whole & ((1UL << fractionBits) - 1)), Outcome.Fits);
    }
}
