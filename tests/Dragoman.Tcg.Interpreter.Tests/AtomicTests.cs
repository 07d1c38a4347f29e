using System.Buffers.Binary;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Read-modify-writes and exclusives.</summary>
public sealed unsafe class AtomicTests : IDisposable
{
    private readonly TestVcpu _cpu = new();

    public void Dispose() => _cpu.Dispose();

    public static TheoryData<Opcode, MemOp> Operations()
    {
        var data = new TheoryData<Opcode, MemOp>();
        for (Opcode op = Opcode.AtomicXchg; op <= Opcode.AtomicFetchUmax; op++)
        {
            foreach (MemOp size in new[] { MemOp.Size8, MemOp.Size16, MemOp.Size32, MemOp.Size64 })
            {
                data.Add(op, size);
                data.Add(op, size | MemOp.ByteSwap);
                data.Add(op, size | MemOp.Sign);
            }
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Operations))]
    public void ReturnTheOldValueAndStoreTheNew(Opcode opcode, MemOp memOp)
    {
        var random = new Random(5);
        int bits = 8 << (int)(memOp & MemOp.SizeMask);
        ulong mask = ulong.MaxValue >> (64 - bits);
        for (int i = 0; i < 60; i++)
        {
            ulong old = Samples.Next(random) & mask;
            ulong operand = Samples.Next(random);
            ulong around = 0xEEEEEEEE_EEEEEEEE;
            _cpu.At<ulong>(0x100) = (around & ~mask) | (Swap(old) & mask);
            (_cpu.X(0), _cpu.X(1)) = (0x100, operand);
            ref Op op = ref _cpu.Context.Append(opcode, TcgType.I64);
            (op.In0, op.In1, op.Out0, op.Imm0) = (_cpu.Global(0), _cpu.Global(1), _cpu.Global(2), (long)memOp);
            Assert.Equal(TbExit.Lookup, _cpu.Finish());

            long left = Signed(old);
            long right = Signed(operand & mask);
            operand &= mask;
            ulong stored = mask & opcode switch
            {
                Opcode.AtomicXchg => operand,
                Opcode.AtomicFetchAdd => old + operand,
                Opcode.AtomicFetchAnd => old & operand,
                Opcode.AtomicFetchOr => old | operand,
                Opcode.AtomicFetchXor => old ^ operand,
                Opcode.AtomicFetchSmin => left < right ? old : operand,
                Opcode.AtomicFetchSmax => left > right ? old : operand,
                Opcode.AtomicFetchUmin => Math.Min(old, operand),
                _ => Math.Max(old, operand),
            };
            Assert.Equal((memOp & MemOp.Sign) != 0 ? (ulong)left : old, _cpu.X(2));
            Assert.Equal((around & ~mask) | (Swap(stored) & mask), _cpu.At<ulong>(0x100));
        }

        ulong Swap(ulong value) => (memOp & MemOp.ByteSwap) == 0 ? value : BinaryPrimitives.ReverseEndianness(value) >> (64 - bits);

        long Signed(ulong value) => (long)(value << (64 - bits)) >> (64 - bits);
    }

    [Theory]
    [InlineData(MemOp.Size8)]
    [InlineData(MemOp.Size16)]
    [InlineData(MemOp.Size32)]
    [InlineData(MemOp.Size64)]
    public void CompareExchangeStoresOnAMatchOnly(MemOp size)
    {
        ulong mask = ulong.MaxValue >> (64 - (8 << (int)size));
        ulong old = 0x8877665544332211 & mask;
        foreach (bool matches in new[] { true, false })
        {
            _cpu.At<ulong>(0x100) = old;
            (_cpu.X(0), _cpu.X(1), _cpu.X(2)) = (0x100, matches ? old | ~mask : old ^ 1, 0x42);
            Temp seen = _cpu.Context.AtomicCmpxchg(TcgType.I64, _cpu.Global(0), _cpu.Global(1), _cpu.Global(2), size);
            _cpu.Context.Mov(_cpu.Global(3), seen);
            Assert.Equal(TbExit.Lookup, _cpu.Finish());
            Assert.Equal(old, _cpu.X(3));
            Assert.Equal(matches ? 0x42 : old, _cpu.At<ulong>(0x100));
        }
    }

    [Fact]
    public void SixteenBytesAreComparedAndExchangedWhole()
    {
        UInt128 old = new(1, 2);
        _cpu.At<UInt128>(0x100) = old;
        _cpu.X(0) = 0x100;
        TcgContext tcg = _cpu.Context;
        Temp first = tcg.AtomicCmpxchg(TcgType.V128, _cpu.Global(0), tcg.ConstV128(2, 9), tcg.ConstV128(7, 7), MemOp.Size128);
        tcg.St(TcgType.V128, first, TestVcpu.VectorOffset);
        Temp second = tcg.AtomicCmpxchg(TcgType.V128, _cpu.Global(0), tcg.ConstV128(2, 1), tcg.ConstV128(5, 6), MemOp.Size128);
        tcg.St(TcgType.V128, second, TestVcpu.VectorOffset + 16);
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal(old, _cpu.V(0));
        Assert.Equal(old, _cpu.V(1));
        Assert.Equal(new UInt128(6, 5), _cpu.At<UInt128>(0x100));

        _cpu.X(0) = 0x108;
        tcg.AtomicXchg(TcgType.V128, _cpu.Global(0), tcg.ConstV128(1, 1), MemOp.Size128);
        Assert.Equal(TbExit.Exception, _cpu.Finish());
        Assert.Equal(ExceptionKind.AlignmentFault, _cpu.Header->Exception);
    }

    [Theory]
    [InlineData(MemOp.Size8)]
    [InlineData(MemOp.Size16)]
    [InlineData(MemOp.Size32)]
    [InlineData(MemOp.Size64)]
    public void StoreExclusiveNeedsItsLoad(MemOp size)
    {
        _cpu.At<ulong>(0x100) = 5;
        _cpu.X(0) = 0x100;
        TcgContext tcg = _cpu.Context;
        tcg.Mov(_cpu.Global(1), tcg.QemuLdx(TcgType.I64, _cpu.Global(0), size));
        tcg.Mov(_cpu.NarrowGlobal(0), tcg.QemuStx(TcgType.I64, _cpu.Global(0), tcg.Const(TcgType.I64, 6UL), size));
        tcg.Mov(_cpu.NarrowGlobal(1), tcg.QemuStx(TcgType.I64, _cpu.Global(0), tcg.Const(TcgType.I64, 7UL), size));
        tcg.QemuLdx(TcgType.I64, _cpu.Global(0), size);
        tcg.Clrex();
        tcg.Mov(_cpu.NarrowGlobal(2), tcg.QemuStx(TcgType.I64, _cpu.Global(0), tcg.Const(TcgType.I64, 8UL), size));
        tcg.QemuLdx(TcgType.I64, _cpu.Global(0), size);
        tcg.QemuSt(TcgType.I64, tcg.Const(TcgType.I64, 99UL), _cpu.Global(0), 0, size);
        tcg.Mov(_cpu.NarrowGlobal(3), tcg.QemuStx(TcgType.I64, _cpu.Global(0), tcg.Const(TcgType.I64, 9UL), size));
        Assert.Equal(TbExit.Lookup, _cpu.Finish());
        Assert.Equal((1u, 0u, 0u, 0u), (_cpu.W(0), _cpu.W(1), _cpu.W(2), _cpu.W(3)));
        Assert.Equal(5u, _cpu.X(1));
        Assert.Equal(99u, _cpu.At<ulong>(0x100));
    }

    [Fact]
    public void ConcurrentAdditionsAreNotLost()
    {
        using var other = new TestVcpu();
        other.Header->GuestBase = _cpu.Header->GuestBase;
        const int Rounds = 20_000;
        TbCode[] codes = [.. new[] { _cpu, other }.Select(cpu =>
        {
            (cpu.X(0), cpu.X(1)) = (0x200, Rounds);
            TcgContext tcg = cpu.Context;
            Label head = tcg.NewLabel();
            tcg.SetLabel(head);
            tcg.AtomicFetchAdd(TcgType.I64, cpu.Global(0), tcg.Const(TcgType.I64, 3UL), MemOp.Size16);
            tcg.Mov(cpu.Global(1), tcg.Sub(TcgType.I64, cpu.Global(1), tcg.Const(TcgType.I64, 1UL)));
            tcg.BrCond(TcgType.I64, TcgCond.Ne, cpu.Global(1), tcg.Const(TcgType.I64, 0UL), head);
            tcg.ExitTb(TbExit.Lookup);
            return cpu.Compile();
        })];
        var thread = new Thread(() => codes[1].Execute(other.Env));
        thread.Start();
        codes[0].Execute(_cpu.Env);
        thread.Join();
        Assert.Equal(unchecked((ushort)(Rounds * 2 * 3)), _cpu.At<ushort>(0x200));
        Assert.Equal(0, _cpu.At<ushort>(0x202));
    }
}
