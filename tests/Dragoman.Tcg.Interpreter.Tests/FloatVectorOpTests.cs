using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Every float op on lanes against the scalar op on each lane: bits, and the exceptions they add up to, in environments of every kind.</summary>
public sealed unsafe class FloatVectorOpTests
{
    private const int Rounds = 1500;

    public static TheoryData<string, int, bool> Ops()
    {
        var data = new TheoryData<string, int, bool>();
        foreach (OpInfo info in Enum.GetValues<Opcode>().Select(OpInfo.Of).Where(i => i.Has(OpFlags.Float) && i.Name.EndsWith("_vec", StringComparison.Ordinal)))
        {
            foreach (bool compiled in new[] { false, true })
            {
                data.Add(info.Name, 2, compiled);
                data.Add(info.Name, 3, compiled);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Ops))]
    public void LanesComputeAndReportAsTheScalarOp(string name, int vece, bool compiled)
    {
        using var cpu = new TestVcpu { Backend = compiled ? new IlBackend() : new InterpreterBackend() };
        var random = new Random(name.Length + vece);
        foreach (FpRounding rounding in new[] { FpRounding.Dynamic, FpRounding.NearestEven, FpRounding.Up, FpRounding.Zero })
        {
            TbCode vector = Vector(cpu, Find(name), vece, rounding);
            TbCode lanes = Lanes(cpu, Find(name[..^"_vec".Length]), vece, rounding);
            for (int round = 0; round < Rounds; round++)
            {
                for (int i = 0; i < 3; i++)
                {
                    cpu.V(i) = round % 5 == 4 && i == 1 ? cpu.V(0) : Value(random, vece);
                }

                FpStatus status = Environment(round);
                cpu.Header->Fp = status;
                lanes.Execute(cpu.Env);
                (UInt128 expected, FpStatus reported) = (cpu.V(3), cpu.Header->Fp);
                cpu.V(3) = 0;
                cpu.Header->Fp = status;
                vector.Execute(cpu.Env);
                Assert.True(
                    expected == cpu.V(3) && reported.Equals(cpu.Header->Fp),
                    $"{name} {rounding} {cpu.V(0):x32} {cpu.V(1):x32} {cpu.V(2):x32}: {expected:x32} {reported.Exceptions}, got {cpu.V(3):x32} {cpu.Header->Fp.Exceptions}");
            }
        }
    }

    private static Opcode Find(string name) => Enum.GetValues<Opcode>().Single(o => OpInfo.Of(o).Name == name);

    private static TbCode Vector(TestVcpu cpu, Opcode opcode, int vece, FpRounding rounding)
    {
        TcgContext tcg = cpu.Context;
        Op op = new() { Opcode = opcode, Type = TcgType.V128, Vece = (byte)vece, Out0 = tcg.NewEbbTemp(TcgType.V128), Imm0 = Rounding(opcode, rounding) };
        for (int i = 0; i < OpInfo.Of(opcode).Inputs; i++)
        {
            op.SetIn(i, Operand(tcg, i));
        }

        tcg.Append(op);
        return Finish(cpu, op.Out0);
    }

    private static TbCode Lanes(TestVcpu cpu, Opcode opcode, int vece, FpRounding rounding)
    {
        TcgContext tcg = cpu.Context;
        TcgType type = vece == 3 ? TcgType.I64 : TcgType.I32;
        bool compares = opcode is Opcode.Feq or Opcode.Fge or Opcode.Fgt;
        TcgType resultType = compares ? TcgType.I32 : type;
        Temp result = tcg.ConstV128(0, 0);
        for (int k = 0; k < 16 >> vece; k++)
        {
            Op op = new() { Opcode = opcode, Type = resultType, Out0 = tcg.NewEbbTemp(resultType), Imm0 = Rounding(opcode, rounding) };
            for (int i = 0; i < OpInfo.Of(opcode).Inputs; i++)
            {
                op.SetIn(i, tcg.LaneGet(type, Operand(tcg, i), vece, k));
            }

            tcg.Append(op);
            Temp lane = compares ? tcg.Neg(TcgType.I32, op.Out0) : op.Out0;
            result = tcg.LaneSet(result, compares && vece == 3 ? tcg.ExtI32I64(lane) : lane, vece, k);
        }

        return Finish(cpu, result);
    }

    private static long Rounding(Opcode opcode, FpRounding rounding) => OpInfo.Of(opcode).Immediates > 0 ? (long)rounding : 0;

    private static Temp Operand(TcgContext tcg, int index) => tcg.Ld(TcgType.V128, TestVcpu.VectorOffset + (16 * index));

    private static TbCode Finish(TestVcpu cpu, Temp result)
    {
        cpu.Context.St(TcgType.V128, result, TestVcpu.VectorOffset + 48);
        cpu.Context.ExitTb(TbExit.Lookup);
        return cpu.Compile();
    }

    /// <summary>Every other environment is one in which the host may compute.</summary>
    private static FpStatus Environment(int round) => new()
    {
        Exceptions = (round & 1) == 0 ? FpExceptions.Inexact : FpExceptions.None,
        Rounding = (round & 6) == 6 ? (FpRounding)(round / 8 % 5) : FpRounding.NearestEven,
        FlushInputs = round % 11 == 0,
        FlushOutputs = round % 11 == 0,
        DefaultNan = round % 7 == 0,
        NanRule = round % 13 < 3 ? FpNanRule.X86Sse : FpNanRule.Arm,
    };

    /// <summary>Mostly vectors of ordinary numbers, so that the host's vectors are used; else any lanes.</summary>
    private static UInt128 Value(Random random, int vece)
    {
        UInt128 result = 0;
        bool ordinary = random.Next(4) != 0;
        (int width, int fraction) = vece == 3 ? (64, 52) : (32, 23);
        for (int at = 0; at < 128; at += width)
        {
            ulong exponents = (1UL << (width - 1 - fraction)) - 1;
            ulong exponent = (random.Next(ordinary ? 40 : 4)) switch
            {
                0 => 0,
                1 => exponents - (ulong)random.Next(ordinary ? 1 : 3),
                2 => (ulong)random.NextInt64() & exponents,
                _ => (exponents >> 1) + (ulong)random.Next(8) - 4,
            };
            ulong bits = random.Next(4) == 0 ? 0 : (ulong)random.NextInt64() & ((1UL << fraction) - 1);
            result |= (UInt128)(((ulong)random.Next(2) << (width - 1)) | (exponent << fraction) | bits) << at;
        }

        return result;
    }
}
