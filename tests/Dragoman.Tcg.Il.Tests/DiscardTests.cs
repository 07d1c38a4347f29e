using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Registers whose value is given up before somebody looks.</summary>
public sealed class DiscardTests
{
    [Theory]
    [InlineData(0, 2)]
    [InlineData(1, 2)]
    [InlineData(1, 12)]
    public void Are_not_stored(int labels, int registers)
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        bench[1] = 77;

        // With many registers read more often than the one, it has no local of its own in a TB with labels.
        for (int i = 2; i < registers; i++)
        {
            tcg.Mov(bench.R(i), tcg.Add(TcgType.I64, bench.R(i), bench.R(i)));
            tcg.Mov(bench.R(i), tcg.Add(TcgType.I64, bench.R(i), bench.R(i)));
        }

        Label over = labels == 0 ? default : tcg.NewLabel();
        tcg.Mov(bench.R(1), tcg.Add(TcgType.I64, bench.R(0), tcg.Const(TcgType.I64, 5UL)));
        tcg.Mov(bench.R(0), bench.R(1));
        tcg.Discard(bench.R(1));
        if (labels != 0)
        {
            tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(0), tcg.Const(TcgType.I64, 6UL), over);
            tcg.Mov(bench.R(1), tcg.Const(TcgType.I64, 1UL));
            tcg.ExitTb(TbExit.Lookup);
            tcg.SetLabel(over);
        }

        tcg.ExitTb(TbExit.Lookup);
        Assert.Equal(TbExit.Lookup, bench.Run());
        Assert.Equal((5UL, labels == 0 ? 77UL : 1UL), (bench[0], bench[1]));
        bench[0] = 1;
        bench[1] = 78;
        Assert.Equal(TbExit.Lookup, bench.Run());
        Assert.Equal((6UL, 78UL), (bench[0], bench[1]));
    }
}
