using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Tests.SoftMmu;

/// <summary>
/// vCPU threads that remap pages under each other's feet. Each owns some pages: it points one at its other frame, broadcasts a flush, and once that is complete
/// poisons the frame that the page had before. Whoever then reads poison through a page has lost a flush. Every flush is counted on every vCPU.
/// </summary>
public sealed unsafe class BroadcastFlushTests
{
    private const int PagesEach = 3;
    private const int Mode = 1;
    private const ulong Good = 0x600D;
    private const ulong Poison = 0xDEAD;

    [Theory]
    [InlineData(2, ThreadModel.Multi)]
    [InlineData(4, ThreadModel.Multi)]
    [InlineData(8, ThreadModel.Multi)]
    [InlineData(4, ThreadModel.Single)]
    public void No_flush_is_lost(int vcpus, ThreadModel threads)
    {
        var remaps = Environment.GetEnvironmentVariable("DRAGOMAN_LONG") == "1" ? 50_000 : threads == ThreadModel.Single ? 40 : 200;
        using var bench = new Bench(vcpus, threads);
        for (var page = 0; page < vcpus * PagesEach; page++)
        {
            bench.Map(AddressOf(page), FrameOf(page, 0));
            bench.Physical<ulong>(FrameOf(page, 0)) = Good;
            bench.Physical<ulong>(FrameOf(page, 1)) = Poison;
        }

        var run = new Run(bench, vcpus, remaps);
        var workers = bench.Vcpus.Select(vcpu => new Thread(() => run.Execute(vcpu))).ToList();
        workers.ForEach(thread => thread.Start());
        workers.ForEach(thread => thread.Join());

        Assert.Null(run.Error);
        Assert.Equal(0, run.Stale);
        Assert.All(bench.Vcpus, vcpu =>
        {
            var counters = vcpu.Tlb.Counters;
            Assert.Equal((long)vcpus * remaps, counters.FullFlushes + counters.PartialFlushes + counters.ElidedFlushes);
        });
    }

    private static ulong AddressOf(int page) => 0x100000 + ((ulong)page << 12);

    private static ulong FrameOf(int page, int frame) => ((ulong)(page * 2) + (ulong)frame) << 12;

    private sealed class Run(Bench bench, int vcpus, int remaps)
    {
        private int _finished;

        public int Stale;

        public volatile Exception? Error;

        /// <summary>A vCPU's thread: what the execution loop does, with reads of random pages as the guest's code.</summary>
        public void Execute(SystemVcpu vcpu)
        {
            try
            {
                var random = new Random(vcpu.Index);
                var remapped = 0;
                while (Volatile.Read(ref _finished) < vcpus && Error is null)
                {
                    if (Interlocked.Exchange(ref vcpu.Header->PollWord, 0) != 0)
                    {
                        bench.Machine.Scheduler.ProcessQueuedWork(vcpu);
                        bench.Machine.Scheduler.LetOthersAnswer(vcpu);
                    }

                    bench.Machine.Scheduler.ExecStart(vcpu);
                    try
                    {
                        ReadPages(vcpu, random, 200);
                    }
                    finally
                    {
                        bench.Machine.Scheduler.ExecEnd(vcpu);
                    }

                    if (remapped < remaps)
                    {
                        Remap(vcpu, remapped++, random.Next(6));
                        if (remapped == remaps)
                        {
                            Interlocked.Increment(ref _finished);
                        }
                    }
                }

                // What others asked before the last of them was done.
                bench.Machine.Scheduler.ProcessQueuedWork(vcpu);
            }
            catch (Exception exception)
            {
                Error = exception;
            }
        }

        private void ReadPages(SystemVcpu vcpu, Random random, int count)
        {
            for (var i = 0; i < count && Volatile.Read(ref vcpu.Header->PollWord) == 0; i++)
            {
                if (Bench.Load(vcpu, AddressOf(random.Next(vcpus * PagesEach)), MemOp.Size64, Mode) != Good)
                {
                    Interlocked.Increment(ref Stale);
                }
            }
        }

        private void Remap(SystemVcpu vcpu, int number, int form)
        {
            var page = (vcpu.Index * PagesEach) + (number % PagesEach);
            var to = (number / PagesEach) % 2 == 0 ? 1 : 0;
            Volatile.Write(ref bench.Physical<ulong>(FrameOf(page, to)), Good);
            Interlocked.Exchange(ref bench.Mmu.EntryOf(AddressOf(page)), FrameOf(page, to) | TableMmu.Valid);
            var machine = bench.Machine;
            var modes = MmuModes.Of(Mode);
            switch (form)
            {
                case 0:
                    machine.TlbFlushPageByMmuIdxAllCpusSynced(vcpu, AddressOf(page), modes);
                    break;
                case 1:
                    machine.TlbFlushByMmuIdxAllCpusSynced(vcpu, modes);
                    break;
                case 2:
                    machine.TlbFlushRangeByMmuIdxAllCpusSynced(vcpu, AddressOf(page) - 0x1000, 0x3000, modes, 64);
                    break;
                case 3:
                    // As an instruction does, and the one that waits behind it.
                    machine.Scheduler.ExecStart(vcpu);
                    machine.TlbFlushPageBitsByMmuIdxAllCpus(vcpu, AddressOf(page), modes, 56);
                    machine.Scheduler.ExecEnd(vcpu);
                    machine.Scheduler.WaitForOthers(vcpu);
                    break;
                case 4:
                    machine.Scheduler.ExecStart(vcpu);
                    machine.TlbFlushByMmuIdxAllCpus(vcpu, modes);
                    machine.Scheduler.ExecEnd(vcpu);
                    machine.Scheduler.WaitForOthers(vcpu);
                    break;
                default:
                    machine.TlbFlushPageBitsByMmuIdxAllCpusSynced(vcpu, AddressOf(page), modes, 48);
                    break;
            }

            // The instruction has ended its TB; the source's own work waits for the others.
            Interlocked.Exchange(ref vcpu.Header->PollWord, 0);
            machine.Scheduler.ProcessQueuedWork(vcpu);
            Volatile.Write(ref bench.Physical<ulong>(FrameOf(page, 1 - to)), Poison);
        }
    }
}
