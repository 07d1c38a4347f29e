using System.Numerics;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Every lane op at every lane width against a formula on one lane, in unbounded integers.</summary>
public sealed class VectorOpTests
{
    private delegate BigInteger Lane(BigInteger a, BigInteger b, BigInteger c, int width);

    private static readonly Dictionary<string, Lane> Formulas = new()
    {
        ["add_vec"] = (a, b, _, _) => a + b,
        ["sub_vec"] = (a, b, _, _) => a - b,
        ["mul_vec"] = (a, b, _, _) => a * b,
        ["neg_vec"] = (a, _, _, _) => -a,
        ["abs_vec"] = (a, _, _, w) => BigInteger.Abs(Signed(a, w)),
        ["and_vec"] = (a, b, _, _) => a & b,
        ["or_vec"] = (a, b, _, _) => a | b,
        ["xor_vec"] = (a, b, _, _) => a ^ b,
        ["not_vec"] = (a, _, _, _) => -1 - a,
        ["andc_vec"] = (a, b, _, _) => a & (-1 - b),
        ["orc_vec"] = (a, b, _, _) => a | (-1 - b),
        ["bitsel_vec"] = (mask, t, f, _) => (t & mask) | (f & (-1 - mask)),
        ["smin_vec"] = (a, b, _, w) => BigInteger.Min(Signed(a, w), Signed(b, w)),
        ["smax_vec"] = (a, b, _, w) => BigInteger.Max(Signed(a, w), Signed(b, w)),
        ["umin_vec"] = (a, b, _, _) => BigInteger.Min(a, b),
        ["umax_vec"] = (a, b, _, _) => BigInteger.Max(a, b),
        ["ssadd_vec"] = (a, b, _, w) => Clamp(Signed(a, w) + Signed(b, w), w),
        ["usadd_vec"] = (a, b, _, w) => BigInteger.Min(a + b, (BigInteger.One << w) - 1),
        ["sssub_vec"] = (a, b, _, w) => Clamp(Signed(a, w) - Signed(b, w), w),
        ["ussub_vec"] = (a, b, _, _) => BigInteger.Max(a - b, 0),
        ["shlv_vec"] = (a, b, _, w) => b >= w ? 0 : a << (int)b,
        ["shrv_vec"] = (a, b, _, w) => b >= w ? 0 : a >> (int)b,
        ["sarv_vec"] = (a, b, _, w) => Signed(a, w) >> (int)BigInteger.Min(b, w),
    };

    private static readonly Dictionary<string, Lane> ShiftFormulas = new()
    {
        ["shli_vec"] = (a, count, _, w) => count >= w ? 0 : a << (int)count,
        ["shri_vec"] = (a, count, _, w) => count >= w ? 0 : a >> (int)count,
        ["sari_vec"] = (a, count, _, w) => Signed(a, w) >> (int)BigInteger.Min(count, w),
    };

    public static TheoryData<string, int, bool> Ops()
    {
        var data = new TheoryData<string, int, bool>();
        foreach (string name in Formulas.Keys.Concat(ShiftFormulas.Keys))
        {
            for (int vece = 0; vece < 4; vece++)
            {
                data.Add(name, vece, false);
                data.Add(name, vece, true);
            }
        }

        return data;
    }

    [Fact]
    public void EveryLaneOpHasAFormula()
    {
        IEnumerable<string> defined = Enum.GetValues<Opcode>().Select(OpInfo.Of).Where(i => i.Has(OpFlags.Lanes)).Select(i => i.Name);
        Assert.Equal(
            defined.Order(),
            Formulas.Keys.Concat(ShiftFormulas.Keys).Concat(["cmp_vec", "dup_vec", "lane_get", "lane_set"]).Order());
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void LanesAgreeWithTheFormula(string name, int vece, bool compiled)
    {
        bool shift = ShiftFormulas.ContainsKey(name);
        Lane formula = shift ? ShiftFormulas[name] : Formulas[name];
        Opcode opcode = Enum.GetValues<Opcode>().Single(o => OpInfo.Of(o).Name == name);
        using TestVcpu cpu = New(compiled);
        var random = new Random(11);
        int width = 8 << vece;

        // Compiling takes longer: of the counts those near the edges.
        for (int round = 0; round < (compiled ? 6 : 60); round++)
        {
            (UInt128 a, UInt128 b, UInt128 c) = (Vector(random, width), Vector(random, width), Vector(random, width));
            if (name.EndsWith("v_vec", StringComparison.Ordinal) && round % 2 == 0)
            {
                b = Map(width, (_, _, _, _) => random.Next(width + 3), a, b, c);
            }

            int count = compiled ? (round < 3 ? round : width + round - 4) : round % (width + 2);
            (cpu.V(0), cpu.V(1), cpu.V(2)) = (a, b, c);
            OpInfo info = OpInfo.Of(opcode);
            Op op = new() { Opcode = opcode, Type = TcgType.V128, Vece = (byte)vece, Imm0 = shift ? count : 0, Out0 = cpu.Context.NewEbbTemp(TcgType.V128) };
            for (int i = 0; i < info.Inputs; i++)
            {
                op.SetIn(i, cpu.Context.Ld(TcgType.V128, TestVcpu.VectorOffset + (16 * i)));
            }

            cpu.Context.Append(op);
            cpu.Context.St(TcgType.V128, op.Out0, TestVcpu.VectorOffset + 48);
            cpu.Finish();
            UInt128 expected = Map(width, formula, a, shift ? Map(width, (_, _, _, _) => count, a, a, a) : b, c);
            Assert.Equal(expected, cpu.V(3));
        }
    }

    [Theory]
    [InlineData(0, false)]
    [InlineData(1, false)]
    [InlineData(2, false)]
    [InlineData(3, false)]
    [InlineData(0, true)]
    [InlineData(1, true)]
    [InlineData(2, true)]
    [InlineData(3, true)]
    public void LanesAreComparedReadSetAndFilled(int vece, bool compiled)
    {
        using TestVcpu cpu = New(compiled);
        var random = new Random(13);
        int width = 8 << vece;
        foreach (TcgCond cond in Enum.GetValues<TcgCond>())
        {
            UInt128 a = Vector(random, width);
            UInt128 b = random.Next(3) == 0 ? a : Vector(random, width);
            (cpu.V(0), cpu.V(1)) = (a, b);
            int k = random.Next(128 / width);
            TcgContext tcg = cpu.Context;
            Temp left = tcg.Ld(TcgType.V128, TestVcpu.VectorOffset);
            tcg.St(TcgType.V128, tcg.CmpVec(vece, cond, left, tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + 16)), TestVcpu.VectorOffset + 32);
            tcg.Mov(cpu.Global(0), tcg.LaneGet(TcgType.I64, left, vece, k));
            tcg.St(TcgType.V128, tcg.LaneSet(left, tcg.Const(TcgType.I64, 0x1122334455667788UL), vece, k), TestVcpu.VectorOffset + 48);
            tcg.St(TcgType.V128, tcg.DupVec(vece, cpu.NarrowGlobal(0)), TestVcpu.VectorOffset + 64);
            cpu.W(0) = 0x89ABCDEF;
            cpu.W(1) = 0xFFFFFFFF;
            cpu.Finish();

            UInt128 lane = width == 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;
            Assert.Equal(Map(width, (x, y, _, w) => w == 64 ? Flag(TcgConditions.Test(cond, (ulong)x, (ulong)y)) : Flag(Narrow(cond, x, y, w)), a, b, a), cpu.V(2));
            Assert.Equal((ulong)((a >> (k * width)) & lane), cpu.X(0));
            Assert.Equal((a & ~(lane << (k * width))) | ((0x1122334455667788 & lane) << (k * width)), cpu.V(3));
            Assert.Equal(Map(width, (_, _, _, _) => 0x89ABCDEF, a, a, a), cpu.V(4));
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void AShuffleTakesBytesOfBoth(bool compiled)
    {
        using TestVcpu cpu = New(compiled);
        var random = new Random(17);
        for (int round = 0; round < 24; round++)
        {
            (cpu.V(0), cpu.V(1)) = (Vector(random, 64), Vector(random, 64));
            byte[] indices = new byte[16];
            for (int i = 0; i < 16; i++)
            {
                // Of the first only, of the second only, of both, and of neither.
                indices[i] = (byte)(random.Next(5) == 0 ? 0xFF - random.Next(224) : random.Next(round % 3 == 1 ? 16 : 0, round % 3 == 0 ? 16 : 32));
            }

            TcgContext tcg = cpu.Context;
            (ulong low, ulong high) = (BitConverter.ToUInt64(indices), BitConverter.ToUInt64(indices, 8));
            cpu.V(3) = new UInt128(high, low);
            (Temp a, Temp b) = (tcg.Ld(TcgType.V128, TestVcpu.VectorOffset), tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + 16));
            tcg.St(TcgType.V128, tcg.ShuffleVec(a, b, tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + 48)), TestVcpu.VectorOffset + 64);
            tcg.St(TcgType.V128, tcg.ShuffleVec(a, b, tcg.ConstV128(low, high)), TestVcpu.VectorOffset + 32);
            cpu.Finish();
            UInt128 expected = 0;
            for (int i = 0; i < 16; i++)
            {
                int index = indices[i];
                UInt128 from = index < 16 ? cpu.V(0) : index < 32 ? cpu.V(1) : 0;
                expected |= (from >> (8 * (index % 16)) & 0xFF) << (8 * i);
            }

            Assert.Equal(expected, cpu.V(2));
            Assert.Equal(expected, cpu.V(4));
        }
    }

    private static TestVcpu New(bool compiled) => new() { Backend = compiled ? new IlBackend() : new InterpreterBackend() };

    private static BigInteger Flag(bool holds) => holds ? -1 : 0;

    /// <summary>Lanes shifted to the top of 32 bits compare as the narrow ones do; test bits too.</summary>
    private static bool Narrow(TcgCond cond, BigInteger a, BigInteger b, int width) =>
        TcgConditions.Test(cond, (uint)((ulong)a << (32 - width)), (uint)((ulong)b << (32 - width)));

    private static UInt128 Map(int width, Lane lane, UInt128 a, UInt128 b, UInt128 c)
    {
        UInt128 result = 0;
        UInt128 mask = (UInt128.One << width) - 1;
        for (int at = 0; at < 128; at += width)
        {
            BigInteger value = lane((a >> at) & mask, (b >> at) & mask, (c >> at) & mask, width) & (BigInteger)mask;
            result |= (UInt128)value << at;
        }

        return result;
    }

    private static UInt128 Vector(Random random, int width)
    {
        UInt128 result = 0;
        for (int at = 0; at < 128; at += width)
        {
            result |= (UInt128)(Samples.Next(random) >> random.Next(3) & (ulong.MaxValue >> (64 - width))) << at;
        }

        return result;
    }

    private static BigInteger Signed(BigInteger value, int width) => value >> (width - 1) == 0 ? value : value - (BigInteger.One << width);

    private static BigInteger Clamp(BigInteger value, int width) =>
        BigInteger.Max(-(BigInteger.One << (width - 1)), BigInteger.Min((BigInteger.One << (width - 1)) - 1, value));
}
