using System.Runtime.Intrinsics;
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
        Temp fused = tcg.FMAdd(type, product, a, b, Dynamic);
        Temp[] results = [sum, product, quotient, difference, root, relation, signalling, fused];
        for (int i = 0; i < results.Length; i++)
        {
            tcg.Mov(bench.R(i), tcg.TypeOf(results[i]) == TcgType.I64 ? results[i] : tcg.ExtuI32I64(results[i]));
        }

        tcg.ExitTb(TbExit.Lookup);
        var code = bench.Compile();
        var leaving = bench.Compile(leavesExactFloat: true);
        bool hostRounds = (rounding, before, flushes) == (FpRounding.NearestEven, FpExceptions.Inexact, false);
        int left = 0;
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

                (bench[0], bench[1]) = (x, y);
                bench.Header->Fp = status;
                ulong[] start = bench.All;
                if (leaving.Execute(bench.Env) == TbExit.ExactFloat)
                {
                    left++;
                    Assert.Equal(start, bench.All);
                    Assert.Equal((0x1000UL, 0x1000UL), (bench.Pc, bench.Header->LeftPc));
                    Assert.Equal(before, bench.Header->Fp.Exceptions);
                }
                else
                {
                    Assert.Equal(expected, bench.All[..results.Length]);
                    Assert.Equal(raised, bench.Header->Fp.Exceptions);
                }
            }
        }

        Assert.Equal(hostRounds, left < values.Length * values.Length);
    }

    [Theory]
    [InlineData(Opcode.Fmul, 0.0, 3.0, false)]
    [InlineData(Opcode.Fmul, -3.0, 0.0, false)]
    [InlineData(Opcode.Fdiv, -0.0, 3.0, false)]
    [InlineData(Opcode.Fmul, 1e-200, 1e-200, true)]
    [InlineData(Opcode.Fdiv, 1e-300, 1e300, true)]
    [InlineData(Opcode.Fmul, 0.0, double.PositiveInfinity, true)]
    [InlineData(Opcode.Fdiv, 0.0, 0.0, true)]
    [InlineData(Opcode.Fadd, 3.0, -3.0, false)]
    [InlineData(Opcode.Fadd, double.MaxValue, double.MaxValue, true)]
    public void A_zero_that_is_no_underflow_does_not_leave(Opcode opcode, double a, double b, bool leaves)
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        Temp x = tcg.ConcatI64V128(bench.R(0), bench.R(2)), y = tcg.ConcatI64V128(bench.R(1), bench.R(2));
        (Temp scalar, Temp lanes) = opcode switch
        {
            Opcode.Fmul => (tcg.FMul(TcgType.I64, bench.R(0), bench.R(1), FpRounding.Dynamic), tcg.FMulVec(3, x, y, FpRounding.Dynamic)),
            Opcode.Fdiv => (tcg.FDiv(TcgType.I64, bench.R(0), bench.R(1), FpRounding.Dynamic), tcg.FDivVec(3, x, y, FpRounding.Dynamic)),
            _ => (tcg.FAdd(TcgType.I64, bench.R(0), bench.R(1), FpRounding.Dynamic), tcg.FAddVec(3, x, y, FpRounding.Dynamic)),
        };
        tcg.Mov(bench.R(3), scalar);
        tcg.Mov(bench.R(4), tcg.LoV128I64(lanes));
        tcg.ExitTb(TbExit.Lookup);
        (bench[0], bench[1], bench[2]) = (BitConverter.DoubleToUInt64Bits(a), BitConverter.DoubleToUInt64Bits(b), BitConverter.DoubleToUInt64Bits(1.5));
        bench.Header->Fp.Exceptions = FpExceptions.Inexact;
        Assert.Equal(leaves ? TbExit.ExactFloat : TbExit.Lookup, bench.Compile(leavesExactFloat: true).Execute(bench.Env));
        ulong result = BitConverter.DoubleToUInt64Bits(opcode switch { Opcode.Fmul => a * b, Opcode.Fdiv => a / b, _ => a + b });
        Assert.Equal(leaves ? (0UL, 0UL) : (result, result), (bench[3], bench[4]));
    }

    [Theory]
    [InlineData(FpRounding.NearestEven, FpExceptions.Inexact, false)]
    [InlineData(FpRounding.NearestEven, FpExceptions.None, false)]
    [InlineData(FpRounding.Down, FpExceptions.Inexact, false)]
    [InlineData(FpRounding.NearestEven, FpExceptions.Inexact, true)]
    public void The_host_converts_as_the_helpers_do(FpRounding rounding, FpExceptions before, bool flushes)
    {
        ulong[] integers = [0, 1, 0xFFFF_FFFF_FFFF_FFFF, 0x7FFF_FFFF, 0x8000_0000, 0x0100_0001, 1UL << 63, long.MaxValue, 0x0020_0000_0000_0001];
        ulong[] fractions =
        [
            BitConverter.DoubleToUInt64Bits(2147483647.5), BitConverter.DoubleToUInt64Bits(-2147483648.9), BitConverter.DoubleToUInt64Bits(2147483648.0),
            BitConverter.DoubleToUInt64Bits(9.3e18), BitConverter.DoubleToUInt64Bits(-9.2e18), BitConverter.DoubleToUInt64Bits(1.5e-40), BitConverter.DoubleToUInt64Bits(1.1754943508222875E-38),
            BitConverter.SingleToUInt32Bits(-2.5f), BitConverter.SingleToUInt32Bits(3e9f), BitConverter.SingleToUInt32Bits(9.3e18f),
        ];
        FpStatus status = new() { Rounding = rounding, Exceptions = before, FlushInputs = flushes, FlushOutputs = flushes, NanRule = FpNanRule.X86Sse };
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Temp narrow = tcg.ExtrlI64I32(bench.R(0));
        tcg.InsnStart(0x1000);
        Temp[] results =
        [
            tcg.SI2F(TcgType.I64, bench.R(0), 0, FpRounding.Dynamic), tcg.SI2F(TcgType.I64, narrow, 0, FpRounding.Dynamic), tcg.SI2F(TcgType.I32, bench.R(0), 0, FpRounding.Dynamic),
            tcg.SI2F(TcgType.I32, narrow, 0, FpRounding.Dynamic), tcg.FCvt32To64(narrow, FpRounding.Dynamic), tcg.FCvt64To32(bench.R(0), FpRounding.Dynamic),
            tcg.F2SI(TcgType.I64, bench.R(0), 0, FpRounding.Zero, IntegerOverflow.Indefinite),
            tcg.F2SI(TcgType.I32, bench.R(0), 0, FpRounding.Zero, IntegerOverflow.Indefinite), tcg.F2SI(TcgType.I64, narrow, 0, FpRounding.Zero, IntegerOverflow.Saturate),
            tcg.F2SI(TcgType.I32, narrow, 0, FpRounding.Zero, IntegerOverflow.Saturate),
        ];
        long offset = 0x100;
        foreach (Temp result in results)
        {
            Temp wide = tcg.TypeOf(result) == TcgType.I64 ? result : tcg.ExtuI32I64(result);
            tcg.QemuSt(TcgType.I64, wide, bench.R(7), offset, MemOp.Size64);
            offset += 8;
        }

        tcg.ExitTb(TbExit.Lookup);
        var code = bench.Compile();
        var leaving = bench.Compile(leavesExactFloat: true);
        int left = 0;
        foreach (ulong x in (ulong[])[.. integers, .. fractions, .. s_doubles, .. s_singles])
        {
            bench[0] = x;
            bench.Header->Fp = status;
            ulong[] expected = ExpectedConversions(bench.Env, x);
            FpExceptions raised = bench.Header->Fp.Exceptions;
            bench.Header->Fp = status;
            code.Execute(bench.Env);
            Check();

            new Span<byte>(bench.Memory, 0x400).Clear();
            bench.Header->Fp = status;
            if (leaving.Execute(bench.Env) != TbExit.ExactFloat)
            {
                Check();
            }
            else
            {
                left++;
                Assert.False(new Span<byte>(bench.Memory, 0x400).ContainsAnyExcept((byte)0));
                Assert.Equal(before, bench.Header->Fp.Exceptions);
            }

            void Check()
            {
                Assert.Equal(expected, Enumerable.Range(0, expected.Length).Select(i => *(ulong*)(bench.Memory + 0x100 + (8 * i))));
                Assert.Equal(raised, bench.Header->Fp.Exceptions);
            }
        }

        Assert.Equal((rounding, before, flushes) == (FpRounding.NearestEven, FpExceptions.Inexact, false), left < integers.Length + fractions.Length + s_doubles.Length + s_singles.Length);
    }

    [Theory]
    [InlineData(3, FpRounding.NearestEven, FpExceptions.Inexact, false)]
    [InlineData(3, FpRounding.NearestEven, FpExceptions.None, false)]
    [InlineData(3, FpRounding.Up, FpExceptions.Inexact, false)]
    [InlineData(2, FpRounding.NearestEven, FpExceptions.Inexact, false)]
    [InlineData(2, FpRounding.NearestEven, FpExceptions.Inexact, true)]
    [InlineData(2, FpRounding.Zero, FpExceptions.Inexact, false)]
    public void The_host_computes_lanes_as_the_helpers_do(int vece, FpRounding rounding, FpExceptions before, bool flushes)
    {
        FpStatus status = new() { Rounding = rounding, Exceptions = before, FlushInputs = flushes, FlushOutputs = flushes, NanRule = FpNanRule.X86Sse };
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        Temp a = tcg.ConcatI64V128(bench.R(0), bench.R(1)), b = tcg.ConcatI64V128(bench.R(1), bench.R(2));
        Temp[] results =
        [
            tcg.FAddVec(vece, a, b, FpRounding.Dynamic), tcg.FSubVec(vece, a, b, FpRounding.Dynamic), tcg.FMulVec(vece, a, b, FpRounding.Dynamic),
            tcg.FDivVec(vece, a, b, FpRounding.Dynamic),
        ];
        for (int i = 0; i < results.Length; i++)
        {
            tcg.QemuSt(TcgType.V128, results[i], bench.R(7), 0x100 + (16 * i), MemOp.Size128);
        }

        tcg.ExitTb(TbExit.Lookup);
        var code = bench.Compile();
        var leaving = bench.Compile(leavesExactFloat: true);
        ulong one = vece == 3 ? 0x3FF8_0000_0000_0000UL : 0x3FC0_0000_4040_0000UL;
        ulong[] values = vece == 3 ? s_doubles : [.. s_singles.Select(low => low | (0x4040_0000UL << 32)), .. s_singles.Select(high => high << 32 | 0x3FC0_0000)];
        foreach (ulong x in values)
        {
            foreach (ulong y in values)
            {
                (bench[0], bench[1], bench[2]) = (x, y, one);
                bench.Header->Fp = status;
                Vector128<byte> left = Vector128.Create(x, y).AsByte(), right = Vector128.Create(y, one).AsByte();
                Vector128<byte>[] expected = ExpectedLanes(bench.Env, vece == 3, left, right);
                FpExceptions raised = bench.Header->Fp.Exceptions;
                bench.Header->Fp = status;
                code.Execute(bench.Env);
                Check();

                bench.Header->Fp = status;
                if (leaving.Execute(bench.Env) != TbExit.ExactFloat)
                {
                    Check();
                }
                else
                {
                    Assert.Equal(before, bench.Header->Fp.Exceptions);
                }

                void Check()
                {
                    for (int i = 0; i < expected.Length; i++)
                    {
                        Assert.Equal(expected[i], *(Vector128<byte>*)(bench.Memory + 0x100 + (16 * i)));
                    }

                    Assert.Equal(raised, bench.Header->Fp.Exceptions);
                }
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
        ulong fused = wide ? FloatHelpers.FMAdd64(env, product, a, b, Dynamic) : FloatHelpers.FMAdd32(env, product, a, b, Dynamic);
        return [sum, product, quotient, difference, root, relation, signalling, fused];
    }

    private static ulong[] ExpectedConversions(byte* env, ulong x)
    {
        const ulong Dynamic = (ulong)FpRounding.Dynamic, Zero = (ulong)FpRounding.Zero, Indefinite = (ulong)IntegerOverflow.Indefinite;
        ulong low = (uint)x;
        return
        [
            FloatHelpers.SI2F64(env, x, 64, 0, Dynamic), FloatHelpers.SI2F64(env, low, 32, 0, Dynamic), FloatHelpers.SI2F32(env, x, 64, 0, Dynamic),
            FloatHelpers.SI2F32(env, low, 32, 0, Dynamic), FloatHelpers.FCvt32To64(env, low, Dynamic), FloatHelpers.FCvt64To32(env, x, Dynamic),
            FloatHelpers.F2SI64(env, x, 64, 0, Zero, Indefinite), FloatHelpers.F2SI64(env, x, 32, 0, Zero, Indefinite), FloatHelpers.F2SI32(env, low, 64, 0, Zero, 0),
            FloatHelpers.F2SI32(env, low, 32, 0, Zero, 0),
        ];
    }

    private static Vector128<byte>[] ExpectedLanes(byte* env, bool wide, Vector128<byte> a, Vector128<byte> b)
    {
        const ulong Dynamic = (ulong)FpRounding.Dynamic;
        return wide
            ? [FloatHelpers.FAddVec64(env, a, b, Dynamic), FloatHelpers.FSubVec64(env, a, b, Dynamic), FloatHelpers.FMulVec64(env, a, b, Dynamic), FloatHelpers.FDivVec64(env, a, b, Dynamic)]
            : [FloatHelpers.FAddVec32(env, a, b, Dynamic), FloatHelpers.FSubVec32(env, a, b, Dynamic), FloatHelpers.FMulVec32(env, a, b, Dynamic), FloatHelpers.FDivVec32(env, a, b, Dynamic)];
    }
}
