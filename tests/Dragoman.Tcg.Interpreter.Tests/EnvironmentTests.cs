using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Moves, the vCPU block, control flow, exits and polls.</summary>
public sealed unsafe class EnvironmentTests : IDisposable
{
    private readonly TestVcpu _cpu = new();

    public void Dispose() => _cpu.Dispose();

    [Fact]
    public void MoveBetweenGlobalsOfBothWidthsLeavesNeighboursAlone()
    {
        _cpu.X(1) = 0x1122334455667788;
        _cpu.W(0) = 0xAAAAAAAA;
        _cpu.W(2) = 0xBBBBBBBB;
        TcgContext tcg = _cpu.Context;
        tcg.Mov(_cpu.Global(0), _cpu.Global(1));
        tcg.Mov(_cpu.NarrowGlobal(1), tcg.ExtrlI64I32(_cpu.Global(1)));
        _cpu.Finish();
        Assert.Equal(0x1122334455667788u, _cpu.X(0));
        Assert.Equal(0x55667788u, _cpu.W(1));
        Assert.Equal(0xAAAAAAAAu, _cpu.W(0));
        Assert.Equal(0xBBBBBBBBu, _cpu.W(2));
    }

    [Fact]
    public void ConditionsIntoNarrowGlobalsLeaveNeighboursAlone()
    {
        _cpu.X(0) = 5;
        _cpu.W(2) = 0xBBBBBBBB;
        TcgContext tcg = _cpu.Context;
        tcg.SetCond(TcgType.I32, TcgCond.Eq, _cpu.Global(0), tcg.Const(TcgType.I64, 5UL));
        tcg.Ops[0].Out0 = _cpu.NarrowGlobal(1);
        _cpu.Finish();
        Assert.Equal(1u, _cpu.W(1));
        Assert.Equal(0xBBBBBBBBu, _cpu.W(2));
    }

    [Fact]
    public void BlockLoadsExtendAndStoresTruncate()
    {
        TcgContext tcg = _cpu.Context;
        _cpu.X(0) = 0xFFFF8000_80F28384;
        int at = VcpuHeader.GuestState;
        tcg.Mov(_cpu.Global(1), tcg.Ld8u(TcgType.I64, at));
        tcg.Mov(_cpu.Global(2), tcg.Ld8s(TcgType.I64, at));
        tcg.Mov(_cpu.Global(3), tcg.Ld16u(TcgType.I64, at));
        tcg.Mov(_cpu.Global(4), tcg.Ld16s(TcgType.I64, at));
        tcg.Mov(_cpu.Global(5), tcg.Ld32u(TcgType.I64, at));
        tcg.Mov(_cpu.Global(6), tcg.Ld32s(TcgType.I64, at));
        tcg.Mov(_cpu.Global(7), tcg.Ld(TcgType.I64, at));
        tcg.Mov(_cpu.NarrowGlobal(0), tcg.Ld8s(TcgType.I32, at));
        tcg.St8(TcgType.I64, _cpu.Global(0), at + (8 * 8));
        tcg.St16(TcgType.I64, _cpu.Global(0), at + (8 * 9));
        tcg.St32(TcgType.I64, _cpu.Global(0), at + (8 * 10));
        tcg.St(TcgType.I64, tcg.Const(TcgType.I64, 77UL), at + (8 * 11));
        _cpu.Finish();
        Assert.Equal(0x84u, _cpu.X(1));
        Assert.Equal(0xFFFFFFFF_FFFFFF84u, _cpu.X(2));
        Assert.Equal(0x8384u, _cpu.X(3));
        Assert.Equal(0xFFFFFFFF_FFFF8384u, _cpu.X(4));
        Assert.Equal(0x80F28384u, _cpu.X(5));
        Assert.Equal(0xFFFFFFFF_80F28384u, _cpu.X(6));
        Assert.Equal(0xFFFF8000_80F28384u, _cpu.X(7));
        Assert.Equal(0xFFFFFF84u, _cpu.W(0));
        Assert.Equal(0x84u, _cpu.X(8));
        Assert.Equal(0x8384u, _cpu.X(9));
        Assert.Equal(0x80F28384u, _cpu.X(10));
        Assert.Equal(77u, _cpu.X(11));
    }

    [Fact]
    public void LoopCountsAndPollLeavesAtItsHeadWithTheInstructionsPc()
    {
        TcgContext tcg = _cpu.Context;
        _cpu.X(0) = 10;
        Build(tcg);
        Assert.Equal(TbExit.Lookup, _cpu.Run());
        Assert.Equal(0u, _cpu.X(0));
        Assert.Equal(20u, _cpu.X(1));

        // The loop asks for the poll itself, at its fourth round: it must end there although six rounds are left.
        _cpu.X(0) = 10;
        _cpu.X(1) = 0;
        Build(tcg, pollAt: 6);
        Assert.Equal(TbExit.Requested, _cpu.Run());
        Assert.Equal(6u, _cpu.X(0));
        Assert.Equal(0x4004u, _cpu.Pc);

        void Build(TcgContext tcg, ulong pollAt = 100)
        {
            tcg.InsnStart(0x4000);
            Label loop = tcg.NewLabel();
            tcg.SetLabel(loop);
            tcg.InsnStart(0x4004);
            tcg.Mov(_cpu.Global(1), tcg.Add(TcgType.I64, _cpu.Global(1), tcg.Const(TcgType.I64, 2UL)));
            tcg.Mov(_cpu.Global(0), tcg.Sub(TcgType.I64, _cpu.Global(0), tcg.Const(TcgType.I64, 1UL)));
            Temp poll = tcg.SetCond(TcgType.I32, TcgCond.Eq, _cpu.Global(0), tcg.Const(TcgType.I64, pollAt));
            tcg.St(TcgType.I32, poll, 0);
            tcg.BrCond(TcgType.I64, TcgCond.Ne, _cpu.Global(0), tcg.Const(TcgType.I64, 0UL), loop);
            tcg.ExitTb(TbExit.Lookup);
        }
    }

    [Fact]
    public void PollAtEntryRunsNothing()
    {
        _cpu.Header->PollWord = 1;
        _cpu.Context.Mov(_cpu.Global(0), _cpu.Context.Const(TcgType.I64, 9UL));
        Assert.Equal(TbExit.Requested, _cpu.Finish());
        Assert.Equal(0u, _cpu.X(0));
        Assert.Equal(TestVcpu.TbPc, _cpu.Pc);
    }

    [Fact]
    public void GotoTbStoresThePcAndLeavesThroughItsSlot()
    {
        _cpu.Context.GotoTb(1, 0x5678);
        Assert.Equal((nint)(_cpu.Slots + 1), _cpu.Run());
        Assert.Equal(0x5678u, _cpu.Pc);

        _cpu.Request = _cpu.Request with { Chain = false };
        _cpu.Context.GotoTb(1, 0x9abc);
        Assert.Equal(TbExit.Lookup, _cpu.Run());
        Assert.Equal(0x9abcu, _cpu.Pc);
    }

    [Fact]
    public void TempsThatCrossLabelsKeepTheirValues()
    {
        TcgContext tcg = _cpu.Context;
        _cpu.X(0) = 3;
        Temp kept = tcg.NewTemp(TcgType.I64);
        tcg.Mov(kept, tcg.Const(TcgType.I64, 1UL));
        Label skip = tcg.NewLabel();
        tcg.BrCond(TcgType.I64, TcgCond.Gtu, _cpu.Global(0), tcg.Const(TcgType.I64, 2UL), skip);
        tcg.Mov(kept, tcg.Const(TcgType.I64, 2UL));
        tcg.SetLabel(skip);
        tcg.Mov(_cpu.Global(1), tcg.Add(TcgType.I64, kept, _cpu.Global(0)));
        _cpu.Finish();
        Assert.Equal(4u, _cpu.X(1));
    }
}
