using System.Numerics;
using Dragoman.Guests.Tests.Witness;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Guests.Tests;

/// <summary>DIV and IDIV of 128 by 64 bits where the quotient nearly or just does not fit: #DE exactly then, and else what the processor gives.</summary>
[Collection("processor")]
public sealed class DivisionTests
{
    private const ulong Undefined = 0x8D5;

    private static readonly BigInteger[] s_divisors = [1, 2, 3, 10, 0x8000_0000, 0xFFFF_FFFF, long.MaxValue, new BigInteger(long.MaxValue) + 1, ulong.MaxValue];

    [Theory]
    [InlineData("48F7F3", false)] // div rbx
    [InlineData("48F7FB", true)] // idiv rbx
    public void Quotients_at_the_limit(string code, bool isSigned)
    {
        using var native = new NativeProcessor();
        using var oracle = new X86Evaluator();
        using var interpreter = new X86Machine(new InterpreterBackend(), undefined: 0);
        using var il = new X86Machine(new IlBackend(), undefined: 0);
        byte[] bytes = Convert.FromHexString(code);
        BigInteger least = isSigned ? long.MinValue : 0;
        BigInteger most = isSigned ? long.MaxValue : ulong.MaxValue;
        int raised = 0, compared = 0;
        foreach (BigInteger magnitude in s_divisors)
        {
            foreach (BigInteger divisor in isSigned ? [magnitude, -magnitude] : new[] { magnitude })
            {
                if (divisor < least || divisor > most)
                {
                    continue;
                }

                foreach (BigInteger limit in new[] { least, most, BigInteger.Zero })
                {
                    for (int near = -2; near <= 2; near++)
                    {
                        foreach (BigInteger rest in new[] { BigInteger.Zero, BigInteger.One, BigInteger.Abs(divisor) - 1, -1, 1 - BigInteger.Abs(divisor) })
                        {
                            BigInteger dividend = (limit + near) * divisor + rest;
                            BigInteger quotient = BigInteger.Divide(dividend, divisor);
                            BigInteger range = BigInteger.One << (isSigned ? 127 : 128);
                            if (dividend >= range || dividend < (isSigned ? -range : 0))
                            {
                                continue;
                            }

                            var before = new X86State();
                            UInt128 whole = (UInt128)(dividend & ((BigInteger.One << 128) - 1));
                            (before.Registers[0], before.Registers[2], before.Registers[3]) = ((ulong)whole, (ulong)(whole >> 64), (ulong)(divisor & ulong.MaxValue));
                            bool fits = quotient >= least && quotient <= most;
                            List<X86State> ours = [oracle.Execute(bytes, before), interpreter.Execute(bytes, before)];
                            if (compared % 8 == 0)
                            {
                                ours.Add(il.Execute(bytes, before));
                            }

                            Assert.All(ours, o => Assert.Equal((dividend, divisor, !fits), (dividend, divisor, o.Raised)));
                            raised += fits ? 0 : 1;
                            if (fits)
                            {
                                compared++;
                                X86State theirs = native.Execute(bytes, before);
                                Assert.All(ours, o => Assert.Equal("", o.Difference(theirs, X86State.Flags & ~Undefined)));
                            }
                        }
                    }
                }
            }
        }

        Assert.True(raised > 50 && compared > 100, $"{raised} raised, {compared} compared");
    }

    [Fact]
    public void The_least_dividend_by_minus_one_does_not_fit()
    {
        using var interpreter = new X86Machine(new InterpreterBackend(), undefined: 0);
        var before = new X86State();
        (before.Registers[0], before.Registers[2], before.Registers[3]) = (0, 1UL << 63, ulong.MaxValue);
        Assert.True(interpreter.Execute(Convert.FromHexString("48F7FB"), before).Raised);
    }
}
