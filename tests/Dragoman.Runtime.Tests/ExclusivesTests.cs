using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Load-exclusive and store-exclusive, whose store must fail after any store of another vCPU, whatever it wrote.</summary>
public abstract class ExclusivesTests(Engine engine)
{
    private const ulong Flag = TinyMachine.Data + 4096;

    private static Vcpu Create(TinyMachine machine, ulong pc = TinyMachine.Code)
    {
        var vcpu = machine.CreateVcpu(pc);
        vcpu.SetRegister("R6", TinyMachine.Data);
        vcpu.SetRegister("R7", Flag);
        return vcpu;
    }

    /// <summary>Between its load and its store the first vCPU waits until the second has written B, then A again.</summary>
    [Fact]
    public void StoreFailsAfterARemoteABA()
    {
        const int rounds = 200;
        var first = new TinyProgram(TinyMachine.Code)
            .Set(1, rounds)
            .Label("round")
            .Op(TinyOp.LoadExclusive, 2, 6)
            .Op(TinyOp.Store, 1, 7) // round number: the other may go
            .Label("wait")
            .Op(TinyOp.Load, 3, 7)
            .BranchNotZero(3, "wait")
            .Op(TinyOp.StoreExclusive, 4, 2, 6)
            .Op(TinyOp.Add, 0, 0, 4) // successes
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "round")
            .Op(TinyOp.Syscall, 0);
        var second = new TinyProgram(TinyMachine.Code + 4096)
            .Set(1, rounds)
            .Label("wait")
            .Op(TinyOp.Load, 3, 7)
            .BranchNotZero(3, "go")
            .Branch("wait")
            .Label("go")
            .Set(2, 55)
            .Op(TinyOp.Load, 4, 6)
            .Op(TinyOp.Store, 2, 6)
            .Op(TinyOp.Store, 4, 6)
            .Op(TinyOp.Store, 5, 7) // 0: the first may go on
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "wait")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, first);
        Assert.True(machine.Machine.Memory.TryWrite(TinyMachine.Code + 4096, second.ToArray()));
        var vcpus = new[] { Create(machine), Create(machine, TinyMachine.Code + 4096) };
        machine.RunAll(vcpus);
        Assert.Equal(0UL, vcpus[0].GetRegister("R0"));
        Assert.Equal(1, machine.Machine.ExclusivePairs.ArmingLoads);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void CountersLoseNothing(bool storesBetween)
    {
        // With a store to another granule of the same page between the two, the pair needs its page armed; its own store must not fail it for ever.
        const int count = 150;
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, count)
            .Label("again")
            .Op(TinyOp.LoadExclusive, 2, 6)
            .Op(TinyOp.AddImmediate, 2, 2, 1);
        if (storesBetween)
        {
            program.Op(TinyOp.Store, 2, 5);
        }

        program.Op(TinyOp.StoreExclusive, 4, 2, 6)
            .BranchNotZero(4, "done")
            .Branch("again")
            .Label("done")
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "again")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        var vcpus = Enumerable.Range(0, 3).Select(i =>
        {
            var vcpu = Create(machine);
            vcpu.SetRegister("R5", TinyMachine.Data + 512 + (64 * (ulong)i));
            return vcpu;
        }).ToArray();
        machine.RunAll(vcpus);
        Assert.Equal(3UL * count, machine.Read(TinyMachine.Data));
        Assert.Equal(storesBetween ? 1 : 0, machine.Machine.ExclusivePairs.ArmingLoads);
        if (!storesBetween)
        {
            Assert.Equal(0, machine.Machine.Statistics.OneShots);
        }
    }

    [Fact]
    public void StoreFailsAfterASystemCallWroteTheSameBytes()
    {
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 3)
            .Label("again")
            .Op(TinyOp.LoadExclusive, 2, 6)
            .Op(TinyOp.Syscall, 2)
            .Op(TinyOp.StoreExclusive, 4, 2, 6)
            .Op(TinyOp.Add, 0, 0, 4)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "again")
            .Op(TinyOp.Syscall, 0);
        TinyMachine? machine = null;
        var kernel = new TinyKernel
        {
            OnSyscall = (_, _) =>
            {
                Assert.True(machine!.Machine.Memory.TryWrite(TinyMachine.Data, machine.Read(TinyMachine.Data)));
                return KernelResult.Continue;
            },
        };
        using (machine = new TinyMachine(engine, program, kernel))
        {
            var vcpu = Create(machine);
            machine.Machine.Run(vcpu);
            Assert.Equal(0UL, vcpu.GetRegister("R0"));
        }
    }

    [Fact]
    public void ArmedPagesSurviveChangesOfTheirMapping()
    {
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 4)
            .Label("again")
            .Op(TinyOp.LoadExclusive, 2, 6)
            .Op(TinyOp.Load, 3, 7)
            .Op(TinyOp.Syscall, 2)
            .Op(TinyOp.StoreExclusive, 4, 2, 6)
            .Op(TinyOp.Store, 1, 6)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "again")
            .Op(TinyOp.Syscall, 0);
        TinyMachine? machine = null;
        var kernel = new TinyKernel
        {
            OnSyscall = (_, _) =>
            {
                machine!.Map(TinyMachine.Data, 4096, GuestProtection.Read | GuestProtection.Write);
                return KernelResult.Continue;
            },
        };
        using (machine = new TinyMachine(engine, program, kernel))
        {
            machine.Machine.Run(Create(machine));
            Assert.Empty(kernel.Exceptions);
            Assert.Equal(1UL, machine.Read(TinyMachine.Data));
        }
    }
}
