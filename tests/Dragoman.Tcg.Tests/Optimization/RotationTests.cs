using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Tcg.Tests.Optimization;

/// <summary>Rotations made of shifts, and conditions that a branch repeats.</summary>
public sealed class RotationTests : OptimizerTestBase
{
    [Fact]
    public void Shifts_of_one_value_that_make_up_the_width_are_a_rotation()
    {
        Tcg.Mov(A, Turn(TcgType.I64, B, B, 10, 54));
        Tcg.Mov(W, Turn(TcgType.I32, W, W, 12, 20));
        Assert.Equal(["rotr_i64 a, b, $0x36", "rotr_i32 w, w, $0x14"], Optimized());
    }

    [Theory]
    [InlineData(10, 53)]
    [InlineData(0, 64)]
    [InlineData(64, 0)]
    public void Other_shifts_are_not(int up, int down)
    {
        Tcg.Mov(A, Turn(TcgType.I64, B, B, up, down));
        Assert.DoesNotContain(Optimized(), op => op.StartsWith("rotr", StringComparison.Ordinal));
    }

    [Fact]
    public void Nor_are_shifts_of_two_values()
    {
        Tcg.Mov(A, Turn(TcgType.I64, B, C, 10, 54));
        Tcg.Mov(D, Sum(Turn(TcgType.I64, B, Low(C), 10, 22)));
        Assert.DoesNotContain(Optimized(), op => op.StartsWith("rotr", StringComparison.Ordinal));
    }

    [Fact]
    public void One_of_32_bits_in_64_is_a_rotation_where_the_bits_above_do_not_matter()
    {
        Tcg.Mov(D, Sum(Turn(TcgType.I64, B, Low(B), 10, 22)));
        string[] ops = Optimized();
        Assert.Contains(ops, op => op.StartsWith("rotr_i32", StringComparison.Ordinal) && op.EndsWith(", $0x16", StringComparison.Ordinal));
        Assert.DoesNotContain(ops, op => op.StartsWith("sh", StringComparison.Ordinal));
    }

    [Fact]
    public void The_value_may_be_in_another_register_by_then()
    {
        Temp low = Low(B);
        Tcg.Mov(A, low);
        Tcg.Mov(C, B);
        Tcg.Mov(B, Tcg.Shl(TcgType.I64, B, Tcg.Const(TcgType.I64, 7UL)));
        Tcg.Mov(A, Tcg.Shr(TcgType.I64, A, Tcg.Const(TcgType.I64, 25UL)));
        Tcg.Mov(A, Tcg.Or(TcgType.I64, A, B));
        Tcg.Mov(A, Sum(A));
        Tcg.Mov(B, D);
        string[] ops = Optimized();
        Assert.Equal("mov_i64 c, b", ops[0]);
        Assert.StartsWith("extrl_i64_i32", ops[1], StringComparison.Ordinal);
        Assert.EndsWith(", c", ops[1], StringComparison.Ordinal);
        Assert.Contains(ops, op => op.StartsWith("rotr_i32", StringComparison.Ordinal) && op.EndsWith(", $0x19", StringComparison.Ordinal));
    }

    [Fact]
    public void Where_they_matter_or_the_value_reaches_higher_it_is_none()
    {
        Tcg.Mov(A, Turn(TcgType.I64, B, Low(B), 10, 22));
        Tcg.Mov(D, Sum(Turn(TcgType.I64, C, C, 10, 22)));
        string[] ops = Optimized();
        Assert.DoesNotContain(ops, op => op.StartsWith("rotr", StringComparison.Ordinal));
        Assert.Equal(2, ops.Count(op => op.StartsWith("or_i64", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(TcgCond.Ne, 1, 0)]
    [InlineData(TcgCond.Eq, 0, 1)]
    public void A_condition_that_the_branch_repeats_is_a_constant_on_both_ways(TcgCond branch, int taken, int not)
    {
        Label target = Tcg.NewLabel();
        SetCondition(C, TcgCond.Ltu);
        Tcg.Mov(D, Tcg.Add(TcgType.I64, D, A));
        Tcg.BrCond(TcgType.I64, branch, C, Tcg.Const(TcgType.I64, 0UL), target);
        Tcg.ExitTb(1);
        Tcg.SetLabel(target);
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
        Label target = Tcg.NewLabel();
        if (obstacle == "back")
        {
            Label over = Tcg.NewLabel();
            Tcg.BrCond(TcgType.I64, TcgCond.Eq, D, A, over);
            Tcg.Br(over);
            Tcg.SetLabel(target);
            Tcg.ExitTb(2);
            Tcg.SetLabel(over);
        }

        if (obstacle == "shared")
        {
            Tcg.BrCond(TcgType.I64, TcgCond.Eq, D, A, target);
        }

        if (obstacle == "narrow")
        {
            Tcg.Mov(W, Tcg.SetCond(TcgType.I32, TcgCond.Ltu, A, B));
            Tcg.BrCond(TcgType.I32, TcgCond.Ne, W, Tcg.Const(TcgType.I32, 0UL), target);
        }
        else
        {
            SetCondition(C, TcgCond.Ltu);
            switch (obstacle)
            {
                case "read":
                    Tcg.Mov(D, Tcg.Add(TcgType.I64, D, C));
                    break;
                case "fault":
                    Tcg.Mov(D, Tcg.QemuLd(TcgType.I64, D, 0, MemOp.Size64));
                    break;
                case "input":
                    Temp kept = Tcg.NewTemp(TcgType.I64);
                    Tcg.Mov(kept, C);
                    Tcg.Mov(A, D);
                    Tcg.BrCond(TcgType.I64, TcgCond.Ne, kept, Tcg.Const(TcgType.I64, 0UL), target);
                    break;
            }

            if (obstacle != "input")
            {
                Tcg.BrCond(TcgType.I64, TcgCond.Ne, C, Tcg.Const(TcgType.I64, 0UL), target);
            }
        }

        if (obstacle != "back")
        {
            Tcg.ExitTb(1);
            Tcg.SetLabel(target);
        }

        string[] ops = Optimized();
        Assert.Contains(ops, op => op.StartsWith("setcond", StringComparison.Ordinal));
        Assert.DoesNotContain(ops, op => op.StartsWith("discard", StringComparison.Ordinal));
    }

    private void SetCondition(Temp register, TcgCond cond) =>
        Tcg.Mov(register, Tcg.ExtuI32I64(Tcg.SetCond(TcgType.I32, cond, A, B)));

    private Temp Low(Temp value) => Tcg.And(TcgType.I64, value, Tcg.Const(TcgType.I64, uint.MaxValue));

    // Of which only the low half counts.
    private Temp Sum(Temp value) => Tcg.Sextract(TcgType.I64, Tcg.Add(TcgType.I64, value, D), 0, 32);

    private Temp Turn(TcgType type, Temp left, Temp right, int up, int down) => Tcg.Or(
        type,
        Tcg.Shl(type, left, Tcg.Const(type, (ulong)up)),
        Tcg.Shr(type, right, Tcg.Const(type, (ulong)down)));
}
