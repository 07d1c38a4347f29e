using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Tcg.Tests.Optimization;

/// <summary>Rotations made of shifts, and conditions that a branch repeats. Registers a to d are I64, w is I32.</summary>
public sealed class RotationTests
{
    private readonly TcgContext _tcg = new(
        [
            .. "abcd".Select((name, i) => new GlobalInfo(name.ToString(), TcgType.I64, VcpuHeader.GuestState + (i * 8))),
            new GlobalInfo("w", TcgType.I32, VcpuHeader.GuestState + 32),
        ],
        VcpuHeader.GuestState + 40);

    private Temp A => _tcg.Global(0);

    private Temp B => _tcg.Global(1);

    private Temp C => _tcg.Global(2);

    private Temp D => _tcg.Global(3);

    private Temp W => _tcg.Global(4);

    [Fact]
    public void Shifts_of_one_value_that_make_up_the_width_are_a_rotation()
    {
        _tcg.Mov(A, Turn(TcgType.I64, B, B, 10, 54));
        _tcg.Mov(W, Turn(TcgType.I32, W, W, 12, 20));
        Assert.Equal(["rotr_i64 a, b, $0x36", "rotr_i32 w, w, $0x14"], Optimized());
    }

    [Theory]
    [InlineData(10, 53)]
    [InlineData(0, 64)]
    [InlineData(64, 0)]
    public void Other_shifts_are_not(int up, int down)
    {
        _tcg.Mov(A, Turn(TcgType.I64, B, B, up, down));
        Assert.DoesNotContain(Optimized(), op => op.StartsWith("rotr", StringComparison.Ordinal));
    }

    [Fact]
    public void Nor_are_shifts_of_two_values()
    {
        _tcg.Mov(A, Turn(TcgType.I64, B, C, 10, 54));
        _tcg.Mov(D, Sum(Turn(TcgType.I64, B, Low(C), 10, 22)));
        Assert.DoesNotContain(Optimized(), op => op.StartsWith("rotr", StringComparison.Ordinal));
    }

    [Fact]
    public void One_of_32_bits_in_64_is_a_rotation_where_the_bits_above_do_not_matter()
    {
        _tcg.Mov(D, Sum(Turn(TcgType.I64, B, Low(B), 10, 22)));
        string[] ops = Optimized();
        Assert.Contains(ops, op => op.StartsWith("rotr_i32", StringComparison.Ordinal) && op.EndsWith(", $0x16", StringComparison.Ordinal));
        Assert.DoesNotContain(ops, op => op.StartsWith("sh", StringComparison.Ordinal));
    }

    [Fact]
    public void The_value_may_be_in_another_register_by_then()
    {
        Temp low = Low(B);
        _tcg.Mov(A, low);
        _tcg.Mov(C, B);
        _tcg.Mov(B, _tcg.Shl(TcgType.I64, B, _tcg.Const(TcgType.I64, 7UL)));
        _tcg.Mov(A, _tcg.Shr(TcgType.I64, A, _tcg.Const(TcgType.I64, 25UL)));
        _tcg.Mov(A, _tcg.Or(TcgType.I64, A, B));
        _tcg.Mov(A, Sum(A));
        _tcg.Mov(B, D);
        string[] ops = Optimized();
        Assert.Equal("mov_i64 c, b", ops[0]);
        Assert.StartsWith("extrl_i64_i32", ops[1], StringComparison.Ordinal);
        Assert.EndsWith(", c", ops[1], StringComparison.Ordinal);
        Assert.Contains(ops, op => op.StartsWith("rotr_i32", StringComparison.Ordinal) && op.EndsWith(", $0x19", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_they_matter_or_the_value_reaches_higher_it_is_none()
    {
        _tcg.Mov(A, Turn(TcgType.I64, B, Low(B), 10, 22));
        _tcg.Mov(D, Sum(Turn(TcgType.I64, C, C, 10, 22)));
        string[] ops = Optimized();
        Assert.DoesNotContain(ops, op => op.StartsWith("rotr", StringComparison.Ordinal));
        Assert.Equal(2, ops.Count(op => op.StartsWith("or_i64", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(TcgCond.Ne, 1, 0)]
    [InlineData(TcgCond.Eq, 0, 1)]
    public void A_condition_that_the_branch_repeats_is_a_constant_on_both_ways(TcgCond branch, int taken, int not)
    {
        Label target = _tcg.NewLabel();
        SetCondition(C, TcgCond.Ltu);
        _tcg.Mov(D, _tcg.Add(TcgType.I64, D, A));
        _tcg.BrCond(TcgType.I64, branch, C, _tcg.Const(TcgType.I64, 0UL), target);
        _tcg.ExitTb(1);
        _tcg.SetLabel(target);
        string condition = branch == TcgCond.Ne ? "ltu" : "geu";
        Assert.Equal(
            [
                "discard_i64 c", "add_i64 d, d, a", $"brcond_i64 a, b, {condition}, $L0", $"mov_i64 c, $0x{not:x}", "exit_tb 1",
                "set_label $L0", $"mov_i64 c, $0x{taken:x}",
            ],
            Optimized());
    }

    public static TheoryData<string> Obstacles => ["read", "fault", "input", "narrow", "shared", "back"];

    [Theory]
    [MemberData(nameof(Obstacles))]
    public void Not_where_somebody_sees_the_register_before_or_comes_another_way(string obstacle)
    {
        Label target = _tcg.NewLabel();
        if (obstacle == "back")
        {
            Label over = _tcg.NewLabel();
            _tcg.BrCond(TcgType.I64, TcgCond.Eq, D, A, over);
            _tcg.Br(over);
            _tcg.SetLabel(target);
            _tcg.ExitTb(2);
            _tcg.SetLabel(over);
        }

        if (obstacle == "shared")
        {
            _tcg.BrCond(TcgType.I64, TcgCond.Eq, D, A, target);
        }

        if (obstacle == "narrow")
        {
            _tcg.Mov(W, _tcg.SetCond(TcgType.I32, TcgCond.Ltu, A, B));
            _tcg.BrCond(TcgType.I32, TcgCond.Ne, W, _tcg.Const(TcgType.I32, 0UL), target);
        }
        else
        {
            SetCondition(C, TcgCond.Ltu);
            switch (obstacle)
            {
                case "read":
                    _tcg.Mov(D, _tcg.Add(TcgType.I64, D, C));
                    break;
                case "fault":
                    _tcg.Mov(D, _tcg.QemuLd(TcgType.I64, D, 0, MemOp.Size64));
                    break;
                case "input":
                    Temp kept = _tcg.NewTemp(TcgType.I64);
                    _tcg.Mov(kept, C);
                    _tcg.Mov(A, D);
                    _tcg.BrCond(TcgType.I64, TcgCond.Ne, kept, _tcg.Const(TcgType.I64, 0UL), target);
                    break;
            }

            if (obstacle != "input")
            {
                _tcg.BrCond(TcgType.I64, TcgCond.Ne, C, _tcg.Const(TcgType.I64, 0UL), target);
            }
        }

        if (obstacle != "back")
        {
            _tcg.ExitTb(1);
            _tcg.SetLabel(target);
        }

        string[] ops = Optimized();
        Assert.Contains(ops, op => op.StartsWith("setcond", StringComparison.Ordinal));
        Assert.DoesNotContain(ops, op => op.StartsWith("discard", StringComparison.Ordinal));
    }

    private void SetCondition(Temp register, TcgCond cond) =>
        _tcg.Mov(register, _tcg.ExtuI32I64(_tcg.SetCond(TcgType.I32, cond, A, B)));

    private Temp Low(Temp value) => _tcg.And(TcgType.I64, value, _tcg.Const(TcgType.I64, uint.MaxValue));

    // Of which only the low half counts.
    private Temp Sum(Temp value) => _tcg.Sextract(TcgType.I64, _tcg.Add(TcgType.I64, value, D), 0, 32);

    private Temp Turn(TcgType type, Temp left, Temp right, int up, int down) => _tcg.Or(
        type,
        _tcg.Shl(type, left, _tcg.Const(type, (ulong)up)),
        _tcg.Shr(type, right, _tcg.Const(type, (ulong)down)));

    private string[] Optimized()
    {
        _tcg.ExitTb(0);
        Optimizer.Run(_tcg);
        string[] lines = [.. _tcg.Dump().Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim())];
        Assert.Equal("exit_tb 0", lines[^1]);
        return lines[..^1];
    }
}
