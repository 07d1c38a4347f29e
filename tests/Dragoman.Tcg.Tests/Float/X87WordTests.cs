using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>
/// What of the x87 is not basic arithmetic, against the processor's own, in every direction: loads of singles and doubles, remainders and scaling to the bit; functions
/// within one unit of the last place, on numbers in the range that the manual gives. Stores, integers and decimals are in the witness of the x86 guest.
/// </summary>
public sealed class X87WordTests
{
    private const int Rounds = 10_000;
    private const uint Exceptions = 0x3F, C1 = 0x200, Conditions = 0x4500;

    // Of functions neither precision nor what rounding tells is promised.
    private const uint FunctionStatus = 0x40F;

    private delegate Float80 Operands(Random random);

    /// <param name="Code">Loads ST(0) from rdi, and ST(1) from rsi, and leaves the result in ST(0).</param>
    /// <param name="Units">How far a function's result may be off.</param>
    private sealed record Case(X87Operation Operation, byte[] Code, Operands A, Operands? B = null, uint Status = Exceptions | C1, int Units = 0);

    private static readonly byte[] s_one = [0xDB, 0x2F];
    private static readonly byte[] s_two = [0xDB, 0x2E, 0xDB, 0x2F];

    private static readonly Case[] s_cases =
    [
        new(X87Operation.Round, [.. s_one, 0xD9, 0xFC], Any),
        new(X87Operation.Significand, [.. s_one, 0xD9, 0xF4], NotZero, Status: Exceptions),
        new(X87Operation.Remainder, [.. s_two, 0xD9, 0xF8], Any, Any, Exceptions | C1 | Conditions),
        new(X87Operation.RemainderNearest, [.. s_two, 0xD9, 0xF5], Any, Any, Exceptions | C1 | Conditions),
        new(X87Operation.Scale, [.. s_two, 0xD9, 0xFD], Any, r => r.Next(2) == 0 ? Any(r) : Number(r, -2, 16)),
        new(X87Operation.From32, [0xD9, 0x07], r => new Float80(0, Single(r))),
        new(X87Operation.From64, [0xDD, 0x07], r => new Float80(0, Double(r))),
        new(X87Operation.Exp2M1, [.. s_one, 0xD9, 0xF0], r => Number(r, -80, 0), Status: FunctionStatus, Units: 1),
        new(X87Operation.Log2, [.. s_two, 0xD9, 0xF1], r => r.Next(3) == 0 ? Any(r) : Positive(Number(r, -3, 3)), r => Number(r, -3, 3), FunctionStatus, 1),
        new(X87Operation.Log2P1, [.. s_two, 0xD9, 0xF9], r => Number(r, -80, -2), r => Number(r, -3, 3), FunctionStatus, 1),
        new(X87Operation.ArcTangent, [.. s_two, 0xD9, 0xF3], r => r.Next(3) == 0 ? Any(r) : Number(r, -13, 13), r => r.Next(3) == 0 ? Any(r) : Number(r, -13, 13), FunctionStatus, 1),
        new(X87Operation.Sin, [.. s_one, 0xD9, 0xFE], r => r.Next(3) == 0 ? Any(r) : Number(r, -30, 63), Status: FunctionStatus, Units: 1),
        new(X87Operation.Cos, [.. s_one, 0xD9, 0xFF], r => r.Next(3) == 0 ? Any(r) : Number(r, -30, 63), Status: FunctionStatus, Units: 1),
        new(X87Operation.Tan, [.. s_one, 0xD9, 0xF2, 0xDD, 0xD8], r => Number(r, -30, 63), Status: FunctionStatus, Units: 1),
    ];

    public static TheoryData<X87Operation> Names() => [.. s_cases.Select(c => c.Operation)];

    [X64Theory]
    [MemberData(nameof(Names))]
    public void ResultsAreTheProcessors(X87Operation operation)
    {
        Case one = s_cases.Single(c => c.Operation == operation);
        using var native = new X87Native(one.Code);
        var random = new Random((int)operation);
        for (int round = 0; round < Rounds; round++)
        {
            Float80 a = one.A(random);
            Float80 b = one.B?.Invoke(random) ?? default;
            uint control = 0x3Fu | 0x300 | (uint)(round & 3) << 10;
            var status = new X87Status { Precision = 64, Rounding = (Dragoman.Tcg.Abi.FpRounding)((round & 3) switch { 1 => 2, 2 => 1, var same => same }) };
            (Float80 expected, ushort word) = native.Run(a, b, status);
            UInt128 result = X87Word.Compute(operation, Word(a) | (UInt128)control << 96, Word(b));
            var actual = new Float80((ushort)(result >> 64), (ulong)result);
            uint said = (uint)(result >> 96);
            bool agrees = one.Units == 0 ? expected == actual : Int128.Abs(Place(expected) - Place(actual)) <= one.Units;
            Assert.True(agrees && ((said ^ word) & one.Status) == 0, $"{operation} {control:x} {a} {b}: {expected} {word:x4}, got {actual} {said:x4}");
        }
    }

    private static UInt128 Word(Float80 value) => new(value.SignExponent, value.Significand);

    // Neighbours are one apart.
    private static Int128 Place(Float80 value)
    {
        Int128 magnitude = ((Int128)(value.SignExponent & 0x7FFF) << 63) + (Int128)(value.Significand & long.MaxValue);
        return value.SignExponent >> 15 != 0 ? -magnitude : magnitude;
    }

    private static Float80 Number(Random random, int low, int high)
    {
        ulong significand = random.Next(5) == 0 ? 1UL << 63 : (ulong)random.NextInt64() << 1 | 1UL << 63;
        return new Float80((ushort)(0x3FFF + random.Next(low, high) | random.Next(2) << 15), significand);
    }

    private static Float80 Positive(Float80 value) => new((ushort)(value.SignExponent & 0x7FFF), value.Significand);

    private static Float80 NotZero(Random random)
    {
        Float80 value = Any(random);
        return value.Significand == 0 ? Number(random, -100, 100) : value;
    }

    private static Float80 Any(Random random)
    {
        int exponent = random.Next(8) switch
        {
            0 => 0,
            1 => random.Next(70),
            2 => 0x7FFF,
            3 => random.Next(0x8000),
            _ => 0x3FFF + random.Next(140) - 70,
        };
        ulong bits = (ulong)random.NextInt64() << random.Next(2);
        ulong significand = random.Next(5) switch
        {
            0 => 0,
            1 => bits & ulong.MaxValue << random.Next(64),
            2 => bits >> random.Next(64),
            _ => bits,
        };
        significand |= exponent != 0 && random.Next(12) != 0 ? 1UL << 63 : 0;
        return new Float80((ushort)(exponent | random.Next(2) << 15), significand);
    }

    private static uint Single(Random random) => random.Next(3) switch
    {
        0 => (uint)random.Next(1 << 23) | (uint)random.Next(2) << 31,
        1 => 0x7F80_0000 | (uint)random.Next(1 << 23) | (uint)random.Next(2) << 31,
        _ => (uint)random.NextInt64(),
    };

    private static ulong Double(Random random) => random.Next(3) switch
    {
        0 => (ulong)random.NextInt64() >> 12 | (ulong)random.Next(2) << 63,
        1 => 0x7FF0_0000_0000_0000 | (ulong)random.NextInt64() >> 12 | (ulong)random.Next(2) << 63,
        _ => (ulong)random.NextInt64() << 1,
    };
}
