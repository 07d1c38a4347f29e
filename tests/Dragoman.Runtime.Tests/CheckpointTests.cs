using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Loads of hot code that leave the state behind: what the guest sees when one faults.</summary>
public sealed class CheckpointTests
{
    private const ulong Stored = 0x40000;
    private const int Rounds = 8 * 4096 / 8;

    // Each round stores R2, counts R5 twice, reads back what it stored and then the next word of the data, off whose end it runs.
    private static readonly TinyProgram s_program = new TinyProgram(TinyMachine.Code)
        .Label("loop")
        .Op(TinyOp.Store, 2, 1)
        .Op(TinyOp.AddImmediate, 5, 5, 1)
        .Op(TinyOp.Load, 3, 1)
        .Op(TinyOp.AddImmediate, 5, 5, 1)
        .Op(TinyOp.Load, 6, 4)
        .Op(TinyOp.AddImmediate, 4, 4, 8)
        .Op(TinyOp.AddImmediate, 2, 2, 1)
        .BranchNotZero(2, "loop")
        .Op(TinyOp.Syscall, 0);

    [Theory]
    [InlineData(TinyMachine.Data, TinyMachine.Data + (8 * 4096))]
    [InlineData((1UL << 40) - (8UL * Rounds), 1UL << 40)]
    public void TheStateAtAFaultIsThatOfTheLoad(ulong first, ulong end)
    {
        using var machine = Machine(new TinyKernel(), first, end);
        var vcpu = Run(machine, first);
        var exception = Assert.Single(machine.Kernel.Exceptions);
        Assert.Equal((end, 11), (exception.Address, exception.Signal));
        Assert.Equal(TinyMachine.Code + 16, vcpu.Pc);
        AssertRound(machine, vcpu, Rounds, end);
        Assert.InRange(machine.Machine.Statistics.Compilations, 1, 3);
    }

    [Fact]
    public void TheGuestGoesOnWhenTheKernelHasMendedTheAccess()
    {
        TinyMachine? machine = null;
        var faults = 0;
        var end = TinyMachine.Data + (8UL * 4096);
        var kernel = new TinyKernel
        {
            OnException = (_, exception) =>
            {
                if (++faults > 3)
                {
                    return KernelResult.ExitThread;
                }

                machine!.Map(exception.Address, 4096, GuestProtection.Read);
                return KernelResult.Continue;
            },
        };
        using (machine = Machine(kernel, TinyMachine.Data, end))
        {
            var vcpu = Run(machine, TinyMachine.Data);
            AssertRound(machine, vcpu, Rounds + (3 * 512), end + (3 * 4096));
            Assert.True(machine.Machine.Statistics.OneShots >= 4 * 4);
        }
    }

    private static TinyMachine Machine(TinyKernel kernel, ulong first, ulong end)
    {
        // Compiled on the vCPU's own thread, after 2048 rounds.
        var machine = new TinyMachine(Engine.Auto, s_program, kernel, new RuntimeOptions { CompileThreads = 0, HotThreshold = 1, RegionLog2 = 40 });
        machine.Map(Stored, 4096, GuestProtection.Read | GuestProtection.Write);
        if (first != TinyMachine.Data)
        {
            machine.Map(first, end - first, GuestProtection.Read);
        }

        return machine;
    }

    private static Vcpu Run(TinyMachine machine, ulong first)
    {
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R1", Stored);
        vcpu.SetRegister("R2", 1);
        vcpu.SetRegister("R4", first);
        machine.Machine.Run(vcpu);
        return vcpu;
    }

    // In the round after so many, at the second load.
    private static void AssertRound(TinyMachine machine, Vcpu vcpu, int rounds, ulong address)
    {
        var number = (ulong)rounds + 1;
        Assert.Equal((number, number, address, (2 * (ulong)rounds) + 2), (vcpu.GetRegister("R2"), vcpu.GetRegister("R3"), vcpu.GetRegister("R4"), vcpu.GetRegister("R5")));
        Assert.Equal(number, machine.Read(Stored));
    }
}
