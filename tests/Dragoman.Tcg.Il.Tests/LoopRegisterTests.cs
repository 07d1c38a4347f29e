using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>The registers that an access which faults in a loop leaves: those written before the loop, and in it, before and behind the access.</summary>
public sealed class LoopRegisterTests
{
    [Theory]
    [InlineData(false, false)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Stand_in_the_block_as_they_were(bool isEnteredByBranch, bool skipsOnce)
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        bench[0] = 0x100;
        bench[3] = 5;
        bench[6] = 40;
        Label loop = tcg.NewLabel(), skip = tcg.NewLabel();
        tcg.InsnStart(0x1000);
        Add(bench, 7, 6, 2);
        Add(bench, 5, 7, 100);
        if (isEnteredByBranch)
        {
            tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(6), Const(bench, 40), loop);
            Add(bench, 7, 7, 1000);
        }

        tcg.SetLabel(loop);
        tcg.InsnStart(0x1010);
        Add(bench, 4, 4, 1);
        tcg.InsnStart(0x1014);
        if (skipsOnce)
        {
            tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(4), Const(bench, 1), skip);
        }

        tcg.InsnStart(0x1018);
        tcg.Mov(bench.R(1), tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size64 | MemOp.Align));
        tcg.SetLabel(skip);
        tcg.InsnStart(0x101C);
        Add(bench, 2, 4, 0);
        tcg.InsnStart(0x1020);

        // Aligned five times.
        Temp isLast = tcg.SetCond(TcgType.I64, TcgCond.Eq, bench.R(4), Const(bench, 5));
        tcg.Mov(bench.R(0), tcg.Add(TcgType.I64, bench.R(0), tcg.Sub(TcgType.I64, Const(bench, 8), isLast)));
        tcg.InsnStart(0x1024);
        tcg.BrCond(TcgType.I64, TcgCond.Ne, bench.R(4), Const(bench, 50), loop);
        Add(bench, 7, 7, 5);
        Add(bench, 5, 5, 5);
        tcg.ExitTb(TbExit.Lookup);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal((0x1018ul, 0x127ul), (bench.Pc, bench[0]));
        Assert.Equal((42ul, 142ul), (bench[7], bench[5]));
        Assert.Equal((5ul, 6ul), (bench[2], bench[4]));
    }

    private static Temp Const(Bench bench, ulong value) => bench.Tcg.Const(TcgType.I64, value);

    private static void Add(Bench bench, int to, int from, ulong value) =>
        bench.Tcg.Mov(bench.R(to), bench.Tcg.Add(TcgType.I64, bench.R(from), Const(bench, value)));
}
