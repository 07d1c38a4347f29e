using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>The ops as backends call them: environment at its place in the vCPU block, rounding as an argument.</summary>
public sealed unsafe class FloatHelpersTests : IDisposable
{
    private const ulong Dynamic = (ulong)FpRounding.Dynamic;

    private readonly byte* _env = (byte*)NativeMemory.AllocZeroed(VcpuHeader.GuestState);

    private ref FpStatus Status => ref ((VcpuHeader*)_env)->Fp;

    public void Dispose() => NativeMemory.Free(_env);

    [Fact]
    public void ArgumentOverridesTheStatusAndIsForgotten()
    {
        const ulong Third = 0x3FD5555555555555;
        Status.Rounding = FpRounding.Up;
        Assert.Equal(Third + 1, FloatHelpers.FDiv64(_env, Bits(1), Bits(3), Dynamic));
        Assert.Equal(Third, FloatHelpers.FDiv64(_env, Bits(1), Bits(3), (ulong)FpRounding.Zero));
        Assert.Equal(Third, FloatHelpers.FDiv64(_env, Bits(1), Bits(3), (ulong)FpRounding.NearestEven));
        Assert.Equal(Third + 1, FloatHelpers.FDiv64(_env, Bits(1), Bits(3), Dynamic));
        Assert.Equal(FpRounding.Up, Status.Rounding);
        Assert.Equal(FpExceptions.Inexact, Status.Exceptions);
    }

    [Theory]
    [InlineData(1.0, 2.0, 0b1000)]
    [InlineData(2.0, 1.0, 0b0010)]
    [InlineData(0.0, -0.0, 0b0110)]
    [InlineData(double.NaN, 1.0, 0b0011)]
    public void ComparisonGivesNzcv(double a, double b, ulong nzcv)
    {
        Assert.Equal(nzcv, FloatHelpers.FCmp64(_env, Bits(a), Bits(b)));
        Assert.Equal(FpExceptions.None, Status.Exceptions);
        Assert.Equal(nzcv, FloatHelpers.FCmpS64(_env, Bits(a), Bits(b)));
        Assert.Equal(double.IsNaN(a) ? FpExceptions.Invalid : FpExceptions.None, Status.Exceptions);
        Assert.Equal(a == b ? 1UL : 0UL, FloatHelpers.FEq64(_env, Bits(a), Bits(b)));
        Assert.Equal(a >= b ? 1UL : 0UL, FloatHelpers.FGe64(_env, Bits(a), Bits(b)));
        Assert.Equal(a > b ? 1UL : 0UL, FloatHelpers.FGt64(_env, Bits(a), Bits(b)));
    }

    [Theory]
    [InlineData(-1.5, 32, 0xFFFFFFFF)]
    [InlineData(-1.5, 64, 0xFFFFFFFFFFFFFFFF)]
    [InlineData(3e9, 32, 0x7FFFFFFF)]
    [InlineData(3e9, 64, 3000000000)]
    public void TruncatesToSigned(double value, ulong width, ulong expected)
        => Assert.Equal(expected, FloatHelpers.F2SI64(_env, Bits(value), width, 0, (ulong)FpRounding.Zero, (ulong)IntegerOverflow.Saturate));

    [Fact]
    public void IntegerHelpersAgreeWithTheExactCode()
    {
        Operands<Binary64> doubles = new(5);
        Operands<Binary32> singles = new(6);
        Random random = new(7);
        for (int i = 0; i < 50_000; i++)
        {
            ulong width = (i & 1) == 0 ? 32UL : 64UL;
            ulong fractionBits = (i & 14) == 14 ? (ulong)random.Next((int)width) : 0;
            ulong rounding = (i & 48) == 0 ? Dynamic : (ulong)(i / 64 % 5);
            ulong overflow = (ulong)(i % 3);
            FpStatus environment = new() { Rounding = (FpRounding)(i / 16 % 5), Exceptions = (i & 4) != 0 ? FpExceptions.Inexact : 0, FlushInputs = i % 17 == 0 };
            ulong d = doubles.Next();
            ulong s = singles.Next();
            ulong n = (ulong)random.NextInt64(long.MinValue, long.MaxValue) >> random.Next(64);
            n = (i & 256) != 0 ? 0 - n : n;
            Same(environment, rounding, () => FloatHelpers.F2SI64(_env, d, width, fractionBits, rounding, overflow), (ref FpStatus f) => SoftFloat<Binary64>.ToInteger(d, (int)width, true, (int)fractionBits, (IntegerOverflow)overflow, ref f));
            Same(environment, rounding, () => FloatHelpers.F2UI64(_env, d, width, fractionBits, rounding, overflow), (ref FpStatus f) => SoftFloat<Binary64>.ToInteger(d, (int)width, false, (int)fractionBits, (IntegerOverflow)overflow, ref f));
            Same(environment, rounding, () => FloatHelpers.F2SI32(_env, s, width, fractionBits, rounding, overflow), (ref FpStatus f) => SoftFloat<Binary32>.ToInteger(s, (int)width, true, (int)fractionBits, (IntegerOverflow)overflow, ref f));
            Same(environment, rounding, () => FloatHelpers.F2UI32(_env, s, width, fractionBits, rounding, overflow), (ref FpStatus f) => SoftFloat<Binary32>.ToInteger(s, (int)width, false, (int)fractionBits, (IntegerOverflow)overflow, ref f));
            Same(environment, rounding, () => FloatHelpers.SI2F64(_env, n, width, fractionBits, rounding), (ref FpStatus f) => SoftFloat<Binary64>.FromInteger(n, (int)width, true, (int)fractionBits, ref f));
            Same(environment, rounding, () => FloatHelpers.UI2F64(_env, n, width, fractionBits, rounding), (ref FpStatus f) => SoftFloat<Binary64>.FromInteger(n, (int)width, false, (int)fractionBits, ref f));
            Same(environment, rounding, () => FloatHelpers.SI2F32(_env, n, width, fractionBits, rounding), (ref FpStatus f) => SoftFloat<Binary32>.FromInteger(n, (int)width, true, (int)fractionBits, ref f));
            Same(environment, rounding, () => FloatHelpers.UI2F32(_env, n, width, fractionBits, rounding), (ref FpStatus f) => SoftFloat<Binary32>.FromInteger(n, (int)width, false, (int)fractionBits, ref f));
        }
    }

    [Fact]
    public void AlternativeHalfIsTheStatusBit()
    {
        Assert.Equal(Bits(double.PositiveInfinity), FloatHelpers.FCvt16To64(_env, 0x7C00, Dynamic));
        Status.AlternativeHalf = true;
        Assert.Equal(Bits(65536.0), FloatHelpers.FCvt16To64(_env, 0x7C00, Dynamic));
        Assert.Equal(0x7C00UL, FloatHelpers.FCvt64To16(_env, Bits(65536.0), Dynamic));
    }

    private delegate ulong Exact(ref FpStatus status);

    private static ulong Bits(double value) => BitConverter.DoubleToUInt64Bits(value);

    private void Same(FpStatus environment, ulong rounding, Func<ulong> helper, Exact exact)
    {
        FpStatus expected = environment;
        expected.Rounding = rounding == Dynamic ? environment.Rounding : (FpRounding)rounding;
        Status = environment;
        Assert.Equal(exact(ref expected), helper());
        Assert.Equal(expected.Exceptions, Status.Exceptions);
        Assert.Equal(environment.Rounding, Status.Rounding);
    }
}
