using System.Numerics;

namespace Dragoman.Tcg.Float;

/// <summary>Arithmetic on numbers from 0 to 4 in units of 2^-126, for the series of the x87's functions: each operation is off by less than a few units.</summary>
internal static class Fixed126
{
    /// <summary>Bits behind the point.</summary>
    public const int Bits = 126;

    public static readonly UInt128 One = UInt128.One << Bits;

    // 1/k in its place, for the coefficients of series.
    private static readonly UInt128[] s_reciprocals = [0, .. Enumerable.Range(1, 63).Select(k => One / (uint)k)];

    /// <summary>1/k, k from 1 to 63.</summary>
    public static UInt128 Reciprocal(int k) => s_reciprocals[k];

    /// <summary>The upper half of a product of 256 bits.</summary>
    public static UInt128 MultiplyHigh(UInt128 a, UInt128 b)
    {
        ulong aHigh = (ulong)(a >> 64), aLow = (ulong)a, bHigh = (ulong)(b >> 64), bLow = (ulong)b;
        ulong carry = Math.BigMul(aLow, bLow, out _);
        UInt128 middle = Product(aHigh, bLow) + carry;
        UInt128 other = Product(aLow, bHigh) + (ulong)middle;
        return Product(aHigh, bHigh) + (ulong)(middle >> 64) + (ulong)(other >> 64);
    }

    public static UInt128 Multiply(UInt128 a, UInt128 b) => MultiplyHigh(a, b) << (128 - Bits);

    /// <summary><c>1 / a</c>, a from 1/2 to 2.</summary>
    public static UInt128 Invert(UInt128 a)
    {
        // From a double, each step doubles the bits that are right: r + r * (1 - a * r).
        UInt128 result = (UInt128)(ulong)(1 / ((double)(ulong)(a >> 64) * Math.Pow(2, 64 - Bits)) * Math.Pow(2, 62)) << (Bits - 62);
        for (int i = 0; i < 2; i++)
        {
            UInt128 product = Multiply(a, result);
            result = product <= One ? result + Multiply(result, One - product) : result - Multiply(result, product - One);
        }

        return result;
    }

    /// <summary><c>1 + x/3 + x^2/5 + ..</c>: the inverse hyperbolic tangent of the root of x, over it.</summary>
    public static UInt128 ArTanhSeries(UInt128 x, int terms)
    {
        UInt128 sum = 0;
        for (int k = terms; k >= 0; k--)
        {
            sum = Reciprocal(2 * k + 1) + Multiply(x, sum);
        }

        return sum;
    }

    /// <summary><c>1 - x/3 + x^2/5 - ..</c>: the arc tangent of the root of x, over it.</summary>
    public static UInt128 ArcTanSeries(UInt128 x, int terms)
    {
        UInt128 sum = 0;
        for (int k = terms; k >= 0; k--)
        {
            sum = Reciprocal(2 * k + 1) - Multiply(x, sum);
        }

        return Less(sum);
    }

    /// <summary><c>1 - x/(f(f+1)) (1 - x/((f+2)(f+3)) (1 - ..</c>: with f = 1 the cosine of the root of x, with f = 2 its sine over it.</summary>
    public static UInt128 SineSeries(UInt128 x, int first, int terms)
    {
        UInt128 sum = One;
        for (int k = first + 2 * terms; k >= first; k -= 2)
        {
            sum = One - Multiply(Multiply(Multiply(x, Reciprocal(k)), Reciprocal(k + 1)), sum);
        }

        return Less(sum);
    }

    /// <summary><c>1 + x/2 (1 + x/3 (1 + ..</c>: (e^x - 1) / x, of x or of -x.</summary>
    public static UInt128 ExponentialSeries(UInt128 x, bool isNegative, int terms)
    {
        UInt128 sum = One;
        for (int k = terms; k >= 2; k--)
        {
            UInt128 term = Multiply(Multiply(x, Reciprocal(k)), sum);
            sum = isNegative ? One - term : One + term;
        }

        return sum;
    }

    /// <summary>The arc tangent of n/d, a small fraction, from integers of any length.</summary>
    public static UInt128 ArcTangentOf(int n, int d)
    {
        const int Guard = 64;
        BigInteger power = (BigInteger.One << (Bits + Guard)) * n / d;
        BigInteger sum = 0;
        for (int k = 1; !power.IsZero; k += 2)
        {
            sum += (k & 2) == 0 ? power / k : -(power / k);
            power = power * n * n / d / d;
        }

        return (UInt128)(sum >> Guard);
    }

    // A value that is less than 1 is so also when x is too small to be seen.
    private static UInt128 Less(UInt128 sum) => UInt128.Min(sum, One - 1);

    private static UInt128 Product(ulong a, ulong b)
    {
        ulong high = Math.BigMul(a, b, out ulong low);
        return new UInt128(high, low);
    }
}
