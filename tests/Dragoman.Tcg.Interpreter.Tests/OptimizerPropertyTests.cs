using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Random TBs end in the same state, memory, exception and exit, optimized or not.</summary>
public sealed unsafe class OptimizerPropertyTests
{
    [Theory]
    [InlineData(1, 3000, 2)]
    [InlineData(2, 2000, 6)]
    [InlineData(3, 1000, 25)]
    [InlineData(4, 100, 200)]
    public void OptimizedTbsDoTheSame(int seed, int count, int instructions)
    {
        using var plain = new TestVcpu();
        using var optimized = new TestVcpu();
        int before = 0;
        int after = 0;
        int faults = 0;
        for (int i = 0; i < count; i++)
        {
            int tbSeed = (seed * 1_000_000) + i;
            new RandomOps(plain, new Random(tbSeed)).Write(instructions);
            new RandomOps(optimized, new Random(tbSeed)).Write(instructions);
            string ops = plain.Context.Dump();
            before += optimized.Context.OpCount;
            Optimizer.Run(optimized.Context);
            after += optimized.Context.OpCount;
            string optimizedOps = optimized.Context.Dump();

            Fill(plain, tbSeed);
            Fill(optimized, tbSeed);
            nint exit = plain.Run();
            nint optimizedExit = optimized.Run();
            faults += exit == TbExit.Exception ? 1 : 0;
            if (exit != optimizedExit || !plain.State.SequenceEqual(optimized.State) || !plain.Memory.SequenceEqual(optimized.Memory)
                || plain.Header->Exception != optimized.Header->Exception || plain.Header->FaultGuestAddress != optimized.Header->FaultGuestAddress)
            {
                Assert.Fail($"TB {tbSeed}: {Difference(plain, optimized)}\n{ops}\noptimized:\n{optimizedOps}");
            }
        }

        // The generator must exercise what the optimizer is for, or agreement says nothing.
        Assert.True(after < before * 9 / 10, $"{before} ops became {after}");
        Assert.InRange(faults, 1, count - 1);
    }

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
