using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

public sealed unsafe class MemoryTests
{
    [Theory]
    [InlineData(MemOp.Size8, 0x88ul)]
    [InlineData(MemOp.Size8 | MemOp.Sign, 0xFFFF_FFFF_FFFF_FF88ul)]
    [InlineData(MemOp.Size16, 0x9988ul)]
    [InlineData(MemOp.Size16 | MemOp.Sign, 0xFFFF_FFFF_FFFF_9988ul)]
    [InlineData(MemOp.Size32, 0xBBAA9988ul)]
    [InlineData(MemOp.Size32 | MemOp.Sign, 0xFFFF_FFFF_BBAA_9988ul)]
    [InlineData(MemOp.Size64, 0xFFEE_DDCC_BBAA_9988ul)]
    public void Loads_extend_as_asked(MemOp op, ulong expected)
    {
        using Bench bench = new();
        *(ulong*)(bench.Memory + 0x103) = 0xFFEE_DDCC_BBAA_9988;
        bench[0] = 0x100;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 3, op));
        bench.Tcg.ExitTb(TbExit.Lookup);

        bench.Run();
        Assert.Equal(expected, bench[1]);
    }

    [Theory]
    [InlineData(MemOp.Size8, 0x11111111111111EFul)]
    [InlineData(MemOp.Size16, 0x111111111111CDEFul)]
    [InlineData(MemOp.Size32, 0x1111111189ABCDEFul)]
    [InlineData(MemOp.Size64, 0x0123456789ABCDEFul)]
    [InlineData(MemOp.Size64 | MemOp.Release, 0x0123456789ABCDEFul)]
    public void Stores_write_their_size_only(MemOp op, ulong expected)
    {
        using Bench bench = new();
        *(ulong*)(bench.Memory + 0x108) = 0x1111111111111111;
        bench[0] = 0x110;
        bench[1] = 0x0123456789ABCDEF;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.QemuSt(TcgType.I64, bench.R(1), bench.R(0), -8, op);
        bench.Tcg.ExitTb(TbExit.Lookup);

        bench.Run();
        Assert.Equal(expected, *(ulong*)(bench.Memory + 0x108));
    }

    [Fact]
    public void Sixteen_bytes_move_whole()
    {
        using Bench bench = new();
        Vector128<ulong> value = Vector128.Create(0x1122334455667788ul, 0x99AABBCCDDEEFF00ul);
        *(Vector128<ulong>*)(bench.Memory + 0x31) = value;
        bench[0] = 0x31;
        bench.Tcg.InsnStart(0x1000);
        Temp vector = bench.Tcg.QemuLd(TcgType.V128, bench.R(0), 0, MemOp.Size128);
        bench.Tcg.QemuSt(TcgType.V128, vector, bench.R(0), 0x100, MemOp.Size128);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.HiV128I64(vector));
        bench.Tcg.ExitTb(TbExit.Lookup);

        bench.Run();
        Assert.Equal(value, *(Vector128<ulong>*)(bench.Memory + 0x131));
        Assert.Equal(0x99AABBCCDDEEFF00ul, bench[1]);
    }

    [Fact]
    public void The_top_byte_is_dropped_and_other_high_bits_fault()
    {
        using Bench bench = new();
        bench.Memory[0x200] = 77;
        bench.Tcg.InsnStart(0x1234);
        bench.Tcg.Mov(bench.R(2), bench.Tcg.Const(TcgType.I64, 5ul));
        bench.Tcg.InsnStart(0x1238);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0x100, MemOp.Size8));
        bench.Tcg.Mov(bench.R(3), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0x108, MemOp.Size8));
        bench.Tcg.ExitTb(TbExit.Lookup);
        var code = bench.Compile(0x1234);

        bench[0] = 0xAB00_0000_0000_0100;
        Assert.Equal(TbExit.Lookup, code.Execute(bench.Env));
        Assert.Equal(77ul, bench[1]);

        foreach (ulong wild in new[] { 0x1_0000ul, 0xFF_0000_0000ul, 0xFFFF_8000_0000_0000ul, 0x8000_0000_0000_0000ul | 0x1_0000 })
        {
            bench[0] = wild;
            bench[1] = 1;
            bench[2] = 0;
            bench.Header->Exception = ExceptionKind.None;
            Assert.Equal(TbExit.Exception, code.Execute(bench.Env));
            Assert.Equal(ExceptionKind.MemoryFault, bench.Header->Exception);
            Assert.Equal((ulong)((long)((wild + 0x100) << 8) >> 8), bench.Header->FaultGuestAddress);
            Assert.Equal(0x1238ul, bench.Pc);
            Assert.Equal(1ul, bench[1]);
            Assert.Equal(5ul, bench[2]);
        }
    }

    [Fact]
    public void Misalignment_is_a_fault_where_alignment_is_asked_for()
    {
        using Bench bench = new();
        bench[0] = 0x104;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size64 | MemOp.Align));
        bench.Tcg.ExitTb(TbExit.Lookup);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal(ExceptionKind.AlignmentFault, bench.Header->Exception);
        Assert.Equal(0x104ul, bench.Header->FaultGuestAddress);
    }

    [Fact]
    public void A_base_that_changes_is_checked_again()
    {
        using Bench bench = new();
        bench[0] = 0x100;
        bench.Memory[0x100] = 3;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(1), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size8));
        bench.Tcg.Mov(bench.R(0), bench.Tcg.Const(TcgType.I64, 0x0001_0000_0000_0000ul));
        bench.Tcg.InsnStart(0x1004);
        bench.Tcg.Mov(bench.R(2), bench.Tcg.QemuLd(TcgType.I64, bench.R(0), 0, MemOp.Size8));
        bench.Tcg.ExitTb(TbExit.Lookup);

        Assert.Equal(TbExit.Exception, bench.Run());
        Assert.Equal(3ul, bench[1]);
        Assert.Equal(0x1004ul, bench.Pc);
        Assert.Equal(0x0001_0000_0000_0000ul, bench.Header->FaultGuestAddress);
    }

    [Fact]
    public void Atomics_return_the_old_value_at_their_size()
    {
        using Bench bench = new();
        *(ulong*)(bench.Memory + 0x40) = 0xFF80_0000_0000_00FF;
        bench[0] = 0x40;
        bench[1] = 2;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(2), bench.Tcg.AtomicFetchAdd(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size8));
        bench.Tcg.Mov(bench.R(3), bench.Tcg.AtomicFetchSmin(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size64 | MemOp.Align));
        bench.Tcg.Mov(bench.R(4), bench.Tcg.AtomicCmpxchg(TcgType.I64, bench.R(0), bench.R(3), bench.R(1), MemOp.Size64));
        bench.Tcg.ExitTb(TbExit.Lookup);

        bench.Run();
        Assert.Equal(0xFFul, bench[2]);
        Assert.Equal(0xFF80_0000_0000_0001, bench[3]);
        Assert.Equal(0xFF80_0000_0000_0001, bench[4]);
        Assert.Equal(2ul, *(ulong*)(bench.Memory + 0x40));
    }

    [Fact]
    public void A_store_exclusive_needs_its_load()
    {
        using Bench bench = new();
        *(ulong*)(bench.Memory + 0x40) = 10;
        bench[0] = 0x40;
        bench[1] = 11;
        bench.Tcg.InsnStart(0x1000);
        bench.Tcg.Mov(bench.R(2), bench.Tcg.QemuLdx(TcgType.I64, bench.R(0), MemOp.Size64 | MemOp.Align));
        bench.Tcg.Mov(bench.R(3), bench.Tcg.ExtuI32I64(bench.Tcg.QemuStx(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size64 | MemOp.Align)));
        bench.Tcg.Mov(bench.R(4), bench.Tcg.ExtuI32I64(bench.Tcg.QemuStx(TcgType.I64, bench.R(0), bench.R(1), MemOp.Size64 | MemOp.Align)));
        bench.Tcg.ExitTb(TbExit.Lookup);

        bench.Run();
        Assert.Equal((10ul, 1ul, 0ul), (bench[2], bench[3], bench[4]));
        Assert.Equal(11ul, *(ulong*)(bench.Memory + 0x40));
    }
}
