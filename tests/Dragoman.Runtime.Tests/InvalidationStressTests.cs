using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Memory;
using Dragoman.Runtime.Tests.Tiny;

namespace Dragoman.Runtime.Tests;

/// <summary>Chains that are built while other threads tear them down.</summary>
public abstract class InvalidationStressTests(Engine engine)
{
    /// <summary>A ring of blocks, each adding 1 to R0, R1 times round.</summary>
    private static TinyProgram Ring(int blocks, int rounds)
    {
        var program = new TinyProgram(TinyMachine.Code).Set(1, rounds).Label("loop");
        for (var i = 0; i < blocks; i++)
        {
            program.Branch($"b{i}").Label($"b{i}").Op(TinyOp.AddImmediate, 0, 0, 1);
        }

        return program.Op(TinyOp.AddImmediate, 1, 1, -1).BranchNotZero(1, "loop").Op(TinyOp.Syscall, 0);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void RunsOnWhileItsCodeIsInvalidated(bool flush)
    {
        const int blocks = 40;
        const int rounds = 4000;
        using var machine = new TinyMachine(engine, Ring(blocks, rounds), hot: engine == Engine.Tiny ? new TinyBackend("hot") : null, options: new RuntimeOptions { HotThreshold = 20 });
        var stop = false;
        var tearing = new Thread(() =>
        {
            var random = new Random(3);
            while (!Volatile.Read(ref stop))
            {
                if (flush)
                {
                    machine.Machine.Cache.FlushAll();
                }
                else
                {
                    machine.Machine.CodePages.Invalidate(TinyMachine.Code, 4096);
                }

                Thread.Sleep(random.Next(3));
            }
        });
        tearing.Start();

        // On a loaded machine all rounds may be over before the other thread has had a turn: again, then, until it has torn down enough.
        do
        {
            var vcpus = Enumerable.Range(0, 3).Select(_ => machine.CreateVcpu()).ToArray();
            machine.RunAll(vcpus);
            Assert.All(vcpus, vcpu => Assert.Equal((ulong)(blocks * rounds), vcpu.GetRegister("R0")));
        }
        while (machine.Machine.Cache.Invalidations <= blocks);

        Volatile.Write(ref stop, true);
        tearing.Join();
        machine.Machine.CompileQueue?.Drain();

        // Nobody executes: everything retired can go, and its numbers are used again.
        machine.Machine.Cache.FlushAll();
        Assert.Equal(0, machine.Machine.Cache.RetiredCount);
        Assert.Equal(0, machine.Machine.Cache.Table.Count);
    }

    [Fact]
    public void KeepsRetiredCodeUntilARunningVcpuHasPassedAQuiescentPoint()
    {
        // The backend holds the vCPU inside a TB, as a long chain would.
        using var inside = new ManualResetEventSlim();
        using var go = new ManualResetEventSlim();
        using var machine = new TinyMachine(engine, new TinyProgram(TinyMachine.Code).Op(TinyOp.Syscall, 0), cold: new HoldingBackend(inside, go));
        var vcpu = machine.CreateVcpu();
        var thread = new Thread(() => machine.Machine.Run(vcpu));
        thread.Start();
        inside.Wait();
        machine.Machine.Cache.FlushAll();
        Assert.Equal(1, machine.Machine.Cache.RetiredCount);
        Assert.Equal(0, machine.Machine.Cache.Collect());
        go.Set();
        thread.Join();
        Assert.Equal(1, machine.Machine.Cache.Collect());
        Assert.Equal(0, machine.Machine.Cache.RetiredCount);
    }

    [Fact]
    public void UnlinksWhatLedToAnInvalidatedTb()
    {
        using var machine = new TinyMachine(engine, Ring(3, 5));
        machine.Run();
        var cache = machine.Machine.Cache;
        var before = cache.Links;
        machine.Machine.CodePages.Invalidate(TinyMachine.Code, 4096);
        Assert.Equal(0, cache.Table.Count);
        machine.Run();
        Assert.True(cache.Links > before);
    }

    private sealed class HoldingBackend(ManualResetEventSlim inside, ManualResetEventSlim go) : Dragoman.Tcg.Backends.ITcgBackend
    {
        private readonly TinyBackend _inner = new();

        public string Name => "holding";

        public Dragoman.Tcg.Backends.TbCode Compile(Dragoman.Tcg.Ir.TcgContext context, in Dragoman.Tcg.Backends.CompileRequest request) =>
            new Code(_inner.Compile(context, request), inside, go);

        private sealed unsafe class Code(Dragoman.Tcg.Backends.TbCode code, ManualResetEventSlim inside, ManualResetEventSlim go) : Dragoman.Tcg.Backends.TbCode
        {
            public override nint Execute(byte* env)
            {
                inside.Set();
                go.Wait();
                return code.Execute(env);
            }
        }
    }
}
