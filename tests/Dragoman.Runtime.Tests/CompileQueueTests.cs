using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Who compiles warm code, and when.</summary>
public sealed class CompileQueueTests
{
    private const int Rounds = 5_000;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    public void CompilesWhatRunsOften(int threads)
    {
        using var machine = Machine(threads);
        Run(machine);
        machine.Machine.CompileQueue!.Drain();
        Assert.True(machine.Machine.Statistics.Compilations > 0);
    }

    [Fact]
    public void CompilesNothingWhilePaused()
    {
        using var machine = Machine(threads: 1);
        machine.Machine.PauseCompiler();
        Run(machine);
        Assert.Equal(0, machine.Machine.Statistics.Compilations);
        machine.Machine.ResumeCompiler();
        machine.Machine.CompileQueue!.Drain();
        Assert.True(machine.Machine.Statistics.Compilations > 0);
    }

    [Fact]
    public void CompilesOnTheVcpusThreadWhereNoOtherIs()
    {
        using var machine = Machine(threads: 1);
        machine.Machine.PauseCompiler();
        var vcpu = machine.CreateVcpu();
        Run(machine, vcpu);

        // What waited for the thread is warm no more, and is compiled when it has run often again.
        machine.Machine.ContinueAlone();
        Assert.Equal(0, machine.Machine.Statistics.Compilations);
        vcpu.SetRegister("R0", 0);
        vcpu.Pc = TinyMachine.Code;
        Run(machine, vcpu);
        Assert.True(machine.Machine.Statistics.Compilations > 0);
    }

    private static TinyMachine Machine(int threads)
    {
        TinyProgram loop = new TinyProgram(TinyMachine.Code).Set(1, Rounds).Label("loop").Op(TinyOp.AddImmediate, 0, 0, 1)
            .Op(TinyOp.AddImmediate, 1, 1, -1).BranchNotZero(1, "loop").Op(TinyOp.Syscall, 0);
        return new TinyMachine(Engine.Tiny, loop, hot: new TinyBackend("hot"), options: new RuntimeOptions { HotThreshold = 20, CompileThreads = threads });
    }

    private static void Run(TinyMachine machine) => Run(machine, machine.CreateVcpu());

    private static void Run(TinyMachine machine, Vcpu vcpu)
    {
        machine.RunAll(vcpu);
        Assert.Equal((ulong)Rounds, vcpu.GetRegister("R0"));
    }
}
