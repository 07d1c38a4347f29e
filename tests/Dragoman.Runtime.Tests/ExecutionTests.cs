using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Tests;

/// <summary>The loop, on each engine.</summary>
public abstract class ExecutionTests(Engine engine)
{
    private static TinyProgram Loop(int count) => new TinyProgram(TinyMachine.Code)
        .Set(1, count)
        .Label("loop")
        .Op(TinyOp.AddImmediate, 0, 0, 3)
        .Op(TinyOp.AddImmediate, 1, 1, -1)
        .BranchNotZero(1, "loop")
        .Op(TinyOp.Syscall, 0);

    [Fact]
    public void RunsALoopToItsSystemCall()
    {
        using var machine = new TinyMachine(engine, Loop(1000));
        var vcpu = machine.Run();
        Assert.Equal(3000UL, vcpu.GetRegister("R0"));
        Assert.Equal(TinyMachine.Code + 20, vcpu.Pc);
    }

    [Fact]
    public void FollowsLinkedSlotsWithoutLookingUp()
    {
        using var machine = new TinyMachine(engine, Loop(1000));
        machine.Run();
        var statistics = machine.Machine.Statistics;
        Assert.Equal(3, statistics.Translations);
        if (engine is Engine.Tiny or Engine.Interpreter)
        {
            Assert.InRange(statistics.ChainHits, 990, 1000);
        }

        Assert.InRange(machine.Machine.Cache.Links, 1, 3);
    }

    [Fact]
    public void LooksEveryTbUpUnderNochain()
    {
        using var machine = new TinyMachine(engine, Loop(1000), options: new RuntimeOptions { Chain = false });
        Assert.Equal(3000UL, machine.Run().GetRegister("R0"));
        Assert.Equal(0, machine.Machine.Statistics.ChainHits);
        Assert.Equal(0, machine.Machine.Cache.Links);
    }

    [Fact]
    public void MakesTbsOfOneInstructionWhenAsked()
    {
        using var machine = new TinyMachine(engine, Loop(10), options: new RuntimeOptions { OneInsnPerTb = true });
        Assert.Equal(30UL, machine.Run().GetRegister("R0"));
        Assert.Equal(5, machine.Machine.Statistics.Translations);
    }

    [Fact]
    public void EndsATbAtItsPage()
    {
        var program = new TinyProgram(TinyMachine.Code);
        for (var i = 0; i < 1200; i++)
        {
            program.Op(TinyOp.AddImmediate, 0, 0, 1);
        }

        program.Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program, options: new RuntimeOptions { MaxInsns = 512, MaxOps = int.MaxValue });
        Assert.Equal(1200UL, machine.Run().GetRegister("R0"));

        // 1024 instructions fill the first page: 512 + 512, then the 177 of the second.
        Assert.Equal(3, machine.Machine.Statistics.Translations);
    }

    [Fact]
    public void KeepsTbsOfDifferentFlagsApart()
    {
        // The same code run in modes 0, 5 and 0 again; the flags change in a TB that ends for it.
        var program = new TinyProgram(TinyMachine.Code)
            .Branch("start")
            .Label("get")
            .Op(TinyOp.GetMode, 3)
            .Op(TinyOp.Jump, 7)
            .Label("start")
            .Op(TinyOp.SetMode, 0);
        void Call(int result)
        {
            var back = program.Here + 20;
            program.Set(7, (int)(back & 0xFFFF)).Set(6, 0x8000).Op(TinyOp.Add, 6, 6, 6).Op(TinyOp.Add, 7, 7, 6).Branch("get");
            Assert.Equal(back, program.Here);
            program.Op(TinyOp.AddImmediate, result, 3, 0);
        }

        Call(0);
        program.Op(TinyOp.SetMode, 5);
        Call(1);
        program.Op(TinyOp.SetMode, 0);
        Call(2);
        program.Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.Run();
        Assert.Equal(0UL, vcpu.GetRegister("R0"));
        Assert.Equal(5UL, vcpu.GetRegister("R1"));
        Assert.Equal(0UL, vcpu.GetRegister("R2"));
    }

    [Fact]
    public void ReportsAnIllegalInstructionAtItsAddress()
    {
        var program = new TinyProgram(TinyMachine.Code).Set(0, 7).Op((TinyOp)0xEE);
        using var machine = new TinyMachine(engine, program);
        var vcpu = machine.Run();
        var exception = Assert.Single(machine.Kernel.Exceptions);
        Assert.Equal(ExceptionKind.IllegalInstruction, exception.Kind);
        Assert.Equal(TinyMachine.Code + 4, vcpu.Pc);
        Assert.Equal(7UL, vcpu.GetRegister("R0"));
    }

    [Theory]
    [InlineData(0x99990000UL, 1)] // SEGV_MAPERR
    [InlineData(TinyMachine.Data, 2)] // SEGV_ACCERR
    [InlineData(0xFFFF_0000_0000_0000UL, 1)]
    public void FaultsOnAJumpToNowhere(ulong target, int code)
    {
        using var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code).Op(TinyOp.Jump, 0));
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R0", target);
        machine.Machine.Run(vcpu);
        var exception = Assert.Single(machine.Kernel.Exceptions);
        Assert.Equal((ExceptionKind.MemoryFault, target, GuestAccess.Execute, 11, code),
            (exception.Kind, exception.Address, exception.Access, exception.Signal, exception.SignalCode));
        Assert.Equal(target, vcpu.Pc);
    }

    [Fact]
    public void FaultsOnAMisalignedPc()
    {
        using var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code).Set(0, 0x1002).Op(TinyOp.Jump, 0));
        machine.Run();
        Assert.Equal(ExceptionKind.PcAlignment, Assert.Single(machine.Kernel.Exceptions).Kind);
    }

    [Theory]
    [InlineData(TinyOp.Load, 0x99990000UL, GuestAccess.Read, 1)]
    [InlineData(TinyOp.Store, 0x99990000UL, GuestAccess.Write, 1)]
    [InlineData(TinyOp.Store, 0x30000UL, GuestAccess.Write, 2)]
    [InlineData(TinyOp.Load, 0x31000UL, GuestAccess.Read, 2)]
    public void TurnsHostFaultsIntoGuestFaults(TinyOp op, ulong address, GuestAccess access, int code)
    {
        var program = new TinyProgram(TinyMachine.Code).Set(0, 5).Op(op, 2, 1).Set(0, 6).Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program);
        machine.Map(0x30000, 4096, GuestProtection.Read);
        machine.Map(0x31000, 4096, GuestProtection.None);
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R1", address);
        Assert.Equal(KernelResult.ExitThread, machine.Machine.Run(vcpu));
        var exception = Assert.Single(machine.Kernel.Exceptions);
        Assert.Equal((ExceptionKind.MemoryFault, address, access, 11, code),
            (exception.Kind, exception.Address, exception.Access, exception.Signal, exception.SignalCode));
        Assert.Equal(TinyMachine.Code + 4, vcpu.Pc);
        Assert.Equal(5UL, vcpu.GetRegister("R0"));
    }

    [Fact]
    public void FaultsOnAnAddressOutsideTheRegion()
    {
        var program = new TinyProgram(TinyMachine.Code).Op(TinyOp.Load, 2, 1).Op(TinyOp.Syscall, 0);
        foreach (var address in new[] { 1UL << 46, 0x8000_0000_0000_0000, 0xFFFF_8000_0000_0000, ulong.MaxValue - 7, ulong.MaxValue })
        {
            using var machine = new TinyMachine(engine, program);
            var vcpu = machine.CreateVcpu();
            vcpu.SetRegister("R1", address);
            machine.Machine.Run(vcpu);
            var exception = Assert.Single(machine.Kernel.Exceptions);
            Assert.Equal((ExceptionKind.MemoryFault, 11), (exception.Kind, exception.Signal));
            Assert.Equal(TinyMachine.Code, vcpu.Pc);
            if (engine == Engine.Tiny)
            {
                // This backend lets the host find out, which gives no address; the instruction is run once more before that is believed.
                Assert.Equal(128, exception.SignalCode);
                Assert.Equal(1, machine.Machine.Statistics.OneShots);
            }
            else
            {
                Assert.Equal((address, 1), (exception.Address, exception.SignalCode));
            }
        }
    }

    [Fact]
    public void GoesOnAfterAFaultThatTheKernelHasMended()
    {
        var program = new TinyProgram(TinyMachine.Code).Set(0, 5).Op(TinyOp.Store, 0, 1).Op(TinyOp.Load, 2, 1).Op(TinyOp.Syscall, 0);
        TinyMachine? machine = null;
        var kernel = new TinyKernel
        {
            OnException = (_, exception) =>
            {
                machine!.Map(exception.Address & ~0xFFFUL, 4096, GuestProtection.Read | GuestProtection.Write);
                return KernelResult.Continue;
            },
        };
        using (machine = new TinyMachine(engine, program, kernel))
        {
            var vcpu = machine.CreateVcpu();
            vcpu.SetRegister("R1", 0x40008);
            machine.Machine.Run(vcpu);
            Assert.Equal(5UL, vcpu.GetRegister("R2"));
            Assert.Single(kernel.Exceptions);
        }
    }

    [Fact]
    public void StopsAtTheNextBoundaryWhenAsked()
    {
        using var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code).Label("loop").Branch("loop"));
        var vcpu = machine.CreateVcpu();
        using var timer = new Timer(_ => machine.Machine.RequestStop(), null, 50, Timeout.Infinite);
        Assert.Equal(KernelResult.ExitProcess, machine.Machine.Run(vcpu));
    }

    [Fact]
    public void CallsTheKernelWhenKicked()
    {
        var calls = 0;
        var kernel = new TinyKernel { OnRequest = _ => ++calls == 3 ? KernelResult.ExitThread : KernelResult.Continue };
        using var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code).Label("loop").Branch("loop"), kernel);
        var vcpu = machine.CreateVcpu();
        using var timer = new Timer(_ => vcpu.Kick(), null, 20, 20);
        Assert.Equal(KernelResult.ExitThread, machine.Machine.Run(vcpu));
        Assert.Equal(3, calls);
    }
}
