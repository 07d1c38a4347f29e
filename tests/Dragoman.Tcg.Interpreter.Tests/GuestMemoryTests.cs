using System.Buffers.Binary;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Guest loads and stores: sizes, signs, byte order, the address rule, alignment, the PC of a fault.</summary>
public sealed unsafe class GuestMemoryTests : IDisposable
{
    private const ulong Bytes = 0x8182838485868788;
    private readonly TestVcpu _cpu = new();

    public void Dispose() => _cpu.Dispose();

    public static TheoryData<MemOp, MemOp> Accesses()
    {
        var data = new TheoryData<MemOp, MemOp>();
        foreach (MemOp size in new[] { MemOp.Size8, MemOp.Size16, MemOp.Size32, MemOp.Size64 })
        {
            foreach (MemOp flags in new MemOp[] { 0, MemOp.Sign, MemOp.ByteSwap, MemOp.Sign | MemOp.ByteSwap, MemOp.Acquire, MemOp.AcquirePc | MemOp.Sign, MemOp.SeqCst, MemOp.Align })
            {
                data.Add(size, flags);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void LoadsExtendIntoBothTypes(MemOp size, MemOp flags)
    {
        _cpu.At<ulong>(0x108) = Bytes;
        _cpu.X(0) = 0x100;
        int bits = 8 << (int)size;
        ulong raw = Bytes & (ulong.MaxValue >> (64 - bits));
        if ((flags & MemOp.ByteSwap) != 0)
        {
            raw = BinaryPrimitives.ReverseEndianness(raw) >> (64 - bits);
        }

        ulong expected = (flags & MemOp.Sign) != 0 ? (ulong)((long)(raw << (64 - bits)) >> (64 - bits)) : raw;
        _cpu.W(2) = 0xBBBBBBBB;
        TcgContext tcg = _cpu.Context;
        tcg.Mov(_cpu.Global(1), tcg.QemuLd(TcgType.I64, _cpu.Global(0), 8, size | flags));
        if (size != MemOp.Size64)
        {
            tcg.QemuLd(TcgType.I32, _cpu.Global(0), 8, size | flags);
            tcg.Ops[^1].Out0 = _cpu.NarrowGlobal(1);
        }

        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal(expected, _cpu.X(1));
        Assert.Equal(size == MemOp.Size64 ? 0 : (uint)expected, _cpu.W(1));
        Assert.Equal(0xBBBBBBBBu, _cpu.W(2));
    }

    [Theory]
    [MemberData(nameof(Accesses))]
    public void StoresWriteTheirBytesOnly(MemOp size, MemOp flags)
    {
        if ((flags & (MemOp.Acquire | MemOp.AcquirePc)) != 0)
        {
            flags = MemOp.Release;
        }

        _cpu.Memory.Slice(0x100, 32).Fill(0xEE);
        _cpu.X(0) = 0x100;
        _cpu.X(1) = Bytes;
        _cpu.Context.QemuSt(TcgType.I64, _cpu.Global(1), _cpu.Global(0), 8, size | (flags & ~MemOp.Sign));
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        int bytes = 1 << (int)size;
        byte[] expected = BitConverter.GetBytes(Bytes)[..bytes];
        if ((flags & MemOp.ByteSwap) != 0)
        {
            Array.Reverse(expected);
        }

        Assert.Equal(expected, _cpu.Memory.Slice(0x108, bytes).ToArray());
        Assert.Equal(0xEE, _cpu.Memory[0x107]);
        Assert.Equal(0xEE, _cpu.Memory[0x108 + bytes]);
    }

    [Theory]
    [InlineData(MemOp.Size128)]
    [InlineData(MemOp.Size128 | MemOp.Acquire | MemOp.Release)]
    public void SixteenByteAccessesMoveAll(MemOp op)
    {
        _cpu.At<UInt128>(0x100) = new UInt128(Bytes, ~Bytes);
        _cpu.X(0) = 0x100;
        Temp value = _cpu.Context.QemuLd(TcgType.V128, _cpu.Global(0), 0, op & ~MemOp.Release);
        _cpu.Context.QemuSt(TcgType.V128, value, _cpu.Global(0), 0x28, op & ~MemOp.Acquire);
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal(new UInt128(Bytes, ~Bytes), _cpu.At<UInt128>(0x128));
    }

    [Fact]
    public void TheTopByteIsDroppedWhereTheRuleSaysSo()
    {
        _cpu.At<ulong>(0x100) = 5;
        _cpu.X(0) = 0xAB00_0000_0000_0100;
        _cpu.Context.Mov(_cpu.Global(1), _cpu.Context.QemuLd(TcgType.I64, _cpu.Global(0), 0, MemOp.Size64));
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal(5u, _cpu.X(1));

        _cpu.Request = _cpu.Request with { IgnoreTopByte = false };
        _cpu.Context.Mov(_cpu.Global(1), _cpu.Context.QemuLd(TcgType.I64, _cpu.Global(0), 0, MemOp.Size64));
        Assert.Equal(TbExit.Exception, _cpu.Finish());
        Assert.Equal(0xAB00_0000_0000_0100u, _cpu.Header->FaultGuestAddress);
    }

    [Theory]
    [InlineData(0x1_0000UL, 0x1_0000UL)]
    [InlineData(0xFFFF_FFFF_FFFF_FFF8UL, 0xFFFF_FFFF_FFFF_FFF8UL)]
    [InlineData(0x0080_0000_0000_0000UL, 0xFF80_0000_0000_0000UL)]
    [InlineData(0x0100_0000_0001_0000UL, 0x0000_0000_0001_0000UL)]
    public void AddressesOutsideTheRegionFaultWithTheInstructionsPcAndState(ulong address, ulong reported)
    {
        _cpu.X(0) = address;
        _cpu.X(1) = 7;
        TcgContext tcg = _cpu.Context;
        tcg.InsnStart(0x4000);
        tcg.Mov(_cpu.Global(1), tcg.Const(TcgType.I64, 8UL));
        tcg.InsnStart(0x4004);
        Temp loaded = tcg.QemuLd(TcgType.I64, _cpu.Global(0), 0, MemOp.Size64);
        tcg.Mov(_cpu.Global(1), loaded);
        Assert.Equal(TbExit.Exception, _cpu.Finish());
        Assert.Equal(ExceptionKind.MemoryFault, _cpu.Header->Exception);
        Assert.Equal(reported, _cpu.Header->FaultGuestAddress);
        Assert.Equal(0x4004u, _cpu.Pc);
        Assert.Equal(8u, _cpu.X(1));
    }

    [Theory]
    [InlineData(0x104UL, MemOp.Size64 | MemOp.Align, true)]
    [InlineData(0x108UL, MemOp.Size64 | MemOp.Align, false)]
    [InlineData(0x108UL, MemOp.Size64 | MemOp.Align16, true)]
    [InlineData(0x107UL, MemOp.Size64 | MemOp.Within16, false)]
    [InlineData(0x109UL, MemOp.Size64 | MemOp.Within16, true)]
    [InlineData(0x109UL, MemOp.Size64, false)]
    public void AlignmentIsCheckedAsAsked(ulong address, MemOp op, bool faults)
    {
        _cpu.X(0) = address;
        _cpu.Context.InsnStart(0x4000);
        _cpu.Context.QemuLd(TcgType.I64, _cpu.Global(0), 0, op);
        Assert.Equal(faults ? TbExit.Exception : TbExit.Lookup, _cpu.Finish());
        if (faults)
        {
            Assert.Equal(ExceptionKind.AlignmentFault, _cpu.Header->Exception);
            Assert.Equal(address, _cpu.Header->FaultGuestAddress);
            Assert.Equal(0x4000u, _cpu.Pc);
        }
    }

    [Fact]
    public void OffsetsTooLongForAnInstructionStillCount()
    {
        _cpu.At<ulong>(0xC100) = 9;
        _cpu.X(0) = 0x100;
        _cpu.Context.Mov(_cpu.Global(1), _cpu.Context.QemuLd(TcgType.I64, _cpu.Global(0), 0xC000, MemOp.Size64));
        _cpu.Finish();
        Assert.Equal(9u, _cpu.X(1));
    }
}
