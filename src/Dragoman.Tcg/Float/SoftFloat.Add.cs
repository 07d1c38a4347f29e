using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary><c>a + b</c>.</summary>
    public static ulong Add(ulong a, ulong b, ref FpStatus status) => AddSigned(Unpack(a, ref status), Unpack(b, ref status), false, ref status);

    /// <summary><c>a - b</c>. A NaN <paramref name="b"/> keeps its sign.</summary>
    public static ulong Subtract(ulong a, ulong b, ref FpStatus status) => AddSigned(Unpack(a, ref status), Unpack(b, ref status), true, ref status);

    private static ulong AddSigned(FloatParts a, FloatParts b, bool negateB, ref FpStatus status)
    {
        if (a.IsNan || b.IsNan)
        {
            return PropagateNan(a, b, ref status);
        }

        ReportDenormals(a, b, ref status);
        bool signB = b.Sign ^ negateB;
        if (a.IsInfinity)
        {
            return b.IsInfinity && a.Sign != signB ? Invalid(ref status) : WithSign(a.Sign, InfinityBits);
        }

        if (b.IsInfinity)
        {
            return WithSign(signB, InfinityBits);
        }

        if (a.IsZero || b.IsZero)
        {
            return a.IsZero && b.IsZero ? ZeroSum(a.Sign, signB, in status)
                : a.IsZero ? Round(signB, b.Exponent, b.Significand, 0, ref status)
                : Round(a.Sign, a.Exponent, a.Significand, 0, ref status);
        }

        // Bit 127 is left free for the carry.
        return AddAligned(
            a.Sign, a.Exponent + 1, new UInt128(a.Significand, 0) >> 1,
            signB, b.Exponent + 1, new UInt128(b.Significand, 0) >> 1,
            ref status);
    }

    /// <summary>Adds two nonzero magnitudes <c>·2^(exponent-127)</c> that have bit 127 clear, and at least two zeros at their low end.</summary>
    private static ulong AddAligned(bool signA, int exponentA, UInt128 a, bool signB, int exponentB, UInt128 b, ref FpStatus status)
    {
        int distance = exponentA - exponentB;
        int exponent = Math.Max(exponentA, exponentB);
        if (distance > 0)
        {
            b = ShiftRightSticky(b, distance);
        }
        else
        {
            a = ShiftRightSticky(a, -distance);
        }

        if (signA == signB)
        {
            return RoundUnnormalized(signA, exponent, a + b, ref status);
        }

        return a == b ? WithSign(status.Rounding == FpRounding.Down, 0)
            : a > b ? RoundUnnormalized(signA, exponent, a - b, ref status)
            : RoundUnnormalized(signB, exponent, b - a, ref status);
    }

    /// <summary>IEEE 754-2019, 6.3: zeros of different sign add up to +0, and to -0 when rounding down.</summary>
    private static ulong ZeroSum(bool signA, bool signB, in FpStatus status)
        => WithSign(signA == signB ? signA : status.Rounding == FpRounding.Down, 0);
}
