using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Every operation on numbers, in every direction and flushing mode, against exact rationals: bits and exceptions.</summary>
public sealed class ArithmeticTests
{
    private const int Rounds = 1500;

    private delegate ulong Operation(ulong a, ulong b, ulong c, ref FpStatus status);

    private delegate ulong Expectation<TFormat>(ExactReference<TFormat> reference, ulong a, ulong b, ulong c)
        where TFormat : struct, IFloatFormat;

    public static TheoryData<FpRounding, FpNanRule, bool> Environments()
    {
        TheoryData<FpRounding, FpNanRule, bool> data = [];
        foreach (FpRounding rounding in new[] { FpRounding.NearestEven, FpRounding.Up, FpRounding.Down, FpRounding.Zero, FpRounding.NearestAway, FpRounding.Odd })
        {
            data.Add(rounding, FpNanRule.Arm, false);
            data.Add(rounding, FpNanRule.Arm, true);
            data.Add(rounding, FpNanRule.X86Sse, false);
            data.Add(rounding, FpNanRule.X86Sse, true);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Environments))]
    public void Half(FpRounding rounding, FpNanRule rule, bool flush) => CheckAll<Binary16>(rounding, rule, flush);

    [Theory]
    [MemberData(nameof(Environments))]
    public void Single(FpRounding rounding, FpNanRule rule, bool flush) => CheckAll<Binary32>(rounding, rule, flush);

    [Theory]
    [MemberData(nameof(Environments))]
    public void Double(FpRounding rounding, FpNanRule rule, bool flush) => CheckAll<Binary64>(rounding, rule, flush);

    private static void CheckAll<TFormat>(FpRounding rounding, FpNanRule rule, bool flush)
        where TFormat : struct, IFloatFormat
    {
        FpStatus environment = new() { Rounding = rounding, NanRule = rule, FlushInputs = flush, FlushOutputs = flush, FlushHalf = flush };
        Check<TFormat>("add", environment, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.Add(a, b, ref s), (r, a, b, _) => r.Add(a, b));
        Check<TFormat>("subtract", environment, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.Subtract(a, b, ref s), (r, a, b, _) => r.Subtract(a, b));
        Check<TFormat>("multiply", environment, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.Multiply(a, b, ref s), (r, a, b, _) => r.Multiply(a, b));
        Check<TFormat>("multiply-add", environment, (ulong a, ulong b, ulong c, ref FpStatus s) => SoftFloat<TFormat>.MultiplyAdd(c, a, b, ref s), (r, a, b, c) => r.MultiplyAdd(c, a, b));
        Check<TFormat>("recips", environment, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.ReciprocalStep(a, b, ref s), (r, a, b, _) => r.Step(a, b, 2, 1));
        Check<TFormat>("rsqrts", environment, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.ReciprocalSqrtStep(a, b, ref s), (r, a, b, _) => r.Step(a, b, 3, 2));
        Check<TFormat>(
            "divide",
            environment,
            (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<TFormat>.Divide(a, b, ref s),
            (r, a, b, _) => r.Divide(a, b),
            skip: (r, _, b) => r.Value(b).Numerator.IsZero);
        Check<TFormat>(
            "sqrt",
            environment,
            (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<TFormat>.Sqrt(a, ref s),
            (r, a, _, _) => r.Sqrt(a),
            skip: (r, a, _) => r.Value(a).Numerator.Sign < 0,
            rounds: 150);
    }

    private static void Check<TFormat>(
        string name,
        FpStatus environment,
        Operation operation,
        Expectation<TFormat> expectation,
        Func<ExactReference<TFormat>, ulong, ulong, bool>? skip = null,
        int rounds = Rounds)
        where TFormat : struct, IFloatFormat
    {
        Operands<TFormat> operands = new(20260101 + name.Length + (int)environment.Rounding);
        for (int i = 0; i < rounds; i++)
        {
            ulong a = operands.NextNumber();
            ulong b = i % 3 == 0 ? operands.NextNear(a) : operands.NextNumber();
            ulong c = i % 5 == 0 ? NearProduct<TFormat>(a, b, operands) : operands.NextNumber();
            if (skip is not null && skip(new ExactReference<TFormat>(environment), a, b))
            {
                continue;
            }

            ExactReference<TFormat> reference = new(environment);
            ulong expected = expectation(reference, a, b, c);
            FpStatus status = environment;
            ulong actual = operation(a, b, c, ref status);
            Assert.True(
                expected == actual && reference.Exceptions == status.Exceptions,
                $"{name} a={a:x} b={b:x} c={c:x}: expected {expected:x} {reference.Exceptions}, got {actual:x} {status.Exceptions}");
        }
    }

    /// <summary>An addend that nearly cancels the product.</summary>
    private static ulong NearProduct<TFormat>(ulong a, ulong b, Operands<TFormat> operands)
        where TFormat : struct, IFloatFormat
    {
        FpStatus status = default;
        ulong product = SoftFloat<TFormat>.Multiply(a, b, ref status);
        return ExactReference<TFormat>.IsNumber(product) ? operands.NextNear(product) : operands.NextNumber();
    }
}
