using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Tcg.Tests.Optimization;

/// <summary>Ops before, ops after.</summary>
public sealed class OptimizerTests : OptimizerTestBase
{
    [Fact]
    public void A_result_goes_straight_into_its_register()
    {
        Tcg.Mov(A, Tcg.Add(TcgType.I64, A, B));
        Expect("add_i64 a, a, b");
    }

    [Fact]
    public void Two_results_that_swap_registers_are_kept_apart()
    {
        Temp sum = Tcg.Add(TcgType.I64, A, B);
        Temp difference = Tcg.Sub(TcgType.I64, A, B);
        Tcg.Mov(A, sum);
        Tcg.Mov(B, difference);
        string[] after = Optimized();
        Assert.Equal(3, after.Length);
        Assert.StartsWith("add_i64 tmp", after[0], StringComparison.Ordinal);
        Assert.Equal("sub_i64 b, a, b", after[1]);
        Assert.StartsWith("mov_i64 a, tmp", after[2], StringComparison.Ordinal);
    }

    [Fact]
    public void Constants_run_through_registers()
    {
        Tcg.Mov(A, I64(40));
        Tcg.Mov(B, Tcg.Add(TcgType.I64, A, I64(2)));
        Expect("mov_i64 a, $0x28", "mov_i64 b, $0x2a");
    }

    [Fact]
    public void A_register_written_twice_is_written_once()
    {
        Tcg.Mov(A, B);
        Tcg.Mov(A, C);
        Expect("mov_i64 a, c");
    }

    [Fact]
    public void A_register_is_written_before_an_op_that_can_fault()
    {
        Tcg.Mov(A, B);
        Tcg.Mov(D, Tcg.QemuLd(TcgType.I64, C, 0, MemOp.Size64));
        Tcg.Mov(A, C);
        Expect("mov_i64 a, b", "qemu_ld_i64 d, c, 0, u64", "mov_i64 a, c");
    }

    [Fact]
    public void A_load_whose_value_is_dead_still_happens()
    {
        Tcg.QemuLd(TcgType.I64, C, 0, MemOp.Size64);
        string load = Assert.Single(Optimized());
        Assert.StartsWith("qemu_ld_i64 tmp", load, StringComparison.Ordinal);
    }

    [Fact]
    public void Flags_that_the_next_instruction_overwrites_are_not_computed()
    {
        Tcg.InsnStart(0x1000);
        Tcg.Mov(N, Tcg.SetCond(TcgType.I64, TcgCond.Lt, A, B));
        Tcg.InsnStart(0x1004);
        Tcg.Mov(N, Tcg.SetCond(TcgType.I64, TcgCond.Lt, C, D));
        Expect("---- 0000000000001000", "---- 0000000000001004", "setcond_i64 n, c, d, lt");
    }

    [Fact]
    public void Flags_that_only_a_branch_reads_become_its_condition()
    {
        Label target = Tcg.NewLabel();
        Tcg.Mov(N, Tcg.SetCond(TcgType.I64, TcgCond.Ltu, A, B));
        Tcg.BrCond(TcgType.I64, TcgCond.Ne, N, I64(0), target);
        Tcg.Mov(N, I64(0));
        Tcg.GotoTb(0, 0x10);
        Tcg.SetLabel(target);
        Tcg.Mov(N, I64(1));
        Tcg.GotoTb(1, 0x20);
        string[] after = Lines();
        Assert.Equal(
            ["brcond_i64 a, b, ltu, $L0", "mov_i64 n, $0x0", "goto_tb 0, 0x10, 0", "set_label $L0", "mov_i64 n, $0x1", "goto_tb 1, 0x20, 0"], after);
    }

    [Fact]
    public void A_register_is_live_where_a_loop_may_be_left()
    {
        Label head = Tcg.NewLabel();
        Tcg.SetLabel(head);
        Tcg.Mov(A, B);
        Tcg.BrCond(TcgType.I64, TcgCond.Ne, C, D, head);
        Tcg.Mov(A, C);
        Expect("set_label $L0", "mov_i64 a, b", "brcond_i64 c, d, ne, $L0", "mov_i64 a, c");
    }

    [Fact]
    public void A_decided_branch_takes_the_dead_arm_with_it()
    {
        Label target = Tcg.NewLabel();
        Tcg.BrCond(TcgType.I64, TcgCond.Eq, A, A, target);
        Tcg.Mov(B, C);
        Tcg.SetLabel(target);
        Tcg.Mov(D, C);
        Expect("br $L0", "set_label $L0", "mov_i64 d, c");
    }

    [Fact]
    public void A_mask_that_clears_nothing_goes()
    {
        Temp low = Tcg.Ld8u(TcgType.I64, 0);
        Tcg.Mov(A, Tcg.And(TcgType.I64, low, I64(0xFF)));
        Expect("ld8u_i64 a, 0");
    }

    [Fact]
    public void Narrowing_and_widening_again_is_one_extraction()
    {
        Temp sum = Tcg.Add(TcgType.I64, A, B);
        Tcg.Mov(C, Tcg.ExtuI32I64(Tcg.ExtrlI64I32(sum)));
        string[] after = Optimized();
        Assert.Equal(2, after.Length);
        Assert.StartsWith("extract_i64 c, tmp", after[1], StringComparison.Ordinal);
    }

    [Fact]
    public void Address_arithmetic_becomes_the_offset_within_reach()
    {
        Temp address = Tcg.Add(TcgType.I64, Tcg.Add(TcgType.I64, A, I64(8)), I64(16));
        Tcg.Mov(B, Tcg.QemuLd(TcgType.I64, address, 4, MemOp.Size64));
        Expect("qemu_ld_i64 b, a, 28, u64");
    }

    [Theory]
    [InlineData(32768, true)]
    [InlineData(32769, false)]
    [InlineData(-32768, true)]
    [InlineData(-32769, false)]
    public void Address_arithmetic_out_of_reach_stays(long offset, bool folds)
    {
        Tcg.QemuSt(TcgType.I64, B, Tcg.Add(TcgType.I64, A, I64((ulong)offset)), 0, MemOp.Size64);
        Assert.Equal(folds ? 1 : 2, Optimized().Length);
    }

    [Fact]
    public void Barriers_without_an_access_between_are_one()
    {
        Tcg.Mb(MemBarrier.LoadLoad);
        Tcg.Mb(MemBarrier.StoreStore);
        Tcg.QemuSt(TcgType.I64, B, A, 0, MemOp.Size64);
        Tcg.Mb(MemBarrier.All);
        Expect("mb LoadLoad, StoreStore", "qemu_st_i64 b, a, 0, u64", "mb All");
    }

    [Fact]
    public void A_register_is_read_again_after_a_helper_that_writes_the_state()
    {
        HelperInfo helper = new("touch", null!, 0, 0, HelperFlags.WritesState);
        Tcg.Mov(A, I64(1));
        Tcg.Call(helper, TcgType.I64);
        Tcg.Mov(B, Tcg.Add(TcgType.I64, A, I64(1)));
        string[] after = Optimized();
        Assert.Equal("mov_i64 a, $0x1", after[0]);
        Assert.Equal("add_i64 b, a, $0x1", after[2]);
    }

    [Fact]
    public void A_pure_helper_with_a_dead_result_is_not_called()
    {
        Tcg.Call(new HelperInfo("f", null!, 0, 1, HelperFlags.Pure), TcgType.I64, A);
        Assert.Empty(Optimized());
    }

    [Fact]
    public void A_vector_register_is_not_loaded_after_its_store()
    {
        int at = VcpuHeader.GuestState + 64;
        Tcg.St(TcgType.V128, Tcg.ConcatI64V128(A, B), at);
        Tcg.Mov(C, Tcg.Ld(TcgType.I64, at + 8));
        string[] after = Optimized();
        Assert.Equal("mov_i64 c, b", after[^1]);
    }

    [Theory]
    [InlineData(0, "a")]
    [InlineData(1, "b")]
    public void A_lane_of_joined_halves_is_the_half(int lane, string half)
    {
        Tcg.Mov(C, Tcg.LaneGet(TcgType.I64, Tcg.ConcatI64V128(A, B), 3, lane));
        Assert.Equal($"mov_i64 c, {half}", Optimized()[^1]);
    }

    [Theory]
    [InlineData(2, 0, "extrl_i64_i32_i32 w, a")]
    [InlineData(2, 3, "extrh_i64_i32_i32 w, b")]
    [InlineData(1, 0, "lane_get_16")]
    public void A_narrow_lane_of_joined_halves_is_taken_from_the_half_where_it_can(int vece, int lane, string expected)
    {
        Tcg.Mov(W, Tcg.LaneGet(TcgType.I32, Tcg.ConcatI64V128(A, B), vece, lane));
        Assert.Contains(Optimized(), op => op.StartsWith(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void A_lane_with_all_that_is_set_of_a_half_is_the_half()
    {
        Tcg.Mov(W, Tcg.LaneGet(TcgType.I32, Tcg.ConcatI64V128(A, Tcg.And(TcgType.I64, B, Tcg.Const(TcgType.I64, 0xFFFF))), 1, 4));
        Assert.DoesNotContain(Optimized(), op => op.StartsWith("lane_get", StringComparison.Ordinal));
    }

    [Fact]
    public void A_vector_register_cleared_by_itself_is_not_read()
    {
        int at = VcpuHeader.GuestState + 64;
        Temp old = Tcg.Ld(TcgType.V128, at);
        Tcg.St(TcgType.V128, Tcg.XorVec(old, old), at);
        Assert.DoesNotContain(Optimized(), static op => op.StartsWith("ld_", StringComparison.Ordinal));
    }

    [Fact]
    public void A_store_over_part_of_a_vector_register_forgets_it()
    {
        int at = VcpuHeader.GuestState + 64;
        Tcg.St(TcgType.I64, A, at);
        Tcg.St8(TcgType.I64, B, at + 3);
        Tcg.Mov(C, Tcg.Ld(TcgType.I64, at));
        Expect($"st_i64 a, {at}", $"st8_i64 b, {at + 3}", $"ld_i64 c, {at}");
    }

    [Theory]
    [InlineData(TcgCond.Ltu, 0, TcgCond.Never)]
    [InlineData(TcgCond.Geu, 0, TcgCond.Always)]
    [InlineData(TcgCond.Ltu, 256, TcgCond.Always)]
    [InlineData(TcgCond.Eq, 256, TcgCond.Never)]
    [InlineData(TcgCond.Ge, 0, TcgCond.Always)]
    [InlineData(TcgCond.TstNe, 0x100, TcgCond.Never)]
    public void Conditions_on_a_byte_are_decided(TcgCond cond, ulong right, TcgCond expected)
    {
        Tcg.Mov(A, Tcg.SetCond(TcgType.I64, cond, Tcg.Ld8u(TcgType.I64, 0), I64(right)));
        Expect($"mov_i64 a, $0x{(expected == TcgCond.Always ? 1 : 0)}");
    }

    [Fact]
    public void Narrow_registers_take_results_too()
    {
        Tcg.Mov(W, Tcg.ExtrlI64I32(Tcg.Add(TcgType.I64, A, B)));
        string[] after = Optimized();
        Assert.StartsWith("extrl_i64_i32_i32 w, tmp", after[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_narrow_load_extends_by_itself()
    {
        Tcg.Mov(A, Tcg.ExtuI32I64(Tcg.QemuLd(TcgType.I32, C, 0, MemOp.Size32)));
        Tcg.Mov(B, Tcg.ExtI32I64(Tcg.QemuLd(TcgType.I32, C, 4, MemOp.Size32)));
        Tcg.Mov(D, Tcg.ExtuI32I64(Tcg.QemuLd(TcgType.I32, C, 8, MemOp.Size16)));
        Expect("qemu_ld_i64 a, c, 0, u32", "qemu_ld_i64 b, c, 4, s32", "qemu_ld_i64 d, c, 8, u16");
    }

    [Fact]
    public void A_signed_narrow_load_is_not_zero_extended_by_itself()
    {
        Tcg.Mov(A, Tcg.ExtuI32I64(Tcg.QemuLd(TcgType.I32, C, 0, MemOp.Size16 | MemOp.Sign)));
        Assert.Equal(2, Optimized().Length);
    }

    [Fact]
    public void A_sign_bit_is_a_condition()
    {
        Tcg.Mov(W, Tcg.ExtrlI64I32(Tcg.Shr(TcgType.I64, A, I64(63))));
        Expect("setcond_i32 w, a, $0x0, lt");
    }

    [Fact]
    public void The_same_computation_is_done_once()
    {
        Tcg.Mov(C, Tcg.Add(TcgType.I64, A, B));
        Tcg.Mov(D, Tcg.Mul(TcgType.I64, Tcg.Add(TcgType.I64, A, B), N));
        Expect("add_i64 c, a, b", "mul_i64 d, c, n");
    }

    [Fact]
    public void A_computation_is_done_again_when_its_operand_has_changed()
    {
        Tcg.Mov(C, Tcg.Add(TcgType.I64, A, B));
        Tcg.Mov(A, D);
        Tcg.Mov(D, Tcg.Add(TcgType.I64, A, B));
        Expect("add_i64 c, a, b", "mov_i64 a, d", "add_i64 d, d, b");
    }

    [Fact]
    public void An_extension_of_what_is_extended_already_goes()
    {
        Temp word = Tcg.QemuLd(TcgType.I64, C, 0, MemOp.Size32 | MemOp.Sign);
        Tcg.Mov(A, Tcg.Sextract(TcgType.I64, Tcg.Or(TcgType.I64, word, I64(1)), 0, 32));
        string[] after = Optimized();
        Assert.Equal(2, after.Length);
        Assert.StartsWith("or_i64 a, tmp", after[1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_sum_may_need_one_bit_more_and_is_extended()
    {
        Temp a = Tcg.QemuLd(TcgType.I64, C, 0, MemOp.Size32 | MemOp.Sign);
        Tcg.Mov(A, Tcg.Sextract(TcgType.I64, Tcg.Add(TcgType.I64, a, a), 0, 32));
        Assert.StartsWith("sextract_i64 a, tmp", Optimized()[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Operands_are_not_extended_for_the_low_half_of_a_sum()
    {
        Temp a = Tcg.Sextract(TcgType.I64, A, 0, 32);
        Temp b = Tcg.And(TcgType.I64, B, I64(0xFFFFFFFF));
        Tcg.Mov(C, Tcg.Sextract(TcgType.I64, Tcg.Add(TcgType.I64, a, b), 0, 32));
        Assert.Equal(["mov", "mov", "add", "sextract"], Optimized().Select(line => line.Split('_')[0]));
    }

    [Fact]
    public void Operands_are_extended_where_the_high_half_is_read_too()
    {
        Temp sum = Tcg.Add(TcgType.I64, Tcg.Sextract(TcgType.I64, A, 0, 32), B);
        Tcg.Mov(C, Tcg.Sextract(TcgType.I64, sum, 0, 32));
        Tcg.Mov(D, sum);
        Assert.Contains(Optimized(), line => line.StartsWith("sextract_i64 tmp", StringComparison.Ordinal));
    }

    [Fact]
    public void A_narrow_store_needs_no_mask()
    {
        Tcg.QemuSt(TcgType.I64, Tcg.And(TcgType.I64, A, I64(0xFF)), C, 0, MemOp.Size8);
        Assert.Equal(["mov", "qemu"], Optimized().Select(line => line.Split('_')[0]));
    }

    [Fact]
    public void A_right_shift_brings_high_bits_down()
    {
        Temp low = Tcg.And(TcgType.I64, A, I64(0xFFFFFFFF));
        Tcg.QemuSt(TcgType.I64, Tcg.Shr(TcgType.I64, low, I64(28)), C, 0, MemOp.Size8);
        Assert.Equal(["and", "shr", "qemu"], Optimized().Select(line => line.Split('_')[0]));
    }

    [Theory]
    [InlineData(7, 3, true)]
    [InlineData(15, 3, false)]
    [InlineData(63, 0, true)]
    public void A_shift_count_that_cannot_reach_the_width_is_marked(ulong mask, ulong by, bool isInRange)
    {
        Temp count = Tcg.Shl(TcgType.I64, Tcg.And(TcgType.I64, A, I64(mask)), I64(by));
        Tcg.Mov(C, Tcg.Shr(TcgType.I64, B, count));
        _ = Optimized();
        bool[] marks = [.. Tcg.Ops.ToArray().Where(op => op.Opcode == Opcode.Shr).Select(op => op.HasCountInRange)];
        Assert.Equal([isInRange], marks);
    }

    [Theory]
    [InlineData(false, "ld_v128", "st_v128")]
    [InlineData(true, "st_i64", "ld_i64", "st_i64", "st_i64")]
    public void A_vector_register_that_is_written_by_halves_is_copied_by_halves(bool writesHalf, params string[] expected)
    {
        const int From = VcpuHeader.GuestState + 64, To = From + 16;
        if (writesHalf)
        {
            Tcg.St(TcgType.I64, A, From);
        }

        Temp copy = Tcg.NewTemp(TcgType.V128);
        Tcg.Mov(copy, Tcg.Ld(TcgType.V128, From));
        Tcg.St(TcgType.V128, copy, To);
        string[] ops = Optimized();
        Assert.Equal(expected, ops.Select(line => line.Split(' ')[0]).Where(name => !name.StartsWith("mov", StringComparison.Ordinal)));
        Assert.Equal(writesHalf, ops.Contains($"st_i64 a, {To}"));
    }

    [Fact]
    public void A_vector_that_is_computed_with_stays_whole()
    {
        const int From = VcpuHeader.GuestState + 64, To = From + 16;
        Tcg.St(TcgType.I64, A, From);
        Temp vector = Tcg.Ld(TcgType.V128, From);
        Tcg.St(TcgType.V128, vector, To);
        Tcg.St(TcgType.V128, Tcg.NotVec(0, vector), To + 16);
        Assert.Contains(Optimized(), line => line.StartsWith("ld_v128", StringComparison.Ordinal));
    }

    [Fact]
    public void A_vector_of_which_both_halves_were_stored_is_joined_from_them()
    {
        const int From = VcpuHeader.GuestState + 64, To = From + 16;
        Tcg.St(TcgType.I64, A, From);
        Tcg.St(TcgType.I64, B, From + 8);
        Tcg.St(TcgType.V128, Tcg.NotVec(0, Tcg.Ld(TcgType.V128, From)), To);
        string[] ops = Optimized();
        Assert.Contains(ops, line => line.StartsWith("concat_i64_v128", StringComparison.Ordinal) && line.EndsWith("a, b", StringComparison.Ordinal));
        Assert.DoesNotContain(ops, line => line.StartsWith("ld", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(0, "lo_v128_i64")]
    [InlineData(8, "hi_v128_i64")]
    public void Half_of_a_vector_that_was_stored_is_taken_from_it(int at, string name)
    {
        const int From = VcpuHeader.GuestState + 64, To = From + 16;
        Tcg.St(TcgType.V128, Tcg.NotVec(0, Tcg.Ld(TcgType.V128, From)), To);
        Tcg.Mov(C, Tcg.Ld(TcgType.I64, To + at));
        string[] ops = Optimized();
        Assert.Contains(ops, line => line.StartsWith(name, StringComparison.Ordinal));
        Assert.DoesNotContain(ops, line => line.StartsWith("ld_i64", StringComparison.Ordinal));
    }

    [Fact]
    public void What_no_op_reads_is_dead_though_it_lives_across_labels()
    {
        Temp kept = Tcg.NewTemp(TcgType.I64);
        Label over = Tcg.NewLabel();
        Tcg.Mov(kept, A);
        Tcg.BrCond(TcgType.I64, TcgCond.Eq, A, B, over);
        Tcg.SetLabel(over);
        string[] ops = Optimized();
        Assert.DoesNotContain(ops, line => line.StartsWith("mov", StringComparison.Ordinal));
        Assert.Contains(ops, line => line.StartsWith("set_label", StringComparison.Ordinal));
    }

    private Temp I64(ulong value) => Tcg.Const(TcgType.I64, value);

    private void Expect(params string[] ops) => Assert.Equal(ops, Optimized());
}
