using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Which pairs of exclusives need not be asked about at run time, and what they do.</summary>
public sealed unsafe class ExclusivePairTests
{
    [Fact]
    public void A_branch_between_the_two_leaves_them_a_pair()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label again = tcg.NewLabel(), store = tcg.NewLabel(), done = tcg.NewLabel();
        tcg.SetLabel(again);
        Load(bench, 1);
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(1), bench.R(2), store);
        tcg.Br(done);
        tcg.SetLabel(store);
        Store(bench, 3);
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(4), tcg.Const(TcgType.I64, 0UL), again);
        tcg.SetLabel(done);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([Opcode.QemuLdx], Loads(tcg));
    }

    [Theory]
    [InlineData(Opcode.QemuLd)]
    [InlineData(Opcode.QemuSt)]
    [InlineData(Opcode.Mb)]
    [InlineData(Opcode.Clrex)]
    public void What_comes_between_parts_them(Opcode between)
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Load(bench, 1);
        switch (between)
        {
            case Opcode.QemuLd: tcg.Mov(bench.R(5), tcg.QemuLd(TcgType.I64, bench.R(6), 0, MemOp.Size64)); break;
            case Opcode.QemuSt: tcg.QemuSt(TcgType.I64, bench.R(5), bench.R(6), 0, MemOp.Size64); break;
            case Opcode.Mb: tcg.Mb(MemBarrier.All); break;
            default: tcg.Clrex(); break;
        }

        Store(bench, 3);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([null], Loads(tcg));
    }

    [Fact]
    public void A_second_way_to_the_store_parts_them()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label store = tcg.NewLabel();
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(5), bench.R(6), store);
        Load(bench, 1);
        tcg.SetLabel(store);
        Store(bench, 3);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([null], Loads(tcg));
    }

    [Fact]
    public void Two_loads_part_them_from_the_store_that_both_lead_to()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label other = tcg.NewLabel(), store = tcg.NewLabel();
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(5), bench.R(6), other);
        Load(bench, 1);
        tcg.Br(store);
        tcg.SetLabel(other);
        Load(bench, 1);
        tcg.SetLabel(store);
        Store(bench, 3);
        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([null], Loads(tcg));
    }

    [Theory]
    [InlineData(MemOp.Size8)]
    [InlineData(MemOp.Size16)]
    [InlineData(MemOp.Size32)]
    [InlineData(MemOp.Size64)]
    public void A_pair_asks_nobody_and_opens_its_monitor(MemOp memop)
    {
        using Bench bench = new();
        bench.Header->ExclusiveCheck = (nint)(delegate*<nint, nint, ulong>)&Refuse;
        bench[0] = 0x100;
        bench[3] = 0x1122334455667788;
        *(ulong*)(bench.Memory + 0x100) = 0xA1A2A3A4A5A6A7A8;
        Load(bench, 1, memop);
        Store(bench, 3, memop);
        Store(bench, 0, memop, into: 5);
        bench.Tcg.ExitTb(TbExit.Lookup);
        bench.Run();

        ulong mask = ulong.MaxValue >> (64 - (8 << (int)(memop & MemOp.SizeMask)));
        Assert.Equal((0xA1A2A3A4A5A6A7A8 & ~mask) | (0x1122334455667788 & mask), *(ulong*)(bench.Memory + 0x100));
        Assert.Equal((1UL, 0UL), (bench[4], bench[5]));
    }

    [Fact]
    public void A_store_to_another_address_fails()
    {
        using Bench bench = new();
        bench[0] = 0x100;
        bench[3] = 7;
        Load(bench, 1);
        bench.Tcg.Mov(bench.R(0), bench.Tcg.Add(TcgType.I64, bench.R(0), bench.Tcg.Const(TcgType.I64, 8UL)));
        Store(bench, 3);
        bench.Tcg.ExitTb(TbExit.Lookup);
        Assert.Equal([Opcode.QemuLdx], Loads(bench.Tcg));
        bench.Run();
        Assert.Equal(0UL, bench[4]);
        Assert.Equal(0UL, *(ulong*)(bench.Memory + 0x108));
    }

    [Fact]
    public void A_store_of_another_size_is_no_pair()
    {
        using Bench bench = new();
        bench[0] = 0x100;
        bench[3] = 7;
        Load(bench, 1, MemOp.Size64);
        Store(bench, 3, MemOp.Size32);
        bench.Tcg.ExitTb(TbExit.Lookup);
        bench.Run();
        Assert.Equal(0UL, bench[4]);
        Assert.Equal(0UL, *(ulong*)(bench.Memory + 0x100));
    }

    private static ulong Refuse(nint env, nint host) => 0;

    private static void Load(Bench bench, int into, MemOp memop = MemOp.Size64)
    {
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(into), bench.Tcg.QemuLdx(TcgType.I64, bench.R(0), memop));
    }

    private static void Store(Bench bench, int from, MemOp memop = MemOp.Size64, int into = 4)
    {
        bench.Tcg.InsnStart(0x1004);
        Temp stored = bench.Tcg.QemuStx(TcgType.I64, bench.R(0), bench.R(from), memop);
        bench.Tcg.Mov(bench.R(into), bench.Tcg.ExtuI32I64(stored));
    }

    // Of each store-exclusive what its flow names: a load-exclusive, or nothing.
    private static Opcode?[] Loads(TcgContext tcg)
    {
        ExclusiveFlow flow = new(tcg);
        return [.. Enumerable.Range(0, tcg.OpCount).Where(i => tcg.Ops[i].Opcode == Opcode.QemuStx)
            .Select(i => flow.LoadOf(i) is >= 0 and var load ? tcg.Ops[load].Opcode : (Opcode?)null)];
    }
}
