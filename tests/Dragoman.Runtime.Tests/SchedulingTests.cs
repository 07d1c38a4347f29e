using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Exclusive sections, work queues, step-atomic and turns, under load.</summary>
public abstract class SchedulingTests(Engine engine)
{
    private static readonly TinyProgram Forever = new TinyProgram(TinyMachine.Code).Label("loop").Op(TinyOp.AddImmediate, 0, 0, 1).Branch("loop");

    private static TinyProgram Increments(TinyOp op, int count) => new TinyProgram(TinyMachine.Code)
        .Set(1, count)
        .Label("loop")
        .Op(op, 6)
        .Op(TinyOp.AddImmediate, 1, 1, -1)
        .BranchNotZero(1, "loop")
        .Op(TinyOp.Syscall, 0);

    private static Vcpu[] Create(TinyMachine machine, int count) => [.. Enumerable.Range(0, count).Select(_ =>
    {
        var vcpu = machine.CreateVcpu();
        vcpu.SetRegister("R6", TinyMachine.Data);
        return vcpu;
    })];

    [Theory]
    [InlineData(ThreadModel.Multi)]
    [InlineData(ThreadModel.Single)]
    public void StepAtomicLosesNoIncrement(ThreadModel threads)
    {
        using var machine = new TinyMachine(engine, Increments(TinyOp.SlowIncrement, 2000), options: new RuntimeOptions { Threads = threads });
        machine.RunAll(Create(machine, 4));
        Assert.Equal(8000UL, machine.Read(TinyMachine.Data));
    }

    [Fact]
    public void AtomicsLoseNoIncrementWhileOthersStep()
    {
        // Two vCPUs step, two run on: a plain load and store in a section that is not exclusive would lose updates.
        using var machine = new TinyMachine(engine, Increments(TinyOp.SlowIncrement, 1000));
        var fast = Increments(TinyOp.AtomicIncrement, 30000);
        Assert.True(machine.Machine.Memory.TryWrite(TinyMachine.Code + 4096, fast.ToArray()));
        var vcpus = Create(machine, 4);
        vcpus[2].Pc = vcpus[3].Pc = TinyMachine.Code + 4096;
        machine.RunAll(vcpus);
        Assert.Equal(62000UL, machine.Read(TinyMachine.Data));
    }

    [Fact]
    public void OnlyOneVcpuIsInExecutionUnderThreadSingle()
    {
        // Plain increments of one word by several vCPUs lose nothing when turns end only at TB boundaries.
        var program = new TinyProgram(TinyMachine.Code)
            .Set(1, 20000)
            .Label("loop")
            .Op(TinyOp.Load, 2, 6)
            .Op(TinyOp.AddImmediate, 2, 2, 1)
            .Op(TinyOp.Store, 2, 6)
            .Op(TinyOp.AddImmediate, 1, 1, -1)
            .BranchNotZero(1, "loop")
            .Op(TinyOp.Syscall, 0);
        using var machine = new TinyMachine(engine, program, options: new RuntimeOptions { Threads = ThreadModel.Single });
        machine.RunAll(Create(machine, 4));
        Assert.Equal(80000UL, machine.Read(TinyMachine.Data));
    }

    [Fact]
    public void TurnsRotateUnderThreadSingle()
    {
        using var machine = new TinyMachine(engine, Forever, options: new RuntimeOptions { Threads = ThreadModel.Single });
        var vcpus = Create(machine, 3);
        var stopper = new Thread(() =>
        {
            var until = Environment.TickCount64 + 30_000;
            while (Environment.TickCount64 < until && vcpus.Any(vcpu => vcpu.GetRegister("R0") == 0))
            {
                Thread.Sleep(20);
            }

            machine.Machine.RequestStop();
        });
        stopper.Start();
        machine.RunAll(vcpus);
        stopper.Join();
        Assert.All(vcpus, vcpu => Assert.True(vcpu.GetRegister("R0") > 0, $"vCPU {vcpu.Index} had no turn"));
    }

    [Fact]
    public void NobodyExecutesInAnExclusiveSection()
    {
        using var machine = new TinyMachine(engine, Forever);
        var vcpus = Create(machine, 3);
        var failures = 0;
        var sections = 0;
        var starter = new Thread(() =>
        {
            var until = Environment.TickCount64 + 20_000;
            while (Environment.TickCount64 < until && (sections < 200 || vcpus.Any(vcpu => vcpu.GetRegister("R0") == 0)))
            {
                Thread.Sleep(1);
                machine.Machine.Scheduler.Exclusive.StartExclusive(null);
                var before = vcpus.Select(vcpu => vcpu.GetRegister("R0")).ToArray();
                Thread.SpinWait(2000);
                // Not IsRunning: a vCPU that is about to wait has it set for a moment.
                if (!before.SequenceEqual(vcpus.Select(vcpu => vcpu.GetRegister("R0"))))
                {
                    failures++;
                }

                machine.Machine.Scheduler.Exclusive.EndExclusive(null);
                sections++;
            }

            machine.Machine.RequestStop();
        });
        starter.Start();
        machine.RunAll(vcpus);
        starter.Join();
        Assert.Equal(0, failures);
        Assert.True(sections >= 200, $"{sections} sections");
        Assert.All(vcpus, vcpu => Assert.True(vcpu.GetRegister("R0") > 0));
    }

    [Fact]
    public void QueuedWorkRunsInOrderOnItsThread()
    {
        using var machine = new TinyMachine(engine, Forever);
        var vcpus = Create(machine, 2);
        var scheduler = machine.Machine.Scheduler;
        var order = new List<int>();
        var threads = new List<int>();
        var exclusiveRuns = 0;
        var sender = new Thread(() =>
        {
            for (var i = 0; i < 500; i++)
            {
                var number = i;
                void Work()
                {
                    order.Add(number);
                    threads.Add(Environment.CurrentManagedThreadId);
                }

                if (i % 10 == 9)
                {
                    scheduler.AsyncSafeRunOnCpu(vcpus[0], () =>
                    {
                        var before = vcpus[1].GetRegister("R0");
                        Thread.SpinWait(500);
                        exclusiveRuns += vcpus[1].GetRegister("R0") == before ? 1 : 1000;
                        Work();
                    });
                }
                else
                {
                    scheduler.AsyncRunOnCpu(vcpus[0], Work);
                }
            }

            scheduler.RunOnCpu(vcpus[0], () => order.Add(-1), null);
            machine.Machine.RequestStop();
        });
        sender.Start();
        machine.RunAll(vcpus);
        sender.Join();
        Assert.Equal([.. Enumerable.Range(0, 500), -1], order);
        Assert.Single(threads.Distinct());
        Assert.Equal(50, exclusiveRuns);
    }

    [Fact]
    public void TwoVcpusMayWaitForEachOther()
    {
        var calls = 0;
        TinyMachine? machine = null;
        var program = new TinyProgram(TinyMachine.Code).Set(1, 200).Label("loop").Op(TinyOp.Syscall, 2).Op(TinyOp.AddImmediate, 1, 1, -1).BranchNotZero(1, "loop").Op(TinyOp.Syscall, 3);
        var finished = 0;
        var kernel = new TinyKernel
        {
            OnSyscall = (vcpu, number) =>
            {
                if (number == 3)
                {
                    // Stay to serve the other until both are done.
                    return Interlocked.Increment(ref finished) == 2 ? Stop() : Park(vcpu);
                }

                var other = machine!.Machine.Vcpus.First(candidate => candidate != vcpu);
                machine.Machine.Scheduler.RunOnCpu(other, () => Interlocked.Increment(ref calls), vcpu);
                return KernelResult.Continue;
            },
        };
        KernelResult Stop()
        {
            machine!.Machine.RequestStop();
            return KernelResult.Continue;
        }

        KernelResult Park(Vcpu vcpu)
        {
            vcpu.Pc = TinyMachine.Code + 4096;
            return KernelResult.Continue;
        }

        using (machine = new TinyMachine(engine, program, kernel))
        {
            var forever = new TinyProgram(TinyMachine.Code + 4096).Label("loop").Branch("loop");
            Assert.True(machine.Machine.Memory.TryWrite(TinyMachine.Code + 4096, forever.ToArray()));
            foreach (var vcpu in Create(machine, 2))
            {
                vcpu.Kick();
            }

            // Whoever has run both loops parks; the last one stops the machine, whose PC then does not matter.
            machine.RunAll([.. machine.Machine.Vcpus]);
        }

        Assert.Equal(400, calls);
    }

    [Fact]
    public void WorkThatThrowsThrowsAtTheWaiter()
    {
        using var machine = new TinyMachine(engine, Forever);
        var vcpu = Create(machine, 1)[0];
        Exception? caught = null;
        var sender = new Thread(() =>
        {
            caught = Record.Exception(() => machine.Machine.Scheduler.RunOnCpu(vcpu, () => throw new ArithmeticException("work"), null));
            machine.Machine.RequestStop();
        });
        sender.Start();
        machine.RunAll(vcpu);
        sender.Join();
        Assert.IsType<ArithmeticException>(caught);
        machine.Machine.RemoveVcpu(vcpu);
        Assert.Throws<ObjectDisposedException>(() => machine.Machine.Scheduler.AsyncRunOnCpu(vcpu, () => { }));
    }

    [Fact]
    public void ThreadsComeAndGo()
    {
        using var machine = new TinyMachine(engine, Increments(TinyOp.AtomicIncrement, 10));
        for (var round = 0; round < 30; round++)
        {
            var vcpus = Create(machine, 4);
            machine.RunAll(vcpus);
            foreach (var vcpu in vcpus)
            {
                machine.Machine.RemoveVcpu(vcpu);
            }
        }

        Assert.Equal(1200UL, machine.Read(TinyMachine.Data));
        Assert.Empty(machine.Machine.Vcpus);
    }
}
