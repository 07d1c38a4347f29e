using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>
/// Random TBs with floating-point ops, compiled as hot code is: where one leaves, the state is that in which the interpreter comes to the same instruction; where none does, it is the
/// interpreter's at the end.
/// </summary>
public sealed unsafe class RandomFloatTests
{
    [Theory]
    [InlineData(11, 300, 3)]
    [InlineData(12, 200, 8)]
    [InlineData(13, 100, 16)]
    public void HotCodeThatLeavesHasDoneNothingOfItsInstruction(ulong seed, int count, int instructions)
    {
        using var plain = new TestVcpu();
        using var hot = new TestVcpu { Backend = new IlBackend() };
        hot.Request = hot.Request with { LeavesExactFloat = true, LeavesOddAddresses = true };
        int left = 0;
        Prop.ForAll(RandomTb.OfLength(instructions), tb =>
        {
            new RandomOps(hot, floats: true).Write(tb);
            Optimizer.Run(hot.Context, leavesExactFloat: true);
            string ops = hot.Context.Dump();
            Fill(hot, tb.Values);
            nint exit = hot.Run();
            if (hot.Header->Deferred != 0)
            {
                hot.Backend.Settle(hot.Env);
            }

            bool leaves = exit is TbExit.ExactFloat or TbExit.OddAddress;
            left += exit == TbExit.ExactFloat ? 1 : 0;
            new RandomOps(plain, floats: true).Write(tb);
            if (leaves)
            {
                EndAt(plain.Context, hot.Pc);
            }

            Fill(plain, tb.Values);
            plain.Run();
            int end = leaves ? plain.State.Length - 8 : plain.State.Length;
            int differs = plain.State[..end].CommonPrefixLength(hot.State[..end]);
            bool alike = differs == end && plain.Memory.SequenceEqual(hot.Memory) && Exceptions(plain) == Exceptions(hot)
                && (exit != TbExit.ExactFloat || (hot.Header->LeftPc, hot.Header->LeftFlags) == (TestVcpu.TbPc, 0UL));
            return alike.Label(alike ? "" : $"exit {exit} at {hot.Pc:x}: {Exceptions(hot)}, {Exceptions(plain)} wanted; state differs at {VcpuHeader.GuestState + differs}\n{ops}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(seed, 1));
        Assert.InRange(left, count / 10, count * 9 / 10);
    }

    // Denormal operands the host's own flag tells of.
    private static FpExceptions Exceptions(TestVcpu cpu) => cpu.Header->Fp.Exceptions & ~FpExceptions.DenormalOperand;

    private static void EndAt(TcgContext tcg, ulong pc)
    {
        Op[] ops = tcg.Ops.ToArray();
        tcg.Truncate(0);
        foreach (ref readonly Op op in ops.AsSpan())
        {
            tcg.Append(op);
            if (op.Opcode == Opcode.InsnStart && (ulong)op.Imm0 == pc)
            {
                tcg.ExitTb(TbExit.Lookup);
            }
        }
    }

    // Mostly numbers, mostly in the environment in which the host computes.
    private static void Fill(TestVcpu cpu, int seed)
    {
        var random = new Random(seed);
        random.NextBytes(cpu.State);
        random.NextBytes(cpu.Memory);
        for (int i = 0; i < 16; i++)
        {
            cpu.X(i) = random.Next(3) == 0 ? Samples.Next(random) : BitConverter.DoubleToUInt64Bits(random.Next(-9, 10) / 4.0);
            *(double*)(cpu.Env + TestVcpu.VectorOffset + (8 * i)) = random.Next(8) == 0 ? random.Next(-2, 2) : Math.Exp(random.Next(-30, 30)) * (random.Next(2) - 0.5);
        }

        cpu.Header->Deferred = 0;
        cpu.Header->Exception = ExceptionKind.None;
        cpu.Header->FaultGuestAddress = 0;
        cpu.Header->Fp = new FpStatus
        {
            NanRule = FpNanRule.X86Sse,
            Exceptions = random.Next(8) == 0 ? FpExceptions.None : FpExceptions.Inexact,
            Rounding = random.Next(16) == 0 ? FpRounding.Up : FpRounding.NearestEven,
            FlushInputs = random.Next(16) == 0,
        };
    }
}
