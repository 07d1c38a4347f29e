using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Arithmetic that compiled code has the host do, against the helpers: values and exceptions.</summary>
public sealed unsafe class FloatTests
{
    private static readonly ulong[] s_doubles =
    [
        0, 1UL << 63, 1, 0x000F_FFFF_FFFF_FFFF, 0x0010_0000_0000_0000, 0x0010_0000_0000_0001, 0x0020_0000_0000_0000, 0x3CA0_0000_0000_0000, 0x3FF0_0000_0000_0000,
        0xBFF8_0000_0000_0001, 0x4008_0000_0000_0000, 0x5FE0_0000_0000_0000, 0x7FEF_FFFF_FFFF_FFFF, 0x7FF0_0000_0000_0000, 0xFFF0_0000_0000_0000, 0x7FF8_0000_0000_0123,
        0x7FF0_0000_0000_0001,
    ];

    private static readonly ulong[] s_singles =
    [
        0, 1UL << 31, 1, 0x007F_FFFF, 0x0080_0000, 0x0080_0001, 0x0100_0000, 0x3380_0000, 0x3F80_0000, 0xBFC0_0001, 0x4040_0000, 0x5F00_0000, 0x7F7F_FFFF, 0x7F80_0000,
        0xFF80_0000, 0x7FC0_0123, 0x7F80_0001,
    ];

    [Theory]
    [InlineData(TcgType.I64, FpRounding.NearestEven, FpExceptions.Inexact, false)]
    [InlineData(TcgType.I64, FpRounding.NearestEven, FpExceptions.None, false)]
    [InlineData(TcgType.I64, FpRounding.Up, FpExceptions.Inexact, false)]
    [InlineData(TcgType.I64, FpRounding.NearestEven, FpExceptions.Inexact, true)]
    [InlineData(TcgType.I32, FpRounding.NearestEven, FpExceptions.Inexact, false)]
    [InlineData(TcgType.I32, FpRounding.NearestEven, FpExceptions.None, false)]
    [InlineData(TcgType.I32, FpRounding.Zero, FpExceptions.Inexact, false)]
    [InlineData(TcgType.I32, FpRounding.NearestEven, FpExceptions.Inexact, true)]
    public void The_host_computes_what_the_helpers_compute(TcgType type, FpRounding rounding, FpExceptions before, bool flushes)
    {
        FpStatus status = new() { Rounding = rounding, Exceptions = before, FlushInputs = flushes, FlushOutputs = flushes, NanRule = FpNanRule.X86Sse };
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        const FpRounding Dynamic = FpRounding.Dynamic;
        Temp a = Operand(bench, type, 0), b = Operand(bench, type, 1);
        tcg.InsnStart(0x1000);
        Temp sum = tcg.FAdd(type, a, b, Dynamic);
        Temp product = tcg.FMul(type, sum, b, Dynamic);
        Temp quotient = tcg.FDiv(type, a, product, Dynamic);
        Temp difference = tcg.FSub(type, quotient, b, Dynamic);
        Temp root = tcg.FSqrt(type, b, Dynamic);
        Temp relation = tcg.FCmp(root, difference);
        Temp signalling = tcg.FCmpS(a, b);
        Temp[] results = [sum, product, quotient, difference, root, relation, signalling];
        for (int i = 0; i < results.Length; i++)
        {
            tcg.Mov(bench.R(i), tcg.TypeOf(results[i]) == TcgType.I64 ? results[i] : tcg.ExtuI32I64(results[i]));
        }

        tcg.ExitTb(TbExit.Lookup);
        var code = bench.Compile();
        ulong[] values = type == TcgType.I64 ? s_doubles : s_singles;
        foreach (ulong x in values)
        {
            foreach (ulong y in values)
            {
                bench[0] = x;
                bench[1] = y;
                bench.Header->Fp = status;
                ulong[] expected = Expected(bench.Env, type == TcgType.I64, x, y);
                FpExceptions raised = bench.Header->Fp.Exceptions;
                bench.Header->Fp = status;
                code.Execute(bench.Env);
                Assert.Equal(expected, Enumerable.Range(0, results.Length).Select(i => bench[i]));
                Assert.Equal(raised, bench.Header->Fp.Exceptions);
            }
        }
    }

    [Fact]
    public void A_change_of_the_direction_counts_from_the_next_op_on()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        tcg.Mov(bench.R(2), tcg.FDiv(TcgType.I64, bench.R(0), bench.R(1), FpRounding.Dynamic));
        tcg.St8(TcgType.I32, tcg.Const(TcgType.I32, (ulong)FpRounding.Up), (int)((byte*)&bench.Header->Fp - bench.Env));
        tcg.Mov(bench.R(3), tcg.FDiv(TcgType.I64, bench.R(0), bench.R(1), FpRounding.Dynamic));
        tcg.ExitTb(TbExit.Lookup);
        bench[0] = BitConverter.DoubleToUInt64Bits(1);
        bench[1] = BitConverter.DoubleToUInt64Bits(10);
        bench.Header->Fp.Exceptions = FpExceptions.Inexact;
        bench.Run();
        ulong nearest = BitConverter.DoubleToUInt64Bits(0.1);
        Assert.Equal((nearest, nearest), (bench[2], bench[3]));
        bench[1] = BitConverter.DoubleToUInt64Bits(3);
        bench.Header->Fp.Rounding = FpRounding.NearestEven;
        bench.Run();
        ulong third = BitConverter.DoubleToUInt64Bits(1.0 / 3);
        Assert.Equal((third, third + 1), (bench[2], bench[3]));
    }

    private static Temp Operand(Bench bench, TcgType type, int register) => type == TcgType.I64 ? bench.R(register) : bench.Tcg.ExtrlI64I32(bench.R(register));

    private static ulong[] Expected(byte* env, bool wide, ulong a, ulong b)
    {
        const ulong Dynamic = (ulong)FpRounding.Dynamic;
        ulong sum = wide ? FloatHelpers.FAdd64(env, a, b, Dynamic) : FloatHelpers.FAdd32(env, a, b, Dynamic);
        ulong product = wide ? FloatHelpers.FMul64(env, sum, b, Dynamic) : FloatHelpers.FMul32(env, sum, b, Dynamic);
        ulong quotient = wide ? FloatHelpers.FDiv64(env, a, product, Dynamic) : FloatHelpers.FDiv32(env, a, product, Dynamic);
        ulong difference = wide ? FloatHelpers.FSub64(env, quotient, b, Dynamic) : FloatHelpers.FSub32(env, quotient, b, Dynamic);
        ulong root = wide ? FloatHelpers.FSqrt64(env, b, Dynamic) : FloatHelpers.FSqrt32(env, b, Dynamic);
        ulong relation = wide ? FloatHelpers.FCmp64(env, root, difference) : FloatHelpers.FCmp32(env, root, difference);
        ulong signalling = wide ? FloatHelpers.FCmpS64(env, a, b) : FloatHelpers.FCmpS32(env, a, b);
        return [sum, product, quotient, difference, root, relation, signalling];
    }
}
