using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Which barriers behind a store-exclusive are left out.</summary>
public sealed class FenceFlowTests
{
    [Fact]
    public void A_barrier_behind_a_store_exclusive_is_needless_on_both_ways()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label failed = tcg.NewLabel();
        Exclusive(bench, failed);
        tcg.Mb(MemBarrier.All);
        tcg.ExitTb(TbExit.Lookup);
        tcg.SetLabel(failed);
        tcg.Mb(MemBarrier.All);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([true, true], Needless(tcg, HostLowering.X64));
        Assert.Equal([false, false], Needless(tcg, HostLowering.Arm64));
    }

    [Fact]
    public void A_barrier_behind_another_access_stays()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.Mb(MemBarrier.All);
        Label failed = tcg.NewLabel();
        Exclusive(bench, failed);
        tcg.SetLabel(failed);
        tcg.Mov(bench.R(4), tcg.QemuLd(TcgType.I64, bench.R(0), 8, MemOp.Size64));
        tcg.Mb(MemBarrier.All);
        tcg.Mb(MemBarrier.All);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([false, false, true], Needless(tcg, HostLowering.X64));
    }

    [Fact]
    public void A_label_counts_as_fenced_only_when_every_way_there_is()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label joined = tcg.NewLabel();
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(5), bench.R(6), joined);
        Exclusive(bench, joined);
        tcg.SetLabel(joined);
        tcg.Mb(MemBarrier.All);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([false], Needless(tcg, HostLowering.X64));
    }

    [Fact]
    public void A_loop_that_comes_round_with_a_store_takes_the_mark_from_its_label()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label round = tcg.NewLabel();
        Exclusive(bench, round);
        tcg.SetLabel(round);
        tcg.Mb(MemBarrier.All);
        tcg.QemuSt(TcgType.I64, bench.R(1), bench.R(0), 0, MemOp.Size64);
        tcg.BrCond(TcgType.I64, TcgCond.Ne, bench.R(5), bench.R(6), round);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([false], Needless(tcg, HostLowering.X64));
    }

    private static void Exclusive(Bench bench, Label failed)
    {
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        tcg.Mov(bench.R(1), tcg.QemuLdx(TcgType.I64, bench.R(0), MemOp.Size64));
        tcg.InsnStart(0x1004);
        Temp stored = tcg.QemuStx(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size64);
        tcg.BrCond(TcgType.I32, TcgCond.Eq, stored, tcg.Const(TcgType.I32, 0UL), failed);
    }

    private static bool[] Needless(TcgContext tcg, HostLowering lowering)
    {
        FenceFlow flow = new(tcg, lowering);
        return [.. Enumerable.Range(0, tcg.OpCount).Where(i => tcg.Ops[i].Opcode == Opcode.Mb).Select(flow.IsNeedless)];
    }
}
