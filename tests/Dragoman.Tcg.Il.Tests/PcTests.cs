using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>The PC that an access which faults leaves, where loops keep it from being stored each time.</summary>
public sealed class PcTests
{
    private const MemOp Aligned = MemOp.Size64 | MemOp.Align;

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    public void A_loop_with_one_access(ulong rounds)
    {
        using Bench bench = new();
        Start(bench, rounds);
        Label loop = bench.Tcg.NewLabel();
        Load(bench, 0x1004, 6);
        bench.Tcg.SetLabel(loop);
        Load(bench, 0x1010, 0);
        Repeat(bench, loop);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal(0x1010ul, bench.Pc);
    }

    [Theory]
    [InlineData(0, 6, 0x1010)]
    [InlineData(6, 0, 0x1014)]
    public void A_loop_with_two_accesses(int first, int second, ulong expected)
    {
        using Bench bench = new();
        Start(bench, 3);
        Label loop = bench.Tcg.NewLabel();
        Load(bench, 0x1004, 6);
        bench.Tcg.SetLabel(loop);
        Load(bench, 0x1010, first);
        Load(bench, 0x1014, second);
        Repeat(bench, loop);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal(expected, bench.Pc);
    }

    [Theory]
    [InlineData(1, 0x1010)]
    [InlineData(0, 0x1018)]
    public void Ways_that_meet(ulong taken, ulong expected)
    {
        using Bench bench = new();
        Start(bench, 1);
        TcgContext tcg = bench.Tcg;
        bench[0] = 0x101;
        bench[7] = taken;
        Label other = tcg.NewLabel(), end = tcg.NewLabel();
        Load(bench, 0x1004, 6);
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(7), tcg.Const(TcgType.I64, 0ul), other);
        Load(bench, 0x1010, 0);
        tcg.Br(end);
        tcg.SetLabel(other);
        Load(bench, 0x1014, 6);
        tcg.SetLabel(end);
        Load(bench, 0x1018, 0);
        tcg.ExitTb(TbExit.Lookup);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal(expected, bench.Pc);
    }

    [Fact]
    public void A_jumps_target_stays_where_a_branch_into_a_loop_is_not_taken()
    {
        using Bench bench = new();
        Start(bench, 2);
        Label loop = bench.Tcg.NewLabel();
        Load(bench, 0x1004, 6);
        bench.Tcg.St(TcgType.I64, bench.R(6), Bench.PcOffset);
        bench.Tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(6), bench.R(7), loop);
        bench.Tcg.ExitTb(TbExit.Lookup);
        bench.Tcg.SetLabel(loop);
        Load(bench, 0x1010, 0);
        Repeat(bench, loop);

        Assert.Equal(TbExit.Lookup, bench.Run());
        Assert.Equal(bench[6], bench.Pc);
    }

    // r0 goes on by 8, and by 4 once `rounds` rounds are over; r6 stays aligned.
    private static void Start(Bench bench, ulong rounds)
    {
        bench[0] = 0x100;
        bench[2] = 8;
        bench[3] = rounds;
        bench[4] = 100;
        bench[6] = 0x200;
    }

    private static void Load(Bench bench, ulong pc, int register)
    {
        bench.Tcg.InsnStart(pc);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(register), 0, Aligned));
    }

    private static void Repeat(Bench bench, Label loop)
    {
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1020);
        tcg.Mov(bench.R(0), tcg.Add(TcgType.I64, bench.R(0), bench.R(2)));
        tcg.Mov(bench.R(3), tcg.Sub(TcgType.I64, bench.R(3), tcg.Const(TcgType.I64, 1ul)));
        Temp isLast = tcg.SetCond(TcgType.I64, TcgCond.Eq, bench.R(3), tcg.Const(TcgType.I64, 0ul));
        tcg.Mov(bench.R(2), tcg.Sub(TcgType.I64, bench.R(2), tcg.Shl(TcgType.I64, isLast, tcg.Const(TcgType.I64, 2ul))));
        tcg.Mov(bench.R(4), tcg.Sub(TcgType.I64, bench.R(4), tcg.Const(TcgType.I64, 1ul)));
        tcg.BrCond(TcgType.I64, TcgCond.Ne, bench.R(4), tcg.Const(TcgType.I64, 0ul), loop);
        tcg.ExitTb(TbExit.Lookup);
    }
}
