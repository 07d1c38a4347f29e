using System.Numerics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Float to integer and fixed point and back, in every direction, width and overflow rule, against exact rationals.</summary>
public sealed class IntegerConversionTests
{
    private const int Rounds = 3000;

    public static TheoryData<FpRounding> Directions() =>
        [FpRounding.NearestEven, FpRounding.Up, FpRounding.Down, FpRounding.Zero, FpRounding.NearestAway];

    [Theory]
    [MemberData(nameof(Directions))]
    public void ToInteger(FpRounding rounding)
    {
        CheckToInteger<Binary16>(rounding, exhaustive: true);
        CheckToInteger<Binary32>(rounding, exhaustive: false);
        CheckToInteger<Binary64>(rounding, exhaustive: false);
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void FromInteger(FpRounding rounding)
    {
        CheckFromInteger<Binary16>(rounding);
        CheckFromInteger<Binary32>(rounding);
        CheckFromInteger<Binary64>(rounding);
    }

    [Theory]
    [MemberData(nameof(Directions))]
    public void RoundToIntegral(FpRounding rounding)
    {
        CheckRoundToIntegral<Binary16>(rounding, 0x1_0000, i => (ulong)i);
        Operands<Binary32> singles = new(3);
        CheckRoundToIntegral<Binary32>(rounding, Rounds * 5, _ => singles.Next());
        Operands<Binary64> doubles = new(4);
        CheckRoundToIntegral<Binary64>(rounding, Rounds * 5, _ => doubles.Next());
    }

    [Theory]
    [InlineData(IntegerOverflow.Saturate, 0x7FF0000000000000, 0x7FFFFFFFu, 0xFFFFFFFFu)]
    [InlineData(IntegerOverflow.Saturate, 0xFFF0000000000000, 0x80000000u, 0u)]
    [InlineData(IntegerOverflow.Saturate, 0x7FF8000000000000, 0u, 0u)]
    [InlineData(IntegerOverflow.Saturate, 0xFFF0000000000001, 0u, 0u)]
    [InlineData(IntegerOverflow.Indefinite, 0x7FF0000000000000, 0x80000000u, 0xFFFFFFFFu)]
    [InlineData(IntegerOverflow.Indefinite, 0x7FF8000000000000, 0x80000000u, 0xFFFFFFFFu)]
    [InlineData(IntegerOverflow.Wrap, 0xFFF0000000000000, 0u, 0u)]
    public void SpecialsAreInvalid(IntegerOverflow overflow, ulong bits, uint signed, uint unsigned)
    {
        FpStatus status = default;
        Assert.Equal(signed, SoftFloat<Binary64>.ToInteger(bits, 32, true, 0, overflow, ref status));
        Assert.Equal(FpExceptions.Invalid, status.Exceptions);
        status = default;
        Assert.Equal(unsigned, SoftFloat<Binary64>.ToInteger(bits, 32, false, 0, overflow, ref status));
        Assert.Equal(FpExceptions.Invalid, status.Exceptions);
    }

    private static void CheckToInteger<TFormat>(FpRounding rounding, bool exhaustive)
        where TFormat : struct, IFloatFormat
    {
        Operands<TFormat> operands = new(11);
        FpStatus environment = new() { Rounding = rounding };
        int rounds = exhaustive ? 0x1_0000 : Rounds * 4;
        for (int i = 0; i < rounds; i++)
        {
            ulong bits = exhaustive ? (ulong)i : operands.NextNumber();
            if (!ExactReference<TFormat>.IsNumber(bits))
            {
                continue;
            }

            int width = (i % 3) switch { 0 => 64, 1 => 32, _ => 16 };
            bool signed = (i & 8) != 0;
            int fractionBits = (i & 16) != 0 ? i % (width + 1) : 0;
            IntegerOverflow overflow = (IntegerOverflow)(i / 32 % 3);
            ExactReference<TFormat> reference = new(environment);
            (BigInteger value, bool changed) = reference.ToInteger(reference.Value(bits).Scale(fractionBits));
            (ulong expected, FpExceptions raised) = Fit(value, changed, width, signed, overflow);
            FpStatus status = environment;
            ulong actual = SoftFloat<TFormat>.ToInteger(bits, width, signed, fractionBits, overflow, ref status);
            Assert.True(
                expected == actual && raised == status.Exceptions,
                $"{bits:x} to {(signed ? "s" : "u")}{width} #{fractionBits} {overflow}: expected {expected:x} {raised}, got {actual:x} {status.Exceptions}");
        }
    }

    private static (ulong Expected, FpExceptions Raised) Fit(BigInteger value, bool changed, int width, bool signed, IntegerOverflow overflow)
    {
        BigInteger modulus = BigInteger.One << width;
        BigInteger least = signed ? -(modulus >> 1) : 0;
        BigInteger largest = signed ? (modulus >> 1) - 1 : modulus - 1;
        bool fits = value >= least && value <= largest;
        BigInteger result = fits || overflow == IntegerOverflow.Wrap ? value
            : overflow == IntegerOverflow.Saturate ? (value < least ? least : largest)
            : (signed ? modulus >> 1 : modulus - 1);
        return ((ulong)(((result % modulus) + modulus) % modulus), fits ? (changed ? FpExceptions.Inexact : FpExceptions.None) : FpExceptions.Invalid);
    }

    private static void CheckFromInteger<TFormat>(FpRounding rounding)
        where TFormat : struct, IFloatFormat
    {
        Random random = new(12);
        FpStatus environment = new() { Rounding = rounding };
        for (int i = 0; i < Rounds * 4; i++)
        {
            ulong value = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            value = (i & 7) switch { 0 => 0 - value, 1 => ulong.MaxValue << random.Next(64), 2 => ulong.MaxValue >> random.Next(64), _ => value };
            int width = (i % 3) switch { 0 => 64, 1 => 32, _ => 16 };
            bool signed = (i & 8) != 0;
            int fractionBits = (i & 16) != 0 ? i % (width + 1) : 0;
            BigInteger modulus = BigInteger.One << width;
            BigInteger number = value % modulus;
            number = signed && number >= modulus >> 1 ? number - modulus : number;
            ExactReference<TFormat> reference = new(environment);
            ulong expected = reference.RoundSigned(number.Sign < 0, new Rational(number, BigInteger.One << fractionBits));
            FpStatus status = environment;
            ulong actual = SoftFloat<TFormat>.FromInteger(value, width, signed, fractionBits, ref status);
            Assert.True(
                expected == actual && reference.Exceptions == status.Exceptions,
                $"{number} #{fractionBits}: expected {expected:x} {reference.Exceptions}, got {actual:x} {status.Exceptions}");
        }
    }

    private static void CheckRoundToIntegral<TFormat>(FpRounding rounding, int rounds, Func<int, ulong> operand)
        where TFormat : struct, IFloatFormat
    {
        FpStatus environment = new() { Rounding = rounding };
        for (int i = 0; i < rounds; i++)
        {
            ulong bits = operand(i);
            if (!ExactReference<TFormat>.IsNumber(bits))
            {
                continue;
            }

            ExactReference<TFormat> reference = new(environment);
            (BigInteger value, bool changed) = reference.ToInteger(reference.Value(bits));
            ulong expected = reference.RoundSigned(bits >> (TFormat.Width - 1) != 0, new Rational(value, 1));
            FpStatus exact = environment;
            FpStatus silent = environment;
            Assert.Equal(expected, SoftFloat<TFormat>.RoundToIntegral(bits, true, ref exact));
            Assert.Equal(expected, SoftFloat<TFormat>.RoundToIntegral(bits, false, ref silent));
            Assert.Equal(changed ? FpExceptions.Inexact : FpExceptions.None, exact.Exceptions);
            Assert.Equal(FpExceptions.None, silent.Exceptions);
        }
    }
}
