using System.Globalization;
using Dragoman.Guests.AArch64.Privileged;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.SystemEmulation.Tests;

/// <summary>vCPUs that do everything at once that they share, while threads of the host send them work. Seconds every day, minutes with DRAGOMAN_LONG=1; every count is known.</summary>
public sealed class StressTests
{
    private static readonly bool s_isLong = Environment.GetEnvironmentVariable("DRAGOMAN_LONG") == "1";

    [BareMetalTheory]
    [InlineData(2, ThreadModel.Multi)]
    [InlineData(4, ThreadModel.Multi)]
    [InlineData(8, ThreadModel.Multi)]
    [InlineData(3, ThreadModel.Single)]
    public void Nothing_is_lost(int cpus, ThreadModel threads)
    {
        var starts = s_isLong ? 20 : 3;
        var rounds = threads == ThreadModel.Single ? s_isLong ? 1000 : 5 : s_isLong ? 2000 : 20;
        var program = BareMetal.Build("stress", $"CPUS={cpus}", $"STARTS={starts}", $"ROUNDS={rounds}");
        using var system = new SystemEngine(
            AArch64System.Create(), new RuntimeOptions { Threads = threads, HotThreshold = 16 }, new InterpreterBackend(), new IlBackend());
        var board = new TestBoard(system, cpus) { Limit = TimeSpan.FromMinutes(s_isLong ? 30 : 2) };
        using var senders = new WorkSenders(system, s_isLong ? 20_000 : 200);
        senders.Start();
        var status = board.Run(program);
        senders.Check();

        var times = (((cpus - 1) * starts) + 1) * rounds;
        var text = times.ToString("x", CultureInfo.InvariantCulture);
        var interrupts = (starts * rounds).ToString("x", CultureInfo.InvariantCulture);
        Assert.Equal($"exclusive {text}\napart {text}\nlse {text}\ncas {text}\nlocked {text}\ninterrupts {interrupts}\nwrong 0\n", board.Output);
        Assert.Equal(0, status);
    }

    /// <summary>Three threads of the host, each with one of the ways to have work done on every vCPU; and a fourth that flushes all code and takes exclusive sections.</summary>
    private sealed class WorkSenders(SystemEngine engine, int count) : IDisposable
    {
        private readonly List<Thread> _threads = [];
        private readonly List<Exception> _errors = [];
        private int _sent, _done;
        private volatile bool _ends;

        public void Start()
        {
            Add(vcpu => engine.Scheduler.AsyncRunOnCpu(vcpu, () => Interlocked.Increment(ref _done)), 1);
            Add(vcpu => engine.Scheduler.RunOnCpu(vcpu, () => Interlocked.Increment(ref _done), self: null), 4);
            Add(vcpu => engine.Scheduler.AsyncSafeRunOnCpu(vcpu, () => Interlocked.Increment(ref _done)), 4);
            Add(
                vcpu =>
                {
                    engine.Scheduler.Exclusive.StartExclusive(null);
                    Interlocked.Increment(ref _done);
                    engine.Scheduler.Exclusive.EndExclusive(null);
                    engine.Cache.FlushAll();
                },
                20);
        }

        /// <summary>All work that was sent has been done. After the machine has stopped.</summary>
        public void Check()
        {
            Dispose();
            Assert.Empty(_errors);
            Assert.True(_sent > 0);
            Assert.Equal(_sent, _done);
        }

        public void Dispose()
        {
            _ends = true;
            _threads.ForEach(thread => thread.Join());
        }

        private void Add(Action<SystemVcpu> send, int every)
        {
            var thread = new Thread(() =>
            {
                try
                {
                    for (var i = 0; i < count && !_ends; i++)
                    {
                        foreach (var vcpu in engine.Machine.Vcpus)
                        {
                            send(vcpu);
                            Interlocked.Increment(ref _sent);
                        }

                        Thread.Sleep(every);
                    }
                }
                catch (ObjectDisposedException)
                {
                    // The machine has stopped: its vCPUs take no more.
                }
                catch (Exception error)
                {
                    lock (_errors)
                    {
                        _errors.Add(error);
                    }
                }
            });
            _threads.Add(thread);
            thread.Start();
        }
    }
}
