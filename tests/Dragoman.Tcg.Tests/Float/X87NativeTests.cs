using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>x87 arithmetic against the processor's own: every kind of encoding, every precision and direction; result, exceptions and C1 must agree.</summary>
public sealed unsafe class X87NativeTests
{
    private const int Rounds = 60_000;

    private delegate Float80 Operation(Float80 a, Float80 b, ref X87Status status);

    private static readonly Dictionary<string, (byte[] Code, Operation Operation)> s_operations = new()
    {
        ["fadd"] = ([0xDB, 0x2F, 0xDB, 0x2E, 0xDE, 0xC1], X87Float.Add),
        ["fsub"] = ([0xDB, 0x2F, 0xDB, 0x2E, 0xDE, 0xE9], X87Float.Subtract),
        ["fmul"] = ([0xDB, 0x2F, 0xDB, 0x2E, 0xDE, 0xC9], X87Float.Multiply),
        ["fdiv"] = ([0xDB, 0x2F, 0xDB, 0x2E, 0xDE, 0xF9], X87Float.Divide),
        ["fsqrt"] = ([0xDB, 0x2F, 0xD9, 0xFA], (Float80 a, Float80 _, ref X87Status s) => X87Float.Sqrt(a, ref s)),
    };

    public static TheoryData<string> Names() => [.. s_operations.Keys];

    [X64Theory]
    [MemberData(nameof(Names))]
    public void ArithmeticIsTheProcessors(string name)
    {
        (byte[] code, Operation operation) = s_operations[name];
        using var native = new X87Native(code);
        var random = new Random(name.Length * 31 + name[1]);
        for (int round = 0; round < Rounds; round++)
        {
            Float80 a = Operand(random);
            Float80 b = random.Next(4) == 0 ? Near(random, a) : Operand(random);
            X87Status status = Control(round);
            (Float80 expected, ushort word) = native.Run(a, b, status);
            Float80 actual = operation(a, b, ref status);
            Assert.True(
                expected == actual && (word & 0x3F) == (int)status.Exceptions && ((word >> 9 & 1) != 0) == status.RoundedUp,
                $"{name} {status.Precision} {status.Rounding} {a} {b}: {expected} {(X87Exceptions)(word & 0x3F)} C1 {word >> 9 & 1}, got {actual} {status.Exceptions} {status.RoundedUp}");
        }
    }

    [X64Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ComparisonIsTheProcessors(bool signalling)
    {
        using var native = new X87Native(signalling ? [0xDB, 0x2E, 0xDB, 0x2F, 0xD8, 0xD1] : [0xDB, 0x2E, 0xDB, 0x2F, 0xDD, 0xE1]);
        var random = new Random(5);
        for (int round = 0; round < Rounds; round++)
        {
            Float80 a = Operand(random);
            Float80 b = random.Next(3) == 0 ? Near(random, a) : Operand(random);
            X87Status status = Control(round);
            (_, ushort word) = native.Run(a, b, status);
            FpRelation expected = (word & 0x4500) switch
            {
                0 => FpRelation.Greater,
                0x100 => FpRelation.Less,
                0x4000 => FpRelation.Equal,
                _ => FpRelation.Unordered,
            };
            FpRelation actual = X87Float.Compare(a, b, signalling, ref status);
            Assert.True(expected == actual && (word & 0x3F) == (int)status.Exceptions, $"{a} {b}: {expected} {word:x4}, got {actual} {status.Exceptions}");
        }
    }

    private static X87Status Control(int round) => new()
    {
        Masked = (X87Exceptions)0x3F,
        Rounding = (FpRounding)(round & 3),
        Precision = (round >> 2 & 3) switch
        {
            0 => 24,
            1 => 53,
            _ => 64,
        },
    };

    private static Float80 Near(Random random, Float80 a) =>
        new((ushort)(a.SignExponent ^ (random.Next(2) << 15) ^ random.Next(2)), random.Next(2) == 0 ? a.Significand : a.Significand + (ulong)random.Next(3) - 1);

    private static Float80 Operand(Random random)
    {
        int exponent = random.Next(10) switch
        {
            0 => 0,
            1 => random.Next(70),
            2 => 0x7FFF,
            3 => 0x7FFE - random.Next(3),
            4 => random.Next(0x8000),
            5 => 0x1FFF + random.Next(70) - 35,
            _ => 0x3FFF + random.Next(140) - 70,
        };
        ulong bits = (ulong)random.NextInt64() << random.Next(2);
        ulong significand = random.Next(6) switch
        {
            0 => 0,
            1 => bits & (ulong.MaxValue << random.Next(64)),
            2 => ulong.MaxValue << random.Next(64),
            3 => bits >> random.Next(64),
            _ => bits,
        };
        if (exponent != 0 && random.Next(12) != 0)
        {
            significand |= 1UL << 63;
        }

        return new Float80((ushort)(exponent | random.Next(2) << 15), significand);
    }
}
