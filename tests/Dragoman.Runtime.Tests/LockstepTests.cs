using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Execution.Lockstep;
using Dragoman.Runtime.Tests.Tiny;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Tests;

public sealed class LockstepTests
{
    private static readonly RuntimeOptions Options = new() { Threads = ThreadModel.Single };

    private static TinyProgram Work() => new TinyProgram(TinyMachine.Code)
        .Set(1, 200)
        .Label("loop")
        .Op(TinyOp.Load, 2, 6)
        .Op(TinyOp.AddImmediate, 2, 2, 7)
        .Op(TinyOp.Store, 2, 6)
        .Op(TinyOp.AtomicIncrement, 6)
        .Op(TinyOp.SlowIncrement, 6)
        .Op(TinyOp.AddImmediate, 1, 1, -1)
        .BranchNotZero(1, "loop")
        .Op(TinyOp.Load, 3, 4)
        .Op(TinyOp.Syscall, 0);

    private static Vcpu Create(TinyMachine machine, ulong data = TinyMachine.Data)
    {
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R6", data);
        vcpu.SetRegister("R4", 0x99990000);
        return vcpu;
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void EnginesAgreeOnStateMemoryAndFaults(bool oneInsnPerTb)
    {
        var lockstep = new LockstepBackend([new InterpreterBackend(), new IlBackend(), new TinyBackend()]);
        using var machine = new TinyMachine(Engine.Tiny, Work(), options: Options with { OneInsnPerTb = oneInsnPerTb }, cold: lockstep);
        machine.RunAll(Create(machine), Create(machine, TinyMachine.Data + 8));

        // Each change of memory happened once, not once an engine. (On a word of its own for each vCPU: a turn may end between its load and its store.)
        Assert.Equal(200UL * 9, machine.Read(TinyMachine.Data));
        Assert.Equal(200UL * 9, machine.Read(TinyMachine.Data + 8));
        Assert.All(machine.Kernel.Exceptions, exception => Assert.Equal(0x99990000UL, exception.Address));
        Assert.Equal(2, machine.Kernel.Exceptions.Count);
    }

    [Fact]
    public void StopsAtTheFirstDifference()
    {
        var lockstep = new LockstepBackend([new InterpreterBackend(), new WrongBackend()]);
        using var machine = new TinyMachine(Engine.Tiny, Work(), options: Options with { OneInsnPerTb = true }, cold: lockstep);
        var error = Assert.Throws<LockstepException>(() => machine.Machine.Run(Create(machine)));
        Assert.Contains("interpreter and wrong differ in R2", error.Message, StringComparison.Ordinal);
        Assert.Contains("AddImmediate 2, 2, 7", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void SurvivesRequestsInTheMiddle()
    {
        var lockstep = new LockstepBackend([new InterpreterBackend(), new IlBackend()]);
        using var machine = new TinyMachine(Engine.Tiny, Work(), options: Options, cold: lockstep);
        var vcpu = Create(machine);
        var stop = false;
        var kicker = new Thread(() =>
        {
            while (!Volatile.Read(ref stop))
            {
                vcpu.Kick();
                Thread.SpinWait(500);
            }
        });
        kicker.Start();
        machine.RunAll(vcpu);
        Volatile.Write(ref stop, true);
        kicker.Join();
        Assert.Equal(200UL * 9, machine.Read(TinyMachine.Data));
    }

    /// <summary>Adds one more than it should when it adds 7.</summary>
    private sealed class WrongBackend : ITcgBackend
    {
        private readonly TinyBackend _inner = new();

        public string Name => "wrong";

        public TbCode Compile(TcgContext context, in CompileRequest request)
        {
            foreach (ref var op in context.Ops)
            {
                if (op.Opcode == Opcode.Add && context.TryConst(op.In1, out var value) && value == 7)
                {
                    op.In1 = context.Const(TcgType.I64, 8UL);
                }
            }

            return _inner.Compile(context, request);
        }
    }
}
