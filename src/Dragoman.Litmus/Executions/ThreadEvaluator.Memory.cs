using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Executions;

/// <summary>Memory ops: what they read is chosen among the values that are known to be written there.</summary>
internal sealed partial class ThreadEvaluator
{
    private bool AccessMemory(TcgContext tcg, in Op op)
    {
        switch (op.Opcode)
        {
            case Opcode.Mb:
                Record(Access.Fence((MemBarrier)op.Imm0, new Dependencies(0, 0, _control)));
                return true;
            case Opcode.Clrex:
                _monitor = -1;
                return true;
            case Opcode.ProbeW:
                // Faults are not modelled.
                return true;
            case Opcode.QemuLd:
                Load(tcg, op, (MemOp)op.Imm1, op.Imm0, AccessKind.Load);
                return true;
            case Opcode.QemuLdx:
                _monitor = _accesses.Count;
                Load(tcg, op, (MemOp)op.Imm0, 0, AccessKind.LoadExclusive);
                return true;
            case Opcode.QemuSt:
                Store(tcg, op);
                return true;
            case Opcode.QemuStx:
                StoreExclusive(tcg, op);
                return true;
            case Opcode.AtomicCmpxchg:
                Atomic(tcg, op, Get(tcg, op.In2), Get(tcg, op.In1));
                return true;
            case >= Opcode.AtomicXchg and <= Opcode.AtomicFetchUmax:
                Atomic(tcg, op, Get(tcg, op.In1), null);
                return true;
            default:
                return false;
        }
    }

    private static int BytesOf(MemOp op) => 1 << (int)(op & MemOp.SizeMask);

    private void Load(TcgContext tcg, in Op op, MemOp memop, long offset, AccessKind kind)
    {
        TrackedValue address = Get(tcg, op.In0);
        ulong at = address.Low + (ulong)offset;
        int bytes = BytesOf(memop);
        int unit = SingleCopy.Unit(_program.Guest.MemoryOrder, memop, at);
        UInt128 value = 0;
        ulong reads = 0;
        for (int done = 0; done < bytes; done += unit)
        {
            UInt128 part = Choose(at + (ulong)done, unit);
            reads |= 1UL << _accesses.Count;
            Record(new Access(kind, memop, default, at + (ulong)done, unit, part, 0, false, new Dependencies(address.Reads, 0, _control)));
            value |= part << (8 * done);
        }

        value = Ordered(value, memop);
        Set(tcg, op.Out0, new TrackedValue((memop & MemOp.Sign) != 0 ? SignExtend(value, bytes) : value, reads));
    }

    private void Store(TcgContext tcg, in Op op)
    {
        MemOp memop = (MemOp)op.Imm1;
        TrackedValue stored = Get(tcg, op.In0);
        TrackedValue address = Get(tcg, op.In1);
        ulong at = address.Low + (ulong)op.Imm0;
        UInt128 value = Ordered(stored.Value & Bits.Mask(BytesOf(memop)), memop);
        int unit = SingleCopy.Unit(_program.Guest.MemoryOrder, memop, at);
        for (int done = 0; done < BytesOf(memop); done += unit)
        {
            UInt128 part = Bits.Slice(value, done, unit);
            Record(new Access(AccessKind.Store, memop, default, at + (ulong)done, unit, 0, part, true, new Dependencies(address.Reads, stored.Reads, _control)));
        }
    }

    // It may fail at any time; it can store only when the monitor holds its address and size.
    private void StoreExclusive(TcgContext tcg, in Op op)
    {
        MemOp memop = (MemOp)op.Imm0;
        TrackedValue address = Get(tcg, op.In0);
        TrackedValue stored = Get(tcg, op.In1);
        int bytes = BytesOf(memop);
        int pair = _monitor;
        _monitor = -1;
        bool mayStore = pair >= 0 && _accesses[pair].Address == address.Low && BytesOf(_accesses[pair].MemOp) == bytes;
        bool stores = mayStore && _choices.Choose(2) == 0;
        Set(tcg, op.Out0, new TrackedValue(stores ? 1u : 0u, 0));
        if (stores)
        {
            UInt128 value = Ordered(stored.Value & Bits.Mask(bytes), memop);
            Record(new Access(
                AccessKind.StoreExclusive, memop, default, address.Low, bytes, 0, value, true, new Dependencies(address.Reads, stored.Reads, _control), pair));
        }
    }

    private void Atomic(TcgContext tcg, in Op op, TrackedValue operand, TrackedValue? expected)
    {
        MemOp memop = (MemOp)op.Imm0;
        TrackedValue address = Get(tcg, op.In0);
        int bytes = BytesOf(memop);
        UInt128 mask = Bits.Mask(bytes);
        UInt128 old = Choose(address.Low, bytes);
        UInt128 value = Updated(op.Opcode, Ordered(old, memop), operand.Value & mask, bytes) & mask;
        bool writes = expected is null || (expected.Value.Value & mask) == Ordered(old, memop);
        ulong self = 1UL << _accesses.Count;
        ulong data = operand.Reads | (expected?.Reads ?? 0);
        Record(new Access(
            AccessKind.Atomic, memop, default, address.Low, bytes, old, writes ? Ordered(value, memop) : 0, writes, new Dependencies(address.Reads, data, _control)));
        UInt128 result = Ordered(old, memop);
        Set(tcg, op.Out0, new TrackedValue((memop & MemOp.Sign) != 0 ? SignExtend(result, bytes) : result, self));
    }

    private static UInt128 Updated(Opcode opcode, UInt128 old, UInt128 operand, int bytes)
    {
        Int128 left = (Int128)SignExtend(old, bytes), right = (Int128)SignExtend(operand, bytes);
        return opcode switch
        {
            Opcode.AtomicCmpxchg or Opcode.AtomicXchg => operand,
            Opcode.AtomicFetchAdd => old + operand,
            Opcode.AtomicFetchAnd => old & operand,
            Opcode.AtomicFetchOr => old | operand,
            Opcode.AtomicFetchXor => old ^ operand,
            Opcode.AtomicFetchSmin => left < right ? old : operand,
            Opcode.AtomicFetchSmax => left > right ? old : operand,
            Opcode.AtomicFetchUmin => UInt128.Min(old, operand),
            _ => UInt128.Max(old, operand),
        };
    }

    private UInt128 Choose(ulong address, int bytes)
    {
        IReadOnlyList<UInt128> values = _memory.ValuesAt(address, bytes);
        return values[_choices.Choose(values.Count)];
    }

    private static UInt128 Ordered(UInt128 value, MemOp memop)
    {
        if ((memop & MemOp.ByteSwap) == 0)
        {
            return value;
        }

        UInt128 swapped = 0;
        for (int i = 0; i < BytesOf(memop); i++)
        {
            swapped = (swapped << 8) | (byte)(value >> (8 * i));
        }

        return swapped;
    }

    private void Record(Access access)
    {
        if (_accesses.Count == 60)
        {
            throw new LitmusException("a thread makes more than 60 accesses on one way through it");
        }

        _accesses.Add(access);
    }
}
