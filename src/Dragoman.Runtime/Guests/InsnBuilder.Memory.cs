using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    /// <summary>Loads n bits from address + offset.</summary>
    public Temp Load(int n, Temp address, long offset, MemOp op) => _tcg.QemuLd(TypeOf(n), address, offset, Access(n, op));

    /// <summary>Stores n bits at address + offset.</summary>
    public void Store(int n, Temp address, long offset, Temp value, MemOp op) => _tcg.QemuSt(TypeOf(n), value, address, offset, Access(n, op));

    /// <summary>Two loads of n bits, ascending.</summary>
    public (Temp, Temp) LoadPair(int n, Temp address, long offset, MemOp op) =>
        (Load(n, address, offset, op), Load(n, address, offset + n / 8, op));

    /// <summary>
    /// Two stores of n bits, ascending, of which none is seen if one faults. Up to 64 bits each they are one access; larger ones are probed first where
    /// they lie across a page's end; but not through an MMU, where the architectures leave it open what a store of several accesses has stored when it faults.
    /// </summary>
    public void StorePair(int n, Temp address, long offset, Temp first, Temp second, MemOp op)
    {
        if (n <= 64 && !IsAligned)
        {
            MemOp atom = (MemOp)((Log2Bytes(n) + 1) << (int)MemOp.AtomShift);
            Store(2 * n, address, offset, Cat(n, n, second, first), op | atom);
            return;
        }

        if (_context.SoftMmuPageBits == 0)
        {
            _tcg.ProbeWrite(address, offset, 2 * n / 8, across: 1);
        }

        Store(n, address, offset, first, op);
        Store(n, address, offset + n / 8, second, op);
    }

    /// <summary>Faults as a store of n bits would, before anything else is done.</summary>
    public void ProbeWrite(int n, Temp address, MemOp op)
    {
        if (_context.SoftMmuPageBits == 0)
        {
            _tcg.ProbeWrite(address, 0, n / 8, across: 0);
        }
    }

    /// <summary>Load-exclusive.</summary>
    public Temp LoadExclusive(int n, Temp address, MemOp op) => _tcg.QemuLdx(TypeOf(n), address, Access(n, op | MemOp.Align));

    /// <summary>Store-exclusive: 1 when it stored.</summary>
    public Temp StoreExclusive(int n, Temp address, Temp value, MemOp op) => _tcg.QemuStx(TypeOf(n), address, value, Access(n, op | MemOp.Align));

    /// <summary>Opens the exclusive monitor.</summary>
    public void ClearMonitor() => _tcg.Clrex();

    /// <summary>Atomic compare and swap: the old value.</summary>
    public Temp CompareAndSwap(int n, Temp address, Temp expected, Temp desired, MemOp op) =>
        _tcg.AtomicCmpxchg(TypeOf(n), address, expected, desired, Atomic(n, op));

    // Atomic read-modify-writes: the old value.
    public Temp RmwAdd(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchAdd(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwAnd(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchAnd(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwAndNot(int n, Temp address, Temp value, MemOp op) => RmwAnd(n, address, Not(n, value), op);

    public Temp RmwOr(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchOr(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwXor(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchXor(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwSMin(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchSmin(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwSMax(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchSmax(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwUMin(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchUmin(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwUMax(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicFetchUmax(TypeOf(n), address, value, Atomic(n, op));

    public Temp RmwXchg(int n, Temp address, Temp value, MemOp op) => _tcg.AtomicXchg(TypeOf(n), address, value, Atomic(n, op));

    /// <summary>
    /// Replaces what is at an address by a function of it, atomically: a loop of compare-and-swap. Values that the function reads must be
    /// usable beyond a label.
    /// </summary>
    /// <returns>The old value.</returns>
    public Temp RmwLoop(int n, Temp address, Func<Temp, Temp> f, MemOp op)
    {
        KeepAll();
        address = Keep(address);
        Temp seen = Var(n, Load(n, address, 0, default));
        Label again = _tcg.NewLabel();
        PlaceLabel(again);
        Temp before = Keep(CompareAndSwap(n, address, seen, f(seen), op));
        Temp differs = Keep(Cmp(n, TcgCond.Ne, before, seen));
        _tcg.Mov(seen, before);
        _tcg.BrCond(TcgType.I32, TcgCond.Ne, differs, Const(32, 0UL), again);
        _conditions.Clear();
        return seen;
    }

    /// <summary>A barrier.</summary>
    public void Fence(MemBarrier barrier) => _tcg.Mb(barrier);

    /// <summary>Later instructions are fetched anew: the TB ends here.</summary>
    public void InstructionBarrier() => EndTb();

    /// <summary>A hint: nothing to do.</summary>
    public void Prefetch(Temp address)
    {
    }

    /// <summary>The host's data caches are coherent: nothing to do.</summary>
    public void CleanDataCache(Temp address)
    {
    }

    /// <summary>Code at the address may have changed: the runtime drops what was translated from its line, then goes on.</summary>
    public void InvalidateInstructionCache(Temp address) => RaiseAfter(ExceptionKind.InstructionCacheInvalidate, address);

    /// <summary>All code may have changed.</summary>
    public void InvalidateAllInstructions() => RaiseAfter(ExceptionKind.InstructionCacheInvalidate, Const(64, AllCode));

    /// <summary>The argument of <see cref="ExceptionKind.InstructionCacheInvalidate"/> that means every address.</summary>
    public const ulong AllCode = ulong.MaxValue;

    // Every atomic read-modify-write of hosts is sequentially consistent.
    private MemOp Atomic(int n, MemOp op) => InMode(op & ~MemOp.SeqCst) | (MemOp)Log2Bytes(n) | (_layout.AlignsAtomics || IsAligned ? MemOp.Align : 0);

    // Ordered accesses are aligned, else a fault (Arm ARM B2.5.2 without FEAT_LSE2).
    private MemOp Access(int n, MemOp op) =>
        InMode(op) | (MemOp)Log2Bytes(n) | (IsAligned || (op & (MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst)) != 0 ? MemOp.Align : 0);

    private bool IsAligned => _layout.AlignedField.Of(_context.TbFlags) != 0;

    // See Static.InMode.
    private MemOp InMode(MemOp op)
    {
        int chosen = (int)((uint)(op & MemOp.MmuMask) >> MemOps.MmuShift);
        return op.InMode(chosen == 0 ? _layout.ModeField.Of(_context.TbFlags) : chosen - 1);
    }
}
