using System.Numerics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>
/// Arithmetic on exact rationals, rounded as the Arm ARM's FPRound says, step by step. Slow and independent of the code under test:
/// it shares neither unpacking nor rounding with it. Numbers only: infinities and NaNs have tests of their own.
/// </summary>
internal sealed class ExactReference<TFormat>(FpStatus environment)
    where TFormat : struct, IFloatFormat
{
    private static int F => TFormat.FractionBits;

    private static int ExponentBits => TFormat.Width - 1 - TFormat.FractionBits;

    private static int MinimumExponent => 2 - (1 << (ExponentBits - 1));

    /// <summary>Exceptions so far.</summary>
    public FpExceptions Exceptions { get; private set; }

    public static bool IsNumber(ulong bits)
        => !TFormat.HasSpecials || ((bits >> F) & ((1UL << ExponentBits) - 1)) != (1UL << ExponentBits) - 1;

    public ulong Add(ulong a, ulong b) => RoundSum(Value(a), Value(b), Sign(a), Sign(b));

    public ulong Subtract(ulong a, ulong b) => RoundSum(Value(a), -Value(b), Sign(a), !Sign(b));

    public ulong Multiply(ulong a, ulong b) => RoundSigned(Sign(a) ^ Sign(b), Value(a) * Value(b));

    public ulong MultiplyAdd(ulong c, ulong a, ulong b) => RoundSum(Value(c), Value(a) * Value(b), Sign(c), Sign(a) ^ Sign(b));

    public ulong Divide(ulong a, ulong b) => RoundSigned(Sign(a) ^ Sign(b), Value(a) / Value(b));

    /// <summary><c>2 - a·b</c> and <c>(3 - a·b)/2</c>: neither is zero with the sign of its operands.</summary>
    public ulong Step(ulong a, ulong b, int constant, int divisor)
    {
        Rational product = Value(a) * Value(b);
        return RoundSum((new Rational(constant, 1) + -product) / new Rational(divisor, 1), Rational.Zero, false, false);
    }

    /// <summary>A root to 400 bits with a sticky bit below stands for the irrational one.</summary>
    public ulong Sqrt(ulong a)
    {
        Rational x = Value(a);
        if (x.Numerator.IsZero)
        {
            return a & (1UL << (TFormat.Width - 1));
        }

        const int Places = 2400;
        BigInteger scaled = (x.Numerator << (2 * Places)) / x.Denominator;
        BigInteger root = IntegerRoot(scaled);
        bool exact = root * root == scaled && scaled * x.Denominator == x.Numerator << (2 * Places);
        return RoundSigned(false, new Rational((root << 1) + (exact ? 0 : 1), BigInteger.One << (Places + 1)));
    }

    /// <summary>Rounds a value that came from elsewhere: another format or an integer.</summary>
    public ulong RoundSigned(bool sign, Rational value)
    {
        if (value.Numerator.IsZero)
        {
            return sign ? 1UL << (TFormat.Width - 1) : 0;
        }

        Rational magnitude = value.Abs();
        int exponent = Math.Max(magnitude.FloorLog2(), MinimumExponent);
        bool tiny = magnitude.FloorLog2() < MinimumExponent;
        bool flush = TFormat.Width == 16 ? environment.FlushHalf : environment.FlushOutputs;
        if (tiny && flush && environment.NanRule == FpNanRule.Arm)
        {
            Exceptions |= FpExceptions.Underflow;
            return sign ? 1UL << (TFormat.Width - 1) : 0;
        }

        if (tiny && environment.NanRule != FpNanRule.Arm)
        {
            // Tiny after rounding: round to full precision first, with no lower end of exponents.
            int free = magnitude.FloorLog2();
            (BigInteger units, _) = RoundToUnits(sign, magnitude, free - F);
            tiny = new Rational(units, 1).Scale(free - F).FloorLog2() < MinimumExponent;
            if (tiny && flush)
            {
                Exceptions |= FpExceptions.Underflow | FpExceptions.Inexact;
                return sign ? 1UL << (TFormat.Width - 1) : 0;
            }
        }

        (BigInteger mantissa, bool inexact) = RoundToUnits(sign, magnitude, exponent - F);
        if (mantissa == BigInteger.One << (F + 1))
        {
            mantissa >>= 1;
            exponent++;
        }

        int largest = (1 << (ExponentBits - 1)) - (TFormat.HasSpecials ? 1 : 0);
        if (exponent > largest)
        {
            if (!TFormat.HasSpecials)
            {
                Exceptions |= FpExceptions.Invalid;
                return (sign ? 1UL << (TFormat.Width - 1) : 0) | ((1UL << (TFormat.Width - 1)) - 1);
            }

            Exceptions |= FpExceptions.Overflow | FpExceptions.Inexact;
            bool infinite = environment.Rounding switch
            {
                FpRounding.NearestEven or FpRounding.NearestAway => true,
                FpRounding.Up => !sign,
                FpRounding.Down => sign,
                _ => false,
            };
            ulong infinity = ((1UL << ExponentBits) - 1) << F;
            return (sign ? 1UL << (TFormat.Width - 1) : 0) | (infinite ? infinity : infinity - 1);
        }

        if (inexact)
        {
            Exceptions |= tiny ? FpExceptions.Inexact | FpExceptions.Underflow : FpExceptions.Inexact;
        }

        bool denormal = mantissa < BigInteger.One << F;
        ulong field = denormal ? 0 : (ulong)(exponent - MinimumExponent + 1);
        ulong fraction = (ulong)(mantissa & ((BigInteger.One << F) - 1));
        return (sign ? 1UL << (TFormat.Width - 1) : 0) | (field << F) | fraction;
    }

    /// <summary>The value of an operand, flushed as the environment says.</summary>
    public Rational Value(ulong bits)
    {
        ulong field = (bits >> F) & ((1UL << ExponentBits) - 1);
        ulong fraction = bits & ((1UL << F) - 1);
        if (field == 0 && fraction != 0 && (TFormat.Width == 16 ? environment.FlushHalf : environment.FlushInputs))
        {
            if (TFormat.Width != 16 && environment.NanRule == FpNanRule.Arm)
            {
                Exceptions |= FpExceptions.InputDenormal;
            }

            return Rational.Zero;
        }

        BigInteger mantissa = field == 0 ? fraction : fraction | (1UL << F);
        Rational magnitude = new Rational(mantissa, 1).Scale(MinimumExponent + Math.Max((int)field, 1) - 1 - F);
        return Sign(bits) ? -magnitude : magnitude;
    }

    /// <summary>Rounds a value to an integer; also tells whether it changed.</summary>
    public (BigInteger Value, bool Changed) ToInteger(Rational value)
    {
        (BigInteger magnitude, bool changed) = RoundToUnits(value.Numerator.Sign < 0, value.Abs(), 0);
        return (value.Numerator.Sign < 0 ? -magnitude : magnitude, changed);
    }

    private static bool Sign(ulong bits) => (bits >> (TFormat.Width - 1)) != 0;

    private static BigInteger IntegerRoot(BigInteger n)
    {
        BigInteger x = BigInteger.One << (int)((n.GetBitLength() + 1) / 2 + 1);
        while (true)
        {
            BigInteger y = (x + n / x) >> 1;
            if (y >= x)
            {
                return x;
            }

            x = y;
        }
    }

    private ulong RoundSum(Rational a, Rational b, bool signA, bool signB)
    {
        Rational sum = a + b;
        bool sign = sum.Numerator.IsZero
            ? (a.Numerator.IsZero && b.Numerator.IsZero && signA == signB ? signA : environment.Rounding == FpRounding.Down)
            : sum.Numerator.Sign < 0;
        return RoundSigned(sign, sum);
    }

    private (BigInteger Units, bool Inexact) RoundToUnits(bool sign, Rational magnitude, int unitExponent)
    {
        Rational scaled = magnitude.Scale(-unitExponent);
        BigInteger units = BigInteger.DivRem(scaled.Numerator, scaled.Denominator, out BigInteger remainder);
        bool inexact = !remainder.IsZero;
        int half = (remainder * 2).CompareTo(scaled.Denominator);
        bool grow = environment.Rounding switch
        {
            FpRounding.NearestEven => half > 0 || (half == 0 && !units.IsEven),
            FpRounding.NearestAway => half >= 0,
            FpRounding.Up => inexact && !sign,
            FpRounding.Down => inexact && sign,
            FpRounding.Odd => inexact && units.IsEven,
            _ => false,
        };
        return (grow ? units + 1 : units, inexact);
    }
}
