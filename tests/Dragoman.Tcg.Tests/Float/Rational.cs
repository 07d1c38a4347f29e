using System.Numerics;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>An exact fraction; the denominator is positive. Not reduced: the tests' numbers stay small enough.</summary>
internal readonly record struct Rational(BigInteger Numerator, BigInteger Denominator)
{
    public static Rational Zero => new(0, 1);

    public static Rational operator +(Rational a, Rational b)
        => new((a.Numerator * b.Denominator) + (b.Numerator * a.Denominator), a.Denominator * b.Denominator);

    public static Rational operator -(Rational a) => new(-a.Numerator, a.Denominator);

    public static Rational operator *(Rational a, Rational b) => new(a.Numerator * b.Numerator, a.Denominator * b.Denominator);

    public static Rational operator /(Rational a, Rational b)
        => b.Numerator.Sign < 0
            ? new(-a.Numerator * b.Denominator, a.Denominator * -b.Numerator)
            : new(a.Numerator * b.Denominator, a.Denominator * b.Numerator);

    public Rational Abs() => new(BigInteger.Abs(Numerator), Denominator);

    /// <summary>Times a power of two.</summary>
    public Rational Scale(int exponent) => exponent >= 0 ? new(Numerator << exponent, Denominator) : new(Numerator, Denominator << -exponent);

    /// <summary>The exponent of the largest power of two that is not above this positive number.</summary>
    public int FloorLog2()
    {
        int guess = (int)(Numerator.GetBitLength() - Denominator.GetBitLength());
        Rational scaled = Scale(-guess);
        return scaled.Numerator >= scaled.Denominator ? guess : guess - 1;
    }
}
