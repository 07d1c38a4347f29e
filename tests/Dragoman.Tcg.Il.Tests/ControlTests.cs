using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

public sealed unsafe class ControlTests
{
    [Fact]
    public void An_exit_leaves_the_registers_in_the_block()
    {
        using Bench bench = new();
        bench[0] = 40;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.Add(TcgType.I64, bench.R(0), bench.Tcg.Const(TcgType.I64, 2ul)));
        bench.Tcg.ExitTb(TbExit.Lookup);

        Assert.Equal(TbExit.Lookup, bench.Run());
        Assert.Equal(42ul, bench[1]);
    }

    [Fact]
    public void A_loop_inside_the_tb_runs_to_its_end()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        bench[0] = 1000;
        tcg.InsnStart(0x1000);
        Label head = tcg.NewLabel();
        tcg.SetLabel(head);
        tcg.Mov(bench.R(1), tcg.Add(TcgType.I64, bench.R(1), bench.R(0)));
        tcg.Mov(bench.R(0), tcg.Sub(TcgType.I64, bench.R(0), tcg.Const(TcgType.I64, 1ul)));
        tcg.BrCond(TcgType.I64, TcgCond.Ne, bench.R(0), tcg.Const(TcgType.I64, 0ul), head);
        tcg.GotoTb(0, 0x2000);

        Assert.Equal((nint)bench.Slots, bench.Run());
        Assert.Equal(500500ul, bench[1]);
        Assert.Equal(0ul, bench[0]);
        Assert.Equal(0x2000ul, bench.Pc);
    }

    [Fact]
    public void A_tb_that_goes_to_itself_stays_inside_its_method()
    {
        using Bench bench = new();
        EmitCountdown(bench);
        bench[0] = 1_000_000;

        Assert.Equal((nint)(bench.Slots + 1), bench.Run());
        Assert.Equal(0ul, bench[0]);
        Assert.Equal(1_000_000ul, bench[1]);
        Assert.Equal(0x2000ul, bench.Pc);
    }

    [Fact]
    public void A_request_ends_a_loop_with_exact_state()
    {
        using Bench bench = new();
        EmitCountdown(bench);
        TbCode code = bench.Compile();
        bench[0] = long.MaxValue;
        Thread asker = new(() =>
        {
            Thread.Sleep(20);
            Volatile.Write(ref bench.Header->PollWord, 1);
        });
        asker.Start();

        Assert.Equal(TbExit.Requested, code.Execute(bench.Env));
        asker.Join();
        Assert.Equal(0x1000ul, bench.Pc);
        Assert.Equal((ulong)long.MaxValue, bench[0] + bench[1]);
        Assert.NotEqual(0ul, bench[1]);
    }

    [Fact]
    public void A_request_before_entry_runs_nothing()
    {
        using Bench bench = new();
        EmitCountdown(bench);
        bench[0] = 5;
        bench.Header->PollWord = 1;

        Assert.Equal(TbExit.Requested, bench.Run());
        Assert.Equal(5ul, bench[0]);
        Assert.Equal(0x1000ul, bench.Pc);
    }

    [Fact]
    public void Linked_slots_are_jumped_through_and_unlinked_ones_are_returned()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x2000);
        tcg.Mov(bench.R(1), tcg.Add(TcgType.I64, bench.R(1), tcg.Const(TcgType.I64, 7ul)));
        tcg.GotoTb(0, 0x3000);
        TbCode second = bench.Compile(0x2000, firstSlot: 2);
        tcg.Reset();
        tcg.InsnStart(0x1000);
        tcg.GotoTb(0, 0x2000);
        TbCode first = bench.Compile(0x1000);

        Assert.Equal((nint)bench.Slots, first.Execute(bench.Env));
        Assert.Equal(0x2000ul, bench.Pc);
        Assert.Equal(0ul, bench[1]);

        bench.Slots[0].Code = second.EntryPoint;
        Assert.Equal((nint)(bench.Slots + 2), first.Execute(bench.Env));
        Assert.Equal(0x3000ul, bench.Pc);
        Assert.Equal(7ul, bench[1]);
    }

    [Fact]
    public void Chains_of_any_length_use_no_stack()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x2000);
        tcg.GotoTb(0, 0x1000);
        TbCode back = bench.Compile(0x2000, firstSlot: 2);
        tcg.Reset();
        tcg.InsnStart(0x1000);
        Label done = tcg.NewLabel();
        tcg.Mov(bench.R(0), tcg.Sub(TcgType.I64, bench.R(0), tcg.Const(TcgType.I64, 1ul)));
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(0), tcg.Const(TcgType.I64, 0ul), done);
        tcg.GotoTb(0, 0x2000);
        tcg.SetLabel(done);
        tcg.GotoTb(1, 0x4000);
        TbCode forth = bench.Compile(0x1000);
        bench.Slots[0].Code = back.EntryPoint;
        bench.Slots[2].Code = forth.EntryPoint;
        bench[0] = 3_000_000;

        Assert.Equal((nint)(bench.Slots + 1), forth.Execute(bench.Env));
        Assert.Equal(0x4000ul, bench.Pc);
    }

    [Fact]
    public void An_indirect_branch_takes_only_an_entry_with_its_pc_and_flags()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x5000);
        tcg.Mov(bench.R(1), tcg.Const(TcgType.I64, 9ul));
        tcg.ExitTb(TbExit.Lookup);
        TbCode target = bench.Compile(0x5000);
        tcg.Reset();
        tcg.InsnStart(0x1000);
        tcg.St(TcgType.I64, bench.R(0), Bench.PcOffset);
        tcg.GotoPtr();
        TbCode jump = bench.Compile();
        bench[0] = 0x5000;
        JumpCacheEntry* entry = bench.Header->JumpCache + JumpCacheEntry.IndexOf(0x5000);

        Assert.Equal(TbExit.Lookup, jump.Execute(bench.Env));
        Assert.Equal(0ul, bench[1]);

        *entry = new JumpCacheEntry { Pc = 0x5000, Flags = 1, Code = target.EntryPoint };
        jump.Execute(bench.Env);
        Assert.Equal(0ul, bench[1]);

        entry->Flags = 0;
        jump.Execute(bench.Env);
        Assert.Equal(9ul, bench[1]);
    }

    private static void EmitCountdown(Bench bench)
    {
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        Label done = tcg.NewLabel();
        tcg.Mov(bench.R(0), tcg.Sub(TcgType.I64, bench.R(0), tcg.Const(TcgType.I64, 1ul)));
        tcg.Mov(bench.R(1), tcg.Add(TcgType.I64, bench.R(1), tcg.Const(TcgType.I64, 1ul)));
        tcg.BrCond(TcgType.I64, TcgCond.Eq, bench.R(0), tcg.Const(TcgType.I64, 0ul), done);
        tcg.GotoTb(0, 0x1000);
        tcg.SetLabel(done);
        tcg.GotoTb(1, 0x2000);
    }
}
