using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>
/// Round to nearest even against the host's FPU, NaNs and infinities included (as NaN or not: the host's payloads are its own),
/// and the fast paths against the exact code, where bits and exceptions must agree.
/// </summary>
public sealed class HostTests
{
    private const int Rounds = 100_000;

    private delegate ulong Exact(ulong a, ulong b, ulong c, ref FpStatus status);

    private delegate ulong Fast(ulong a, ulong b, ulong c, FpRounding rounding, ref FpStatus status);

    [Fact]
    public void Double()
    {
        Check<Binary64>((a, b, _) => Bits(F64(a) + F64(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Add(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Add64(a, b, r, ref s));
        Check<Binary64>((a, b, _) => Bits(F64(a) - F64(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Subtract(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Subtract64(a, b, r, ref s));
        Check<Binary64>((a, b, _) => Bits(F64(a) * F64(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Multiply(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Multiply64(a, b, r, ref s));
        Check<Binary64>((a, b, _) => Bits(F64(a) / F64(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Divide(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Divide64(a, b, r, ref s));
        Check<Binary64>((a, _, _) => Bits(Math.Sqrt(F64(a))), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Sqrt(a, ref s), (ulong a, ulong _, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Sqrt64(a, r, ref s));
        Check<Binary64>((a, b, c) => Bits(Math.FusedMultiplyAdd(F64(a), F64(b), F64(c))), (ulong a, ulong b, ulong c, ref FpStatus s) => SoftFloat<Binary64>.MultiplyAdd(c, a, b, ref s), (ulong a, ulong b, ulong c, FpRounding r, ref FpStatus s) => FloatFast.MultiplyAdd64(c, a, b, r, ref s));
        Check<Binary64>((a, _, _) => Bits(Math.Round(F64(a))), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary64>.RoundToIntegral(a, false, ref s), (ulong a, ulong _, ulong _, FpRounding r, ref FpStatus s) => FloatFast.RoundToIntegral64(a, r, ref s));
        Check<Binary64>((a, _, _) => Bits((float)F64(a)), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Convert<Binary32>(a, ref s), (ulong a, ulong _, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Narrow(a, r, ref s), resultWidth: 32);
        Check<Binary64>((a, b, _) => Bits(Math.Min(F64(a), F64(b))), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Min(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.Min64(a, b, ref s));
        Check<Binary64>((a, b, _) => Bits(Math.Max(F64(a), F64(b))), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.Max(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.Max64(a, b, ref s));
        Check<Binary64>(null, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.MinNumber(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.MinNumber64(a, b, ref s));
        Check<Binary64>(null, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary64>.MaxNumber(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.MaxNumber64(a, b, ref s));
    }

    [Fact]
    public void Single()
    {
        Check<Binary32>((a, b, _) => Bits(F32(a) + F32(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Add(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Add32(a, b, r, ref s));
        Check<Binary32>((a, b, _) => Bits(F32(a) - F32(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Subtract(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Subtract32(a, b, r, ref s));
        Check<Binary32>((a, b, _) => Bits(F32(a) * F32(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Multiply(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Multiply32(a, b, r, ref s));
        Check<Binary32>((a, b, _) => Bits(F32(a) / F32(b)), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Divide(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Divide32(a, b, r, ref s));
        Check<Binary32>((a, _, _) => Bits(MathF.Sqrt(F32(a))), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Sqrt(a, ref s), (ulong a, ulong _, ulong _, FpRounding r, ref FpStatus s) => FloatFast.Sqrt32(a, r, ref s));
        Check<Binary32>((a, b, c) => Bits(MathF.FusedMultiplyAdd(F32(a), F32(b), F32(c))), (ulong a, ulong b, ulong c, ref FpStatus s) => SoftFloat<Binary32>.MultiplyAdd(c, a, b, ref s), (ulong a, ulong b, ulong c, FpRounding r, ref FpStatus s) => FloatFast.MultiplyAdd32(c, a, b, r, ref s));
        Check<Binary32>((a, _, _) => Bits(MathF.Round(F32(a))), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary32>.RoundToIntegral(a, false, ref s), (ulong a, ulong _, ulong _, FpRounding r, ref FpStatus s) => FloatFast.RoundToIntegral32(a, r, ref s));
        Check<Binary32>((a, _, _) => Bits((double)F32(a)), (ulong a, ulong _, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Convert<Binary64>(a, ref s), (ulong a, ulong _, ulong _, FpRounding _, ref FpStatus s) => FloatFast.Widen(a, ref s), resultWidth: 64);
        Check<Binary32>((a, b, _) => Bits(MathF.Min(F32(a), F32(b))), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Min(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.Min32(a, b, ref s));
        Check<Binary32>((a, b, _) => Bits(MathF.Max(F32(a), F32(b))), (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.Max(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.Max32(a, b, ref s));
        Check<Binary32>(null, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.MinNumber(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.MinNumber32(a, b, ref s));
        Check<Binary32>(null, (ulong a, ulong b, ulong _, ref FpStatus s) => SoftFloat<Binary32>.MaxNumber(a, b, ref s), (ulong a, ulong b, ulong _, FpRounding _, ref FpStatus s) => FloatFast.MaxNumber32(a, b, ref s));
    }

    /// <summary>Without Inexact the host is not asked for the product, and so flags no denormal operand.</summary>
    [Fact]
    public void A_denormal_times_zero_is_reported_where_the_host_has_not_multiplied()
    {
        FpStatus status = new() { ReportsDenormals = true };
        Assert.Equal(1UL << 63, FloatFast.Multiply64(1, 1UL << 63, FpRounding.NearestEven, ref status));
        Assert.Equal(FpExceptions.DenormalOperand, status.Exceptions);
        status.Exceptions = FpExceptions.None;
        Assert.Equal(1UL << 31, FloatFast.Multiply32(0, 0x807F_FFFF, FpRounding.NearestEven, ref status));
        Assert.Equal(FpExceptions.DenormalOperand, status.Exceptions);
        status.Exceptions = FpExceptions.None;
        Assert.Equal(0UL, FloatFast.Multiply32(0, 0x0080_0000, FpRounding.NearestEven, ref status));
        Assert.Equal(FpExceptions.None, status.Exceptions);
    }

    [Fact]
    public void HalfConvertsAsTheHostsHalf()
    {
        for (ulong a = 0; a <= 0xFFFF; a++)
        {
            Half half = BitConverter.UInt16BitsToHalf((ushort)a);
            FpStatus status = default;
            ulong wide = SoftFloat<Binary16>.Convert<Binary64>(a, ref status);
            Assert.Equal(Half.IsNaN(half), double.IsNaN(F64(wide)));
            if (!Half.IsNaN(half))
            {
                Assert.Equal(Bits((double)half), wide);
                Assert.Equal(a, SoftFloat<Binary64>.Convert<Binary16>(wide, ref status));
                Assert.Equal(FpExceptions.None, status.Exceptions);
            }
        }
    }

    [Fact]
    public void NarrowingToHalfAsTheHosts()
    {
        Operands<Binary32> operands = new(7);
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = (operands.Next() & 0x8FFF_FFFF) | 0x3000_0000;
            FpStatus status = default;
            Assert.Equal(BitConverter.HalfToUInt16Bits((Half)F32(a)), SoftFloat<Binary32>.Convert<Binary16>(a, ref status));
        }
    }

    [Fact]
    public void Comparisons()
    {
        Operands<Binary64> operands = new(9);
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = operands.Next();
            ulong b = i % 4 == 0 ? a : operands.Next();
            FpRelation expected = F64(a) < F64(b) ? FpRelation.Less : F64(a) > F64(b) ? FpRelation.Greater
                : F64(a) == F64(b) ? FpRelation.Equal : FpRelation.Unordered;
            FpStatus exact = default;
            FpStatus fast = default;
            Assert.Equal(expected, SoftFloat<Binary64>.Compare(a, b, i % 2 == 0, ref exact));
            Assert.Equal(expected, FloatFast.Compare64(a, b, i % 2 == 0, ref fast));
            Assert.Equal(exact, fast);
        }
    }

    private static double F64(ulong bits) => BitConverter.UInt64BitsToDouble(bits);

    private static float F32(ulong bits) => BitConverter.UInt32BitsToSingle((uint)bits);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private static ulong Bits(float value) => BitConverter.SingleToUInt32Bits(value);

    private static bool IsNan(ulong bits, int width) => width == 64 ? double.IsNaN(F64(bits)) : float.IsNaN(F32(bits));

    private static void Check<TFormat>(Func<ulong, ulong, ulong, ulong>? host, Exact exact, Fast fast, int resultWidth = 0)
        where TFormat : struct, IFloatFormat
    {
        int width = resultWidth == 0 ? TFormat.Width : resultWidth;
        Operands<TFormat> operands = new(4711);
        for (int i = 0; i < Rounds; i++)
        {
            ulong a = operands.Next();
            ulong b = i % 3 == 0 && ExactReference<TFormat>.IsNumber(a) ? operands.NextNear(a) : operands.Next();
            ulong c = operands.Next();
            FpStatus plain = default;
            ulong result = exact(a, b, c, ref plain);
            if (host is not null)
            {
                ulong expected = host(a, b, c);
                Assert.True(
                    expected == result || (IsNan(expected, width) && IsNan(result, width)),
                    $"a={a:x} b={b:x} c={c:x}: host {expected:x}, got {result:x}");
            }

            CheckFast(exact, fast, a, b, c, i);
        }
    }

    /// <summary>The fast path in an environment drawn by <paramref name="i"/>: half of them are those in which the host may compute.</summary>
    private static void CheckFast(Exact exact, Fast fast, ulong a, ulong b, ulong c, int i)
    {
        FpStatus environment = new()
        {
            Exceptions = (i & 1) == 0 ? FpExceptions.Inexact : FpExceptions.None,
            Rounding = (i & 6) == 6 ? (FpRounding)(i / 8 % 5) : FpRounding.NearestEven,
            FlushInputs = i % 11 == 0,
            FlushOutputs = i % 11 == 0,
            DefaultNan = i % 7 == 0,
            NanRule = i % 13 == 0 ? FpNanRule.X86Sse : FpNanRule.Arm,
        };
        FpRounding rounding = i % 5 == 0 ? (FpRounding)(i / 5 % 6) : FpRounding.Dynamic;
        FpStatus first = environment;
        if (rounding != FpRounding.Dynamic)
        {
            first.Rounding = rounding;
        }

        FpStatus second = environment;
        ulong expected = exact(a, b, c, ref first);
        ulong actual = fast(a, b, c, rounding, ref second);
        Assert.True(
            expected == actual && first.Exceptions == second.Exceptions && second.Rounding == environment.Rounding,
            $"fast a={a:x} b={b:x} c={c:x} {rounding}: {expected:x} {first.Exceptions}, got {actual:x} {second.Exceptions}");
    }
}
