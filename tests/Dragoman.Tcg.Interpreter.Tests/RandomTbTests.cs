using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;
using FsCheck;
using FsCheck.Fluent;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Random TBs end in the same state, memory, exception and exit, optimized or not, interpreted or compiled to IL.</summary>
public sealed unsafe class RandomTbTests
{
    [Theory]
    [InlineData(1, 3000, 2)]
    [InlineData(2, 2000, 6)]
    [InlineData(3, 1000, 25)]
    [InlineData(4, 100, 200)]
    public void OptimizedTbsDoTheSame(ulong seed, int count, int instructions)
    {
        Compare(seed, count, instructions, new InterpreterBackend(), optimize: true);
    }

    [Theory]
    [InlineData(5, 300, 2, false)]
    [InlineData(6, 300, 6, true)]
    [InlineData(7, 60, 40, true)]
    public void IlDoesTheSame(ulong seed, int count, int instructions, bool optimize)
    {
        Compare(seed, count, instructions, new IlBackend(), optimize);
    }

    // FsCheck looks for the smallest TB that still differs and names it; its seed makes every run the same.
    private static void Compare(ulong seed, int count, int instructions, ITcgBackend backend, bool optimize)
    {
        using var plain = new TestVcpu();
        using var optimized = new TestVcpu { Backend = backend };
        int before = 0;
        int after = 0;
        int faults = 0;
        Prop.ForAll(RandomTb.OfLength(instructions), tb =>
        {
            new RandomOps(plain).Write(tb);
            new RandomOps(optimized).Write(tb);
            string ops = plain.Context.Dump();
            before += optimized.Context.OpCount;
            if (optimize)
            {
                Optimizer.Run(optimized.Context);
            }

            after += optimized.Context.OpCount;
            string optimizedOps = optimized.Context.Dump();

            Fill(plain, tb.Values);
            Fill(optimized, tb.Values);
            nint exit = plain.Run();
            nint optimizedExit = optimized.Run();
            faults += exit == TbExit.Exception ? 1 : 0;
            bool alike = Exit(plain, exit) == Exit(optimized, optimizedExit) && plain.State.SequenceEqual(optimized.State) && plain.Memory.SequenceEqual(optimized.Memory)
                && plain.Header->Exception == optimized.Header->Exception && plain.Header->FaultGuestAddress == optimized.Header->FaultGuestAddress;
            return alike.Label(alike ? "" : $"{Difference(plain, optimized)}\n{ops}\noptimized:\n{optimizedOps}");
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(count).WithReplay(seed, 1));

        // The generator must exercise what the optimizer is for, or agreement says nothing.
        Assert.True(!optimize || after < before * 9 / 10, $"{before} ops became {after}");
        Assert.InRange(faults, 1, count - 1);
    }

    /// <summary>Slots by their number.</summary>
    private static nint Exit(TestVcpu cpu, nint exit) => exit < TbExit.FirstSlot ? exit : TbExit.FirstSlot + (exit - (nint)cpu.Slots);

    private static void Fill(TestVcpu cpu, int seed)
    {
        var random = new Random(seed);
        random.NextBytes(cpu.State);
        random.NextBytes(cpu.Memory);
        for (int i = 0; i < 16; i++)
        {
            cpu.X(i) = Samples.Next(random);
        }

        cpu.Header->Exception = ExceptionKind.None;
        cpu.Header->FaultGuestAddress = 0;
    }

    private static string Difference(TestVcpu plain, TestVcpu optimized)
    {
        for (int i = 0; i < plain.State.Length; i++)
        {
            if (plain.State[i] != optimized.State[i])
            {
                return $"state differs at {VcpuHeader.GuestState + i}";
            }
        }

        return "exit, exception or memory differs";
    }
}
