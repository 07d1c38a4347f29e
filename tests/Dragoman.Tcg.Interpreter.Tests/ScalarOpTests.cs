using System.Numerics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>
/// Every scalar op of the table: folder, interpreter and IL (with registers, and with a constant second operand) against formulas on unbounded
/// integers that share nothing with the table's expressions.
/// </summary>
public sealed class ScalarOpTests
{
    private delegate BigInteger Formula(BigInteger a, BigInteger b, BigInteger c, int width);

    private static readonly Dictionary<string, Formula> Formulas = new()
    {
        ["add"] = (a, b, _, _) => a + b,
        ["sub"] = (a, b, _, _) => a - b,
        ["neg"] = (a, _, _, _) => -a,
        ["mul"] = (a, b, _, _) => a * b,
        ["mulsh"] = (a, b, _, w) => (Signed(a, w) * Signed(b, w)) >> w,
        ["muluh"] = (a, b, _, w) => (a * b) >> w,
        ["divs"] = (a, b, _, w) => b == 0 ? 0 : BigInteger.Divide(Signed(a, w), Signed(b, w)),
        ["divu"] = (a, b, _, _) => b == 0 ? 0 : a / b,
        ["rems"] = (a, b, _, w) => b == 0 ? a : BigInteger.Remainder(Signed(a, w), Signed(b, w)),
        ["remu"] = (a, b, _, _) => b == 0 ? a : a % b,
        ["divs2"] = (lo, hi, b, w) => b == 0 ? 0 : BigInteger.Divide(Signed(lo + (hi << w), 2 * w), Signed(b, w)),
        ["divu2"] = (lo, hi, b, w) => b == 0 ? 0 : (lo + (hi << w)) / b,
        ["rems2"] = (lo, hi, b, w) => b == 0 ? lo : BigInteger.Remainder(Signed(lo + (hi << w), 2 * w), Signed(b, w)),
        ["remu2"] = (lo, hi, b, w) => b == 0 ? lo : (lo + (hi << w)) % b,
        ["addcarry"] = (a, b, c, w) => (a + b + (c & 1)) >> w,
        ["and"] = (a, b, _, _) => a & b,
        ["or"] = (a, b, _, _) => a | b,
        ["xor"] = (a, b, _, _) => a ^ b,
        ["not"] = (a, _, _, _) => -1 - a,
        ["andc"] = (a, b, _, w) => a & (Ones(w) - b),
        ["orc"] = (a, b, _, w) => a | (Ones(w) - b),
        ["eqv"] = (a, b, _, w) => Ones(w) - (a ^ b),
        ["nand"] = (a, b, _, w) => Ones(w) - (a & b),
        ["nor"] = (a, b, _, w) => Ones(w) - (a | b),
        ["shl"] = (a, b, _, w) => b >= w ? 0 : a << (int)b,
        ["shr"] = (a, b, _, w) => b >= w ? 0 : a >> (int)b,
        ["sar"] = (a, b, _, w) => Signed(a, w) >> (int)BigInteger.Min(b, w),
        ["rotl"] = (a, b, _, w) => (a << (int)(b % w)) | (a >> (w - (int)(b % w))),
        ["rotr"] = (a, b, _, w) => (a >> (int)(b % w)) | (a << (w - (int)(b % w))),
        ["clz"] = (a, _, _, w) => w - Length(a),
        ["ctz"] = (a, _, _, w) => a == 0 ? w : Length((a & -a) - 1),
        ["cls"] = (a, _, _, w) => w - 1 - Length(Signed(a, w) < 0 ? -1 - Signed(a, w) : a),
        ["ctpop"] = (a, _, _, w) => Bits(a, w).Count(x => x),
        ["bswap16"] = (a, _, _, _) => ((a & 0xFF) << 8) + ((a >> 8) & 0xFF),
        ["bswap32"] = (a, _, _, _) => Enumerable.Range(0, 4).Aggregate(BigInteger.Zero, (r, i) => (r << 8) + ((a >> (8 * i)) & 0xFF)),
        ["bswap64"] = (a, _, _, _) => Enumerable.Range(0, 8).Aggregate(BigInteger.Zero, (r, i) => (r << 8) + ((a >> (8 * i)) & 0xFF)),
        ["bitrev"] = (a, _, _, w) => Bits(a, w).Aggregate(BigInteger.Zero, (r, bit) => (r << 1) + (bit ? 1 : 0)),
        ["ext_i32_i64"] = (a, _, _, _) => Signed(a & uint.MaxValue, 32),
        ["extu_i32_i64"] = (a, _, _, _) => a & uint.MaxValue,
        ["extrl_i64_i32"] = (a, _, _, _) => a,
        ["extrh_i64_i32"] = (a, _, _, _) => a >> 32,
    };

    // Tested below, with their immediates.
    private static readonly string[] Elsewhere = ["deposit", "extract", "sextract", "extract2", "setcond", "negsetcond", "movcond"];

    public static TheoryData<string, bool> Names()
    {
        var data = new TheoryData<string, bool>();
        foreach (string name in Formulas.Keys)
        {
            data.Add(name, false);
            data.Add(name, true);
        }

        return data;
    }

    [Fact]
    public void EveryScalarOpHasAFormula()
    {
        IEnumerable<string> defined = Enum.GetValues<Opcode>().Select(OpInfo.Of).Where(i => i.Has(OpFlags.Semantic)).Select(i => i.Name);
        Assert.Equal(defined.Order(), Formulas.Keys.Concat(Elsewhere).Order());
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void FolderAndBackendsAgreeWithTheFormula(string name, bool il)
    {
        Opcode opcode = Enum.GetValues<Opcode>().Single(o => OpInfo.Of(o).Name == name);
        using var cpu = new TestVcpu { Backend = il ? new IlBackend() : new InterpreterBackend() };
        foreach (TcgType type in new[] { TcgType.I32, TcgType.I64 })
        {
            (TcgType input, TcgType output)? fixedTypes = name switch
            {
                "ext_i32_i64" or "extu_i32_i64" => (TcgType.I32, TcgType.I64),
                "extrl_i64_i32" or "extrh_i64_i32" => (TcgType.I64, TcgType.I32),
                "bswap64" => (TcgType.I64, TcgType.I64),
                _ => null,
            };
            if (fixedTypes is { } types)
            {
                Check(cpu, opcode, types.input, types.output, Formulas[name]);
                break;
            }

            Check(cpu, opcode, type, type, Formulas[name]);
        }
    }

    private static void Check(TestVcpu cpu, Opcode opcode, TcgType input, TcgType output, Formula formula)
    {
        int width = input == TcgType.I32 ? 32 : 64;
        BigInteger resultMask = Ones(output == TcgType.I32 ? 32 : 64);
        int inputs = OpInfo.Of(opcode).Inputs;
        bool carry = opcode == Opcode.Addcarry;
        TbCode registers = Compile(cpu, opcode, input, output, null);
        int count = 0;
        foreach ((ulong rawA, ulong rawB, ulong rawC) in Samples.Triples(2000))
        {
            ulong mask = (ulong)Ones(width);
            (ulong a, ulong b, ulong c) = (rawA & mask, rawB & mask, carry ? rawC & 1 : rawC & mask);
            var expected = (ulong)(formula(a, b, c, width) & resultMask);

            Assert.Equal(expected, Fold(cpu.Context, opcode, input, output, a, b, c));
            Set(cpu, input, a, b, c);
            Execute(cpu, registers);
            Assert.Equal(expected, Get(cpu, output));

            // Compiling to IL takes a hundred times as long.
            if (inputs == 2 && count++ % (cpu.Backend is IlBackend ? 307 : 7) == 0)
            {
                TbCode constant = Compile(cpu, opcode, input, output, b);
                Set(cpu, input, a, 0, c);
                Execute(cpu, constant);
                Assert.Equal(expected, Get(cpu, output));
            }
        }
    }

    private static ulong Fold(TcgContext tcg, Opcode opcode, TcgType input, TcgType output, ulong a, ulong b, ulong c)
    {
        Op op = new() { Opcode = opcode, Type = output, In0 = tcg.Const(input, a), In1 = tcg.Const(input, b), In2 = tcg.Const(input, c) };
        Assert.True(ConstantFolder.TryFold(tcg, op, out ulong value));
        tcg.Reset();
        return value;
    }

    private static TbCode Compile(TestVcpu cpu, Opcode opcode, TcgType input, TcgType output, ulong? b)
    {
        TcgContext tcg = cpu.Context;
        Temp Register(TcgType type, int index) => type == TcgType.I32 ? cpu.NarrowGlobal(index) : cpu.Global(index);
        ref Op op = ref tcg.Append(opcode, output);
        op.In0 = Register(input, 0);
        op.In1 = b is { } constant ? tcg.Const(input, constant) : Register(input, 1);
        op.In2 = Register(input, 2);
        op.Out0 = Register(output, 3);
        tcg.ExitTb(TbExit.Lookup);
        return cpu.Compile();
    }

    private static void Set(TestVcpu cpu, TcgType type, ulong a, ulong b, ulong c)
    {
        if (type == TcgType.I32)
        {
            (cpu.W(0), cpu.W(1), cpu.W(2)) = ((uint)a, (uint)b, (uint)c);
        }
        else
        {
            (cpu.X(0), cpu.X(1), cpu.X(2)) = (a, b, c);
        }
    }

    private static ulong Get(TestVcpu cpu, TcgType type) => type == TcgType.I32 ? cpu.W(3) : cpu.X(3);

    [Theory]
    [InlineData(TcgType.I32)]
    [InlineData(TcgType.I64)]
    public void FieldsAgreeWithTheFormulaAtEveryPosition(TcgType type)
    {
        using var cpu = new TestVcpu();
        var generator = new Random(7);
        int width = type == TcgType.I32 ? 32 : 64;
        for (int pos = 0; pos < width; pos++)
        {
            for (int len = 1; len <= width - pos; len += len < 4 || pos + len > width - 4 ? 1 : generator.Next(1, 7))
            {
                var a = (ulong)(Samples.Next(generator) & Ones(width));
                var b = (ulong)(Samples.Next(generator) & Ones(width));
                BigInteger field = Ones(len) << pos;
                BigInteger part = (a & field) >> pos;
                Field(cpu, Opcode.Extract, type, pos, len, a, b, part);
                Field(cpu, Opcode.Sextract, type, pos, len, a, b, Signed(part, len));
                Field(cpu, Opcode.Deposit, type, pos, len, a, b, (a & (Ones(width) - field)) | ((b & Ones(len)) << pos));
            }

            var low = (ulong)(Samples.Next(generator) & Ones(width));
            var high = (ulong)(Samples.Next(generator) & Ones(width));
            Field(cpu, Opcode.Extract2, type, pos, 0, low, high, (low + ((BigInteger)high << width)) >> pos);
        }
    }

    private static void Field(TestVcpu cpu, Opcode opcode, TcgType type, int pos, int len, ulong a, ulong b, BigInteger result)
    {
        var expected = (ulong)(result & Ones(type == TcgType.I32 ? 32 : 64));
        TcgContext tcg = cpu.Context;
        Op fold = new() { Opcode = opcode, Type = type, In0 = tcg.Const(type, a), In1 = tcg.Const(type, b), Imm0 = pos, Imm1 = len };
        Assert.True(ConstantFolder.TryFold(tcg, fold, out ulong folded));
        Assert.Equal(expected, folded);
        tcg.Reset();

        Set(cpu, type, a, b, 0);
        ref Op op = ref tcg.Append(opcode, type);
        op.In0 = type == TcgType.I32 ? cpu.NarrowGlobal(0) : cpu.Global(0);
        op.In1 = type == TcgType.I32 ? cpu.NarrowGlobal(1) : cpu.Global(1);
        op.Out0 = type == TcgType.I32 ? cpu.NarrowGlobal(3) : cpu.Global(3);
        op.Imm0 = pos;
        op.Imm1 = len;
        cpu.Finish();
        Assert.Equal(expected, Get(cpu, type));
    }

    public static TheoryData<TcgCond, TcgType> Conditions()
    {
        var data = new TheoryData<TcgCond, TcgType>();
        foreach (TcgCond cond in Enum.GetValues<TcgCond>())
        {
            data.Add(cond, TcgType.I32);
            data.Add(cond, TcgType.I64);
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Conditions))]
    public void ConditionsSelectStoreAndBranch(TcgCond cond, TcgType type)
    {
        using var cpu = new TestVcpu();
        int width = type == TcgType.I32 ? 32 : 64;
        TbCode code = Program(null);
        int count = 0;
        foreach ((ulong rawA, ulong rawB, _) in Samples.Triples(200))
        {
            ulong a = rawA & (ulong)Ones(width);
            ulong b = rawB & (ulong)Ones(width);
            bool expected = Holds(cond, a, b, width);
            Run(code, a, b, expected);
            if (count++ % 11 == 0)
            {
                Run(Program(b), a, 0, expected);
            }
        }

        TbCode Program(ulong? constant)
        {
            TcgContext tcg = cpu.Context;
            Temp left = type == TcgType.I32 ? cpu.NarrowGlobal(0) : cpu.Global(0);
            Temp right = constant is { } value ? tcg.Const(type, value) : type == TcgType.I32 ? cpu.NarrowGlobal(1) : cpu.Global(1);
            Label taken = tcg.NewLabel();
            tcg.Mov(cpu.Global(4), tcg.SetCond(TcgType.I64, cond, left, right));
            tcg.Mov(cpu.Global(5), tcg.NegSetCond(TcgType.I64, cond, left, right));
            tcg.Mov(cpu.NarrowGlobal(4), tcg.SetCond(TcgType.I32, cond, left, right));
            tcg.Mov(cpu.Global(6), tcg.MovCond(TcgType.I64, cond, left, right, cpu.Global(8), cpu.Global(9)));
            tcg.Mov(cpu.NarrowGlobal(6), tcg.MovCond(TcgType.I32, cond, left, right, tcg.Const(TcgType.I32, 5UL), tcg.Const(TcgType.I32, 6UL)));
            tcg.Mov(cpu.Global(7), tcg.Const(TcgType.I64, 1UL));
            tcg.BrCond(type, cond, left, right, taken);
            tcg.Mov(cpu.Global(7), tcg.Const(TcgType.I64, 0UL));
            tcg.SetLabel(taken);
            tcg.ExitTb(TbExit.Lookup);
            return cpu.Compile();
        }

        void Run(TbCode program, ulong a, ulong b, bool expected)
        {
            Set(cpu, type, a, b, 0);
            (cpu.X(8), cpu.X(9)) = (0x1111_22223333, 0x4444_55556666);
            Execute(cpu, program);
            Assert.Equal(expected ? 1UL : 0, cpu.X(4));
            Assert.Equal(expected ? ulong.MaxValue : 0, cpu.X(5));
            Assert.Equal(expected ? 1U : 0, cpu.W(4));
            Assert.Equal(expected ? cpu.X(8) : cpu.X(9), cpu.X(6));
            Assert.Equal(expected ? 5U : 6, cpu.W(6));
            Assert.Equal(expected ? 1UL : 0, cpu.X(7));
        }
    }

    private static bool Holds(TcgCond cond, ulong a, ulong b, int width)
    {
        int signed = Signed(a, width).CompareTo(Signed(b, width));
        int unsigned = a.CompareTo(b);
        return cond switch
        {
            TcgCond.Never => false,
            TcgCond.Always => true,
            TcgCond.Eq => unsigned == 0,
            TcgCond.Ne => unsigned != 0,
            TcgCond.Lt => signed < 0,
            TcgCond.Ge => signed >= 0,
            TcgCond.Le => signed <= 0,
            TcgCond.Gt => signed > 0,
            TcgCond.Ltu => unsigned < 0,
            TcgCond.Geu => unsigned >= 0,
            TcgCond.Leu => unsigned <= 0,
            TcgCond.Gtu => unsigned > 0,
            TcgCond.TstEq => (a & b) == 0,
            _ => (a & b) != 0,
        };
    }

    private static unsafe void Execute(TestVcpu cpu, TbCode code) => Assert.Equal(TbExit.Lookup, code.Execute(cpu.Env));

    private static BigInteger Ones(int width) => (BigInteger.One << width) - 1;

    private static BigInteger Signed(BigInteger value, int width) => value >> (width - 1) == 0 ? value : value - (BigInteger.One << width);

    private static int Length(BigInteger value) => (int)value.GetBitLength();

    private static IEnumerable<bool> Bits(BigInteger value, int width) => Enumerable.Range(0, width).Select(i => ((value >> i) & 1) == 1);
}
