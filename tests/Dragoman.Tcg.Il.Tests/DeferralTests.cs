using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>Flags that a region writes and never reads, left to be computed: by what their operands were, whatever has become of those meanwhile.</summary>
public sealed unsafe class DeferralTests
{
    private const int X0 = Bench.PcOffset + 8;
    private const int X1 = X0 + 8;
    private const int Carry = X0 + 16;
    private const int Negative = X0 + 24;

    private readonly TcgContext _tcg = new(
        [new GlobalInfo("x0", TcgType.I64, X0), new GlobalInfo("x1", TcgType.I64, X1), new GlobalInfo("c", TcgType.I32, Carry), new GlobalInfo("n", TcgType.I32, Negative)],
        Bench.PcOffset);

    private Temp R(int index) => _tcg.Global(index);

    // Not written where it stands: the flag that it goes to is written later.
    private Temp CarryOfSum() => _tcg.ExtrlI64I32(_tcg.AddCarry(TcgType.I64, R(0), R(1), _tcg.Const(TcgType.I64, 0ul)));

    private void AddTo0() => _tcg.Mov(R(0), _tcg.Add(TcgType.I64, R(0), R(1)));

    [Fact]
    public void A_flag_written_after_its_operand_has_changed_is_that_of_the_old_operand()
    {
        Assert.Equal((1u, 1ul), Run(() =>
        {
            Temp carry = CarryOfSum();
            AddTo0();
            _tcg.Mov(R(2), carry);
        }));
    }

    [Fact]
    public void What_is_to_become_a_flag_outlives_an_access()
    {
        Assert.Equal((1u, 1ul), Run(() =>
        {
            Temp carry = CarryOfSum();
            _tcg.QemuLd(TcgType.I64, _tcg.Const(TcgType.I64, 64ul), 0, MemOp.Size64);
            AddTo0();
            _tcg.Mov(R(2), carry);
        }));
    }

    [Fact]
    public void What_is_to_become_a_flag_outlives_another_flag_whose_operand_changes()
    {
        Assert.Equal((1u, 1ul), Run(() =>
        {
            Temp carry = CarryOfSum();
            _tcg.Mov(R(3), _tcg.SetCond(TcgType.I32, TcgCond.Lt, R(1), _tcg.Const(TcgType.I64, 0ul)));
            AddTo0();
            _tcg.Mov(R(1), _tcg.Const(TcgType.I64, 0ul));
            _tcg.Mov(R(2), carry);
        }));
    }

    [Fact]
    public void The_last_write_of_a_flag_counts()
    {
        Assert.Equal((0u, 3ul), Run(() =>
        {
            _tcg.Mov(R(2), CarryOfSum());
            AddTo0();
            _tcg.Mov(R(2), CarryOfSum());
            AddTo0();
        }));
    }

    [Theory]
    [InlineData(TcgCond.Eq, false)]
    [InlineData(TcgCond.Eq, true)]
    [InlineData(TcgCond.Ne, false)]
    [InlineData(TcgCond.Ne, true)]
    public void A_flag_is_that_of_its_operands_on_both_ways_of_a_branch(TcgCond cond, bool isMet)
    {
        // Taken and not taken; to a label of its own and to one where ways meet.
        Assert.Equal((1u, 7ul), Run(() =>
        {
            Label there = _tcg.NewLabel();
            if (isMet)
            {
                _tcg.BrCond(TcgType.I64, TcgCond.Eq, R(0), _tcg.Const(TcgType.I64, 5ul), there);
            }

            _tcg.Mov(R(2), CarryOfSum());
            AddTo0();
            _tcg.BrCond(TcgType.I64, cond, R(1), _tcg.Const(TcgType.I64, 2ul), there);
            ClearOperands();
            _tcg.ExitTb(0);
            _tcg.SetLabel(there);
            _tcg.InsnStart(0x1004);
            ClearOperands();
            _tcg.ExitTb(0);
        }));
    }

    private void ClearOperands()
    {
        _tcg.Mov(R(1), _tcg.Const(TcgType.I64, 0ul));
        _tcg.Mov(R(0), _tcg.Const(TcgType.I64, 7ul));
    }

    // The flag and x0 after the ops, which start with x0 = -1 and x1 = 2.
    private (uint Carry, ulong X0) Run(Action emit)
    {
        using Bench bench = new();
        (bench[0], bench[1]) = (ulong.MaxValue, 2);
        _tcg.InsnStart(0x1000);
        Label on = _tcg.NewLabel();
        _tcg.BrCond(TcgType.I64, TcgCond.Eq, R(1), _tcg.Const(TcgType.I64, 2ul), on);
        _tcg.ExitTb(0);
        _tcg.SetLabel(on);
        _tcg.InsnStart(0x1000);
        emit();
        _tcg.ExitTb(0);
        IlBackend backend = new();
        backend.Compile(_tcg, new CompileRequest { Pc = 0x1000, Slots = (nint)bench.Slots, AddressLimitLog2 = 16, LeavesOddAddresses = true }).Execute(bench.Env);
        if (bench.Header->Deferred != 0)
        {
            backend.Settle(bench.Env);
        }

        return (*(uint*)(bench.Env + Carry), bench[0]);
    }
}
