using System.Runtime.InteropServices;
using Dragoman.Runtime.Faults;
using Dragoman.Tcg.Float;

namespace Dragoman.Runtime.Tests;

/// <summary>What the host's x87 computes is what the integers compute: result, exceptions, condition codes; with every control word, whatever is known already and was left set before.</summary>
public sealed class HostX87StubsTests
{
    private const int Rounds = 20_000;
    private const ulong IntegerBit = 1UL << 63;

    // The numbers that have code on any x86-64.
    private static readonly X87Operation[] s_emitted =
    [
        X87Operation.Add, X87Operation.Subtract, X87Operation.SubtractReversed, X87Operation.Multiply, X87Operation.Divide, X87Operation.DivideReversed,
        X87Operation.Sqrt, X87Operation.Compare, X87Operation.CompareQuiet, X87Operation.Round, X87Operation.From32, X87Operation.From64,
        X87Operation.To32, X87Operation.To64, X87Operation.FromInteger, X87Operation.ToInt16, X87Operation.ToInt32, X87Operation.ToInt64,
        X87Operation.Truncate16, X87Operation.Truncate32, X87Operation.Truncate64, X87Operation.Remainder, X87Operation.RemainderNearest, X87Operation.Scale,
    ];

    private static readonly X87Operation[] s_mixed =
    [
        X87Operation.Add, X87Operation.Subtract, X87Operation.SubtractReversed, X87Operation.Multiply, X87Operation.Divide, X87Operation.DivideReversed, X87Operation.Compare,
    ];

    public static TheoryData<X87Operation> Operations() =>
        [.. s_emitted, .. s_mixed.Select(operation => operation | X87Operation.WithSingle), .. s_mixed.Select(operation => operation | X87Operation.WithDouble)];

    [Theory]
    [MemberData(nameof(Operations))]
    public void HostAndIntegersAgree(X87Operation operation)
    {
        HostX87Stubs.Install();
        Assert.Equal(RuntimeInformation.ProcessArchitecture == Architecture.X64, X87Host.CodeOf(operation) != 0);
        var random = new Random((int)operation);
        for (int round = 0; round < Rounds; round++)
        {
            // The usual control word, another with everything masked, anything.
            uint control = random.Next(3) switch
            {
                0 => 0x37F,
                1 => 0x7Fu | (uint)random.Next(0x20) << 8,
                _ => (uint)random.Next(0x2000) & 0x1F3F | 0x40,
            };
            uint known = random.Next(3) switch { 0 => 0, 1 => 0x20, _ => (uint)random.Next(0x10000) };
            ulong a = LowHalf(operation, random, out ulong exponent);
            ulong b = Second(operation, random, out ulong otherExponent);
            ulong ah = exponent | (ulong)(control | known << 16) << 32;
            X87Result host = X87Host.Compute(a, ah, b, otherExponent, (int)operation);
            X87Result exact = X87Host.Exactly(a, ah, b, otherExponent, (int)operation);
            Assert.True(
                host.Low == exact.Low && host.High == exact.High,
                $"{operation} {a:x16} {ah:x16} {b:x16} {otherExponent:x4}: host {host.High:x16}:{host.Low:x16}, exactly {exact.High:x16}:{exact.Low:x16}");
        }
    }

    [Fact]
    public void FunctionsHaveNoCodeOfTheHosts()
    {
        HostX87Stubs.Install();
        for (X87Operation operation = X87Operation.Exp2M1; operation <= X87Operation.Tan; operation++)
        {
            Assert.Equal(0, X87Host.CodeOf(operation));
        }
    }

    private static ulong LowHalf(X87Operation operation, Random random, out ulong exponent)
    {
        exponent = 0;
        return operation switch
        {
            X87Operation.From32 => Single(random),
            X87Operation.From64 => Double(random),
            X87Operation.FromInteger => (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64),
            _ => Extended(random, out exponent),
        };
    }

    private static ulong Second(X87Operation operation, Random random, out ulong exponent)
    {
        exponent = 0;
        return (operation & X87Operation.WithSingle) != 0 ? Single(random)
            : (operation & X87Operation.WithDouble) != 0 ? Double(random)
            : Extended(random, out exponent);
    }

    private static uint Single(Random random) => (uint)random.NextInt64() & 0x807FFFFF | (uint)Exponent(random, 0xFF, 0x7F) << 23;

    private static ulong Double(Random random) =>
        (ulong)random.NextInt64(long.MinValue, long.MaxValue) & 0x800FFFFFFFFFFFFF | (ulong)Exponent(random, 0x7FF, 0x3FF) << 52;

    // Every encoding, valid or not; bits above the exponent are not the operation's affair.
    private static ulong Extended(Random random, out ulong exponent)
    {
        int biased = Exponent(random, 0x7FFF, 0x3FFF);
        ulong bits = (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        ulong significand = random.Next(6) switch { 0 => 0, 1 => bits << random.Next(64), 2 => bits >> random.Next(64), _ => bits };
        exponent = (uint)biased | (ulong)random.Next(2) << 15;
        return biased != 0 && random.Next(16) != 0 ? significand | IntegerBit : significand;
    }

    private static int Exponent(Random random, int largest, int bias) => random.Next(8) switch
    {
        0 => 0,
        1 => largest,
        2 => random.Next(Math.Min(70, largest)),
        3 => random.Next(largest + 1),
        _ => bias + random.Next(140) - 70,
    };
}
