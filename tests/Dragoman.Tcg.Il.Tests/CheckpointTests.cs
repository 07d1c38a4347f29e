using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Which loads leave the state behind.</summary>
public sealed unsafe class CheckpointTests
{
    private static readonly CompileRequest s_request = new() { Pc = 0x1000, LeavesOddAddresses = true, AddressLimitLog2 = 16 };

    [Fact]
    public void Loads_behind_a_load_or_a_plain_store_do()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Load(bench, 1);
        Load(bench, 2);
        Instruction(bench, () => tcg.QemuSt(TcgType.I64, bench.R(1), bench.R(0), 0, MemOp.Size64));
        Instruction(bench, () => tcg.Mov(bench.R(0), tcg.Add(TcgType.I64, bench.R(0), bench.R(1))));
        Load(bench, 3);
        Assert.Equal([false, true, true], Marked(tcg, s_request));
        Assert.Equal([false, false, false], Marked(tcg, s_request with { LeavesOddAddresses = false }));
        Assert.Equal([false, false, false], Marked(tcg, s_request with { SoftMmuPageBits = 12 }));
    }

    [Fact]
    public void Loads_behind_anything_else_do_not()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        Label label = tcg.NewLabel();
        Action[] others =
        [
            () => tcg.SetLabel(label),
            () => tcg.Mb(MemBarrier.All),
            () => tcg.St(TcgType.I64, bench.R(1), Bench.PcOffset + 256),
            () => tcg.Mov(bench.R(1), tcg.AtomicXchg(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size64)),
            () => tcg.Mov(bench.R(1), tcg.QemuLdx(TcgType.I64, bench.R(0), MemOp.Size64)),
            () => tcg.BrCond(TcgType.I64, TcgCond.Ne, bench.R(0), bench.R(1), label),
            () => PushAndMove(bench),
            () => tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size64 | MemOp.Align),
        ];
        foreach (Action other in others)
        {
            Load(bench, 1);
            Instruction(bench, other);
        }

        Load(bench, 1);
        Assert.All(Marked(tcg, s_request), Assert.False);
    }

    [Fact]
    public void Until_the_next_checkpoint_the_block_stays_as_it_was()
    {
        using Bench bench = new();
        TcgContext tcg = bench.Tcg;
        tcg.InsnStart(0x1000);
        tcg.Mov(bench.R(1), tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size64));
        tcg.InsnStart(0x1004);
        tcg.Mov(bench.R(3), tcg.Add(TcgType.I64, bench.R(3), bench.R(1)));
        tcg.InsnStart(0x1008);
        tcg.Mov(bench.R(2), tcg.QemuLd(TcgType.I64, bench.R(4), 0, MemOp.Size64));
        tcg.ExitTb(TbExit.Lookup);
        var code = new IlBackend().Compile(tcg, s_request with { Pc = 0x1000, Slots = (nint)bench.Slots });
        *(ulong*)(bench.Memory + 0x100) = 5;
        bench[0] = 0x100;
        bench[3] = 7;
        bench[4] = 1UL << 40;

        // An odd address is met with everything in its place all the same.
        Assert.Equal(TbExit.OddAddress, code.Execute(bench.Env));
        Assert.Equal((0x1008UL, 5UL, 12UL), (bench.Pc, bench[1], bench[3]));
        bench[4] = 0x200;
        Assert.Equal(TbExit.Lookup, code.Execute(bench.Env));
    }

    private static void PushAndMove(Bench bench)
    {
        bench.Tcg.QemuSt(TcgType.I64, bench.R(1), bench.R(0), -8, MemOp.Size64);
        bench.Tcg.Mov(bench.R(0), bench.Tcg.Add(TcgType.I64, bench.R(0), bench.Tcg.Const(TcgType.I64, ulong.MaxValue - 7)));
    }

    private static void Load(Bench bench, int target) =>
        Instruction(bench, () => bench.Tcg.Mov(bench.R(target), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 8 * target, MemOp.Size64)));

    private static void Instruction(Bench bench, Action body)
    {
        int start = bench.Tcg.OpCount;
        bench.Tcg.InsnStart(0x1000UL + (4 * (ulong)start));
        body();
        bench.Tcg.MarkInstruction(start);
    }

    // Of the loads that are neither ordered nor aligned.
    private static bool[] Marked(TcgContext tcg, CompileRequest request)
    {
        Checkpoints.Mark(tcg, request);
        List<bool> marked = [];
        foreach (ref readonly Op op in tcg.Ops)
        {
            if (op.Opcode == Opcode.QemuLd && ((MemOp)op.Imm1 & MemOp.Align) == 0)
            {
                marked.Add(op.LeavesStateBehind);
            }
        }

        return [.. marked];
    }
}
