using Dragoman.Runtime.Guests;
using System.Diagnostics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Guests.Tests;

public sealed unsafe partial class OracleInsn
{
    private UInt128 _exclusiveValue;
    private ulong _exclusiveAddress = ulong.MaxValue;

    public UInt128 Load(int n, UInt128 address, long offset, MemOp op) => At(n, address, offset, op) is var at && at == null ? 0 : Load(at, n);

    public void Store(int n, UInt128 address, long offset, UInt128 value, MemOp op)
    {
        byte* at = At(n, address, offset, op);
        if (at != null)
        {
            Store(at, n, value);
        }
    }

    public (UInt128, UInt128) LoadPair(int n, UInt128 address, long offset, MemOp op) =>
        (Load(n, address, offset, op), Load(n, address, offset + n / 8, op));

    public void StorePair(int n, UInt128 address, long offset, UInt128 first, UInt128 second, MemOp op)
    {
        byte* low = At(n, address, offset, op);
        byte* high = At(n, address, offset + n / 8, op);
        if (low != null && high != null)
        {
            Store(low, n, first);
            Store(high, n, second);
        }
    }

    public UInt128 LoadExclusive(int n, UInt128 address, MemOp op)
    {
        UInt128 value = Load(n, address, 0, op | MemOp.Align);
        (_exclusiveAddress, _exclusiveValue) = Active ? ((ulong)address, value) : (_exclusiveAddress, _exclusiveValue);
        return value;
    }

    public UInt128 StoreExclusive(int n, UInt128 address, UInt128 value, MemOp op)
    {
        byte* at = At(n, address, 0, op | MemOp.Align);
        bool stores = at != null && _exclusiveAddress == (ulong)address && Load(at, n) == _exclusiveValue;
        _exclusiveAddress = ulong.MaxValue;
        if (stores)
        {
            Store(at, n, value);
        }

        return Truth(stores);
    }

    public void ClearMonitor() => _exclusiveAddress = ulong.MaxValue;

    public UInt128 CompareAndSwap(int n, UInt128 address, UInt128 expected, UInt128 desired, MemOp op) =>
        Modify(n, address, op, old => old == expected ? desired : old);

    public UInt128 RmwAdd(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => Add(n, old, value));

    public UInt128 RmwAnd(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => old & value);

    public UInt128 RmwAndNot(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => old & ~value);

    public UInt128 RmwOr(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => old | value);

    public UInt128 RmwXor(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => old ^ value);

    public UInt128 RmwSMin(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => SMin(n, old, value));

    public UInt128 RmwSMax(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => SMax(n, old, value));

    public UInt128 RmwUMin(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => UMin(n, old, value));

    public UInt128 RmwUMax(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, old => UMax(n, old, value));

    public UInt128 RmwXchg(int n, UInt128 address, UInt128 value, MemOp op) => Modify(n, address, op, _ => value);

    public void Fence(MemBarrier barrier)
    {
    }

    public void InstructionBarrier()
    {
    }

    public void Prefetch(UInt128 address)
    {
    }

    public void CleanDataCache(UInt128 address)
    {
    }

    public void InvalidateAllInstructions() => RaiseAfter(ExceptionKind.InstructionCacheInvalidate, InsnBuilder.AllCode);

    public void InvalidateInstructionCache(UInt128 address) => RaiseAfter(ExceptionKind.InstructionCacheInvalidate, address);

    public UInt128 Cycles() => (ulong)Stopwatch.GetTimestamp();

    public UInt128 CounterFrequency() => (ulong)Stopwatch.Frequency;

    public UInt128 Call(HelperInfo helper, int n, params UInt128[] arguments) => Mask(n, arguments.Length switch
    {
        1 => ((delegate*<byte*, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0]),
        2 => ((delegate*<byte*, ulong, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0], (ulong)arguments[1]),
        3 => ((delegate*<byte*, ulong, ulong, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0], (ulong)arguments[1], (ulong)arguments[2]),
        _ => throw new NotSupportedException($"{helper.Name} has {arguments.Length} arguments."),
    });

    private UInt128 Modify(int n, UInt128 address, MemOp op, Func<UInt128, UInt128> change)
    {
        byte* at = At(n, address, 0, op | MemOp.Align);
        if (at == null)
        {
            return 0;
        }

        UInt128 old = Load(at, n);
        Store(at, n, Mask(n, change(old)));
        return old;
    }

    private byte* At(int n, UInt128 address, long offset, MemOp op)
    {
        if (!Active)
        {
            return null;
        }

        bool isOrdered = (op & (MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst | MemOp.Align)) != 0;
        ulong mask = Guest.Instance.IgnoresTopByte ? ulong.MaxValue >> 8 : ulong.MaxValue;
        ulong at = (ulong)address + (ulong)offset & mask;
        if (isOrdered && at % (ulong)(n / 8) != 0)
        {
            Exception = ExceptionKind.AlignmentFault;
            return null;
        }

        // A base beside the memory is none that a program has, nor one that wraps into the first page: backends may check it before they add the
        // displacement.
        bool isBaseNear = ((ulong)address & mask) <= (ulong)memoryBytes;
        if (!isBaseNear || at < 0x1000 || at > (ulong)(memoryBytes - n / 8))
        {
            Faulted = true;
            return null;
        }

        return _memory + at;
    }
}
