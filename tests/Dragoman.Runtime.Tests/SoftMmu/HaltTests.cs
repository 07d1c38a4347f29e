using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>Halted vCPUs that wake each other, while work is queued for them from outside: no wake-up and no work is lost.</summary>
public sealed unsafe class HaltTests
{
    [Theory]
    [InlineData(2, ThreadModel.Multi)]
    [InlineData(8, ThreadModel.Multi)]
    [InlineData(4, ThreadModel.Single)]
    public void No_wake_up_is_lost(int vcpus, ThreadModel threads)
    {
        const int Rounds = 500;
        const int Works = 1000;
        using var bench = new Bench(vcpus, threads);
        var scheduler = bench.Machine.Scheduler;
        var received = new int[vcpus];
        var tokens = new int[vcpus];
        var worked = new int[vcpus];
        var stop = 0;
        var sender = new Thread(() =>
        {
            for (var i = 0; i < Works; i++)
            {
                var vcpu = bench.Vcpus[i % vcpus];
                scheduler.AsyncRunOnCpu(vcpu, () => worked[vcpu.Index]++);
            }
        });
        var workers = bench.Vcpus.Select(vcpu => new Thread(() =>
        {
            while (Volatile.Read(ref stop) == 0)
            {
                if (Interlocked.Exchange(ref vcpu.Header->PollWord, 0) != 0)
                {
                    scheduler.ProcessQueuedWork(vcpu);
                }

                scheduler.ExecStart(vcpu);
                var hasToken = Interlocked.Exchange(ref tokens[vcpu.Index], 0) != 0;
                scheduler.ExecEnd(vcpu);
                if (hasToken)
                {
                    received[vcpu.Index]++;
                    if (received[^1] == Rounds)
                    {
                        Volatile.Write(ref stop, 1);
                        Array.ForEach(bench.Vcpus, scheduler.Wake);
                        continue;
                    }

                    var next = bench.Vcpus[(vcpu.Index + 1) % vcpus];
                    Volatile.Write(ref tokens[next.Index], 1);
                    scheduler.Wake(next);
                }

                scheduler.WaitWhileHalted(vcpu, () => Volatile.Read(ref tokens[vcpu.Index]) != 0 || Volatile.Read(ref stop) != 0);
            }

            sender.Join();
            scheduler.ProcessQueuedWork(vcpu);
        })).ToList();
        sender.Start();
        workers.ForEach(thread => thread.Start());
        Volatile.Write(ref tokens[0], 1);
        scheduler.Wake(bench.Vcpu);
        Assert.All(workers, thread => Assert.True(thread.Join(60_000), "a vCPU was not woken"));
        Assert.Equal(Works, worked.Sum());
        Assert.All(received, count => Assert.Equal(Rounds, count));
    }
}
