using System.Numerics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>F, D and G arithmetic and conversions, in register format, against exact rationals: bits and traps.</summary>
public sealed unsafe class VaxTests
{
    private const int Rounds = 2500;

    private static readonly FpStatus s_alpha = new() { NanRule = FpNanRule.Alpha };

    private static readonly VaxReference s_f = new(8, 23);
    private static readonly VaxReference s_g = new(11, 52);
    private static readonly VaxReference s_d = new(8, 55);
    private readonly RegisterMachine _machine = new();
    private readonly Random _random = new(15);

    [Theory]
    [InlineData("add")]
    [InlineData("subtract")]
    [InlineData("multiply")]
    [InlineData("divide")]
    [InlineData("sqrt")]
    public void Arithmetic_is_exact(string operation)
    {
        for (int i = 0; i < (operation == "sqrt" ? Rounds / 10 : Rounds); i++)
        {
            bool isSingle = (i & 1) != 0;
            VaxReference format = isSingle ? s_f : s_g;
            ulong a = Number(isSingle);
            ulong b = i % 3 == 0 ? a ^ ((ulong)(uint)_random.Next(8) << (isSingle ? 0 : 20)) ^ (i % 6 == 0 ? 1UL << (isSingle ? 31 : 63) : 0) : Number(isSingle);
            b = IsNumber(b, isSingle) ? b : 0;
            bool chop = (i & 2) != 0;
            FpTrap trap = (i & 4) != 0 ? FpTrap.Underflow : FpTrap.None;
            (Rational? exact, ulong expectedTrap) = Exactly(operation, format.Value(a), format.Value(b));
            (ulong expected, VaxReference.Outcome outcome) = exact is { } value ? format.Round(value, chop) : default;
            expectedTrap = outcome switch
            {
                VaxReference.Outcome.Overflow => 8,
                VaxReference.Outcome.Underflow => trap == FpTrap.Underflow ? 16UL : 0,
                _ => expectedTrap,
            };

            _machine.Reset(s_alpha);
            ulong actual = _machine.Run(operation, isSingle ? RegisterFormat.F : RegisterFormat.G, Register(a, isSingle), Register(b, isSingle), trap, chop ? FpRounding.Zero : FpRounding.NearestAway);
            bool unpredictable = exact is null || outcome == VaxReference.Outcome.Overflow;
            Assert.True(
                (unpredictable || actual == Register(expected, isSingle)) && _machine.Trap == expectedTrap && _machine.Status.Exceptions == FpExceptions.None,
                $"{operation} {(isSingle ? "F" : "G")} {a:x} {b:x} chop={chop}: expected {Register(expected, isSingle):x} trap {expectedTrap:x}, got {actual:x} trap {_machine.Trap:x}");
        }
    }

    [Fact]
    public void Conversions_are_exact()
    {
        for (int i = 0; i < Rounds; i++)
        {
            bool chop = (i & 1) != 0;
            FpRounding rounding = chop ? FpRounding.Zero : FpRounding.NearestAway;
            ulong g = Number(false);
            ulong d = i % 7 == 0 ? 0 : (ulong)_random.NextInt64() << 1 | (uint)_random.Next(2) | 1UL << 55;
            Convert(RegisterFormat.F, RegisterFormat.G, g, s_g, s_f, chop, rounding);
            Convert(RegisterFormat.D, RegisterFormat.G, g, s_g, s_d, chop, rounding);
            Convert(RegisterFormat.G, RegisterFormat.D, d, s_d, s_g, chop, rounding);

            long integer = _random.NextInt64(long.MinValue, long.MaxValue) >> _random.Next(64);
            _machine.Reset(s_alpha);
            Assert.Equal(Register(s_f.Round(new Rational(integer, 1), chop).Bits, true), FloatHelpers.I2R(_machine.Env, (ulong)integer, (ulong)RegisterFormat.F, 0, (ulong)rounding));
            Assert.Equal(s_g.Round(new Rational(integer, 1), chop).Bits, FloatHelpers.I2R(_machine.Env, (ulong)integer, (ulong)RegisterFormat.G, 0, (ulong)rounding));

            ulong near = i % 4 == 0 ? 0 : (ulong)(uint)_random.Next(2) << 63 | (ulong)(uint)(1024 + _random.Next(-3, 68)) << 52 | (ulong)_random.NextInt64() >> 12;
            Rational value = s_g.Value(near);
            BigInteger doubled = 2 * value.Abs().Numerator / value.Denominator;
            BigInteger magnitude = chop ? doubled / 2 : (doubled + 1) / 2;
            BigInteger whole = value.Numerator.Sign < 0 ? -magnitude : magnitude;
            bool fits = whole >= long.MinValue && whole <= long.MaxValue;
            _machine.Reset(s_alpha);
            ulong actual = FloatHelpers.R2I(_machine.Env, near, (ulong)RegisterFormat.G, (ulong)FpTrap.Underflow, (ulong)rounding);
            Assert.Equal((ulong)(whole & ulong.MaxValue), actual);
            Assert.Equal(fits ? 0UL : 64, _machine.Trap);
        }
    }

    [Fact]
    public void Reserved_operands_and_dirty_zeros_are_invalid()
    {
        foreach (ulong illegal in new ulong[] { 1UL << 63, 1, 0x8000_0000_0000_0001, 0x000F_FFFF_FFFF_FFFF, 0x8000_0000_2000_0000 })
        {
            foreach (RegisterFormat format in new[] { RegisterFormat.F, RegisterFormat.G })
            {
                foreach (string operation in new[] { "add", "subtract", "multiply", "divide" })
                {
                    _machine.Reset(s_alpha);
                    _machine.Run(operation, format, illegal, 0, FpTrap.None, FpRounding.NearestAway);
                    Assert.Equal(2UL, _machine.Trap);
                    _machine.Reset(s_alpha);
                    _machine.Run(operation, format, 0x4010_0000_0000_0000, illegal, FpTrap.Underflow, FpRounding.NearestAway);
                    Assert.Equal(2UL, _machine.Trap);
                }
            }

            _machine.Reset(s_alpha);
            FloatHelpers.RCmp(_machine.Env, 0, illegal, (ulong)RegisterFormat.G, 0, (ulong)RegisterRelation.Equal);
            Assert.Equal(2UL, _machine.Trap);
            _machine.Reset(s_alpha);
            FloatHelpers.R2I(_machine.Env, illegal, (ulong)RegisterFormat.G, 0, (ulong)FpRounding.Zero);
            Assert.Equal(2UL, _machine.Trap);
        }
    }

    [Fact]
    public void Comparisons()
    {
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = Number(false);
            ulong b = i % 4 == 0 ? a : Number(false);
            Rational difference = s_g.Value(a) + -s_g.Value(b);
            int sign = difference.Numerator.Sign;
            _machine.Reset(s_alpha);
            Assert.Equal(sign == 0 ? 1UL : 0, FloatHelpers.RCmp(_machine.Env, a, b, (ulong)RegisterFormat.G, 0, (ulong)RegisterRelation.Equal));
            Assert.Equal(sign < 0 ? 1UL : 0, FloatHelpers.RCmp(_machine.Env, a, b, (ulong)RegisterFormat.G, 0, (ulong)RegisterRelation.Less));
            Assert.Equal(sign <= 0 ? 1UL : 0, FloatHelpers.RCmp(_machine.Env, a, b, (ulong)RegisterFormat.G, 0, (ulong)RegisterRelation.LessOrEqual));
            Assert.Equal(0UL, _machine.Trap);
        }
    }

    private void Convert(RegisterFormat to, RegisterFormat from, ulong bits, VaxReference source, VaxReference target, bool chop, FpRounding rounding)
    {
        (ulong expected, VaxReference.Outcome outcome) = target.Round(source.Value(bits), chop);
        _machine.Reset(s_alpha);
        ulong actual = FloatHelpers.RCvt(_machine.Env, bits, (ulong)to | (ulong)from << 4, (ulong)FpTrap.Underflow, (ulong)rounding);
        Assert.Equal(outcome switch { VaxReference.Outcome.Overflow => 8UL, VaxReference.Outcome.Underflow => 16UL, _ => 0 }, _machine.Trap);
        if (outcome != VaxReference.Outcome.Overflow)
        {
            Assert.Equal(to == RegisterFormat.F ? Register(expected, true) : expected, actual);
        }
    }

    // The exact result and the trap of operands that have none.
    private static (Rational? Value, ulong Trap) Exactly(string operation, Rational a, Rational b)
    {
        switch (operation)
        {
            case "add":
                return (a + b, 0);
            case "subtract":
                return (a + -b, 0);
            case "multiply":
                return (a * b, 0);
            case "divide":
                return b.Numerator.IsZero ? (null, 4) : (a / b, 0);
            default:
                if (a.Numerator.Sign < 0)
                {
                    return (null, 2);
                }

                // A root to 2,000 bits below the point, with a sticky bit.
                BigInteger scaled = (a.Numerator << 4000) / a.Denominator;
                BigInteger root = Root(scaled);
                return (new Rational((root << 1) + (root * root == scaled ? 0 : 1), BigInteger.One << 2001), 0);
        }
    }

    private static BigInteger Root(BigInteger n)
    {
        if (n.IsZero)
        {
            return n;
        }

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

    private ulong Number(bool isSingle)
    {
        int fraction = isSingle ? 23 : 52;
        int largest = isSingle ? 255 : 2047;
        if (_random.Next(12) == 0)
        {
            return 0;
        }

        ulong field = _random.Next(4) switch
        {
            0 => 1 + (ulong)(uint)_random.Next(4),
            1 => (ulong)(largest - _random.Next(4)),
            2 => (ulong)((largest + 1) / 2 + _random.Next(-60, 60)),
            _ => 1 + (ulong)(uint)_random.Next(largest),
        };
        ulong all = (1UL << fraction) - 1;
        ulong bits = _random.Next(4) switch { 0 => 0, 1 => all, 2 => 1UL << _random.Next(fraction), _ => (ulong)_random.NextInt64() & all };
        return (ulong)(uint)_random.Next(2) << (isSingle ? 31 : 63) | field << fraction | bits;
    }

    private static bool IsNumber(ulong bits, bool isSingle) => (bits >> (isSingle ? 23 : 52) & (isSingle ? 0xFFUL : 0x7FF)) != 0;

    // An F exponent counts from 128, a G exponent from 1024.
    private static ulong Register(ulong bits, bool isSingle) => !isSingle || bits == 0
        ? bits
        : bits >> 31 << 63 | ((bits >> 23 & 0xFF) - 128 + 1024) << 52 | (bits & 0x7F_FFFF) << 29;
}
