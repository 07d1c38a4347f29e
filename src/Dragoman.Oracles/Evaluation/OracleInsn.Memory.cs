using System.Diagnostics;
using System.Numerics;
using System.Runtime.Intrinsics;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Oracles;

public unsafe partial class OracleInsn
{
    public UInt128 Load(int n, UInt128 address, long offset, MemOp op)
    {
        byte* at = At(n, address, offset, op);
        return at == null ? 0 : ReadGuest(at, n);
    }

    public void Store(int n, UInt128 address, long offset, UInt128 value, MemOp op)
    {
        byte* at = At(n, address, offset, op, writes: true);
        if (at != null)
        {
            WriteGuest(at, n, value);
        }
    }

    public (UInt128, UInt128) LoadPair(int n, UInt128 address, long offset, MemOp op) =>
        (Load(n, address, offset, op), Load(n, address, offset + n / 8, op));

    public void StorePair(int n, UInt128 address, long offset, UInt128 first, UInt128 second, MemOp op)
    {
        if (n <= 64)
        {
            // One access: both are seen, or none.
            Store(2 * n, address, offset, first | second << n, op);
            return;
        }

        byte* low = At(n, address, offset, op, writes: true);
        if (low != null && HostProbe.IsAcross((nint)low, 2 * n / 8))
        {
            HostProbe.Write((nint)low, 2 * n / 8);
        }

        byte* high = At(n, address, offset + n / 8, op, writes: true);
        if (low != null && high != null)
        {
            WriteGuest(low, n, first);
            WriteGuest(high, n, second);
        }
    }

    public void ProbeWrite(int n, UInt128 address, MemOp op)
    {
        byte* at = At(n, address, 0, op, writes: true);
        if (at != null)
        {
            HostProbe.Write((nint)at, n / 8);
        }
    }

    // What a monitor holds between instructions, and when a store-exclusive fails, is no business of the description: the runtime's is asked.
    public UInt128 LoadExclusive(int n, UInt128 address, MemOp op)
    {
        byte* at = At(n, address, 0, op | MemOp.Align);
        if (at == null)
        {
            return 0;
        }

        ulong guest = (ulong)address & AddressMask;
        if (n == 128)
        {
            Vector128<ulong> pair = ExclusiveMonitor.Load128((nint)_env, guest, (nint)at).AsUInt64();
            return new UInt128(pair[1], pair[0]);
        }

        return ExclusiveMonitor.Load((nint)_env, guest, (nint)at, BitOperations.Log2((uint)n / 8));
    }

    public UInt128 StoreExclusive(int n, UInt128 address, UInt128 value, MemOp op)
    {
        byte* at = At(n, address, 0, op | MemOp.Align, writes: true);
        if (at == null)
        {
            return 0;
        }

        ulong guest = (ulong)address & AddressMask;
        return n == 128
            ? ExclusiveMonitor.Store128((nint)_env, guest, (nint)at, Vector128.Create((ulong)value, (ulong)(value >> 64)).AsByte())
            : ExclusiveMonitor.Store((nint)_env, guest, (nint)at, (ulong)value, BitOperations.Log2((uint)n / 8));
    }

    public void ClearMonitor() => ExclusiveMonitor.Clear((nint)_env);

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

    public UInt128 RmwLoop(int n, UInt128 address, Func<UInt128, UInt128> f, MemOp op) => Modify(n, address, op, f);

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

    public UInt128 Cycles() => InsnBuilder.ReadCycles(_env);

    public UInt128 CounterFrequency() => (ulong)Stopwatch.Frequency;

    public UInt128 Call(HelperInfo helper, int n, params UInt128[] arguments)
    {
        if (!Active)
        {
            return 0;
        }

        ulong result = arguments.Length switch
        {
            0 => ((delegate*<byte*, ulong>)helper.Pointer)(_env),
            1 => ((delegate*<byte*, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0]),
            2 => ((delegate*<byte*, ulong, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0], (ulong)arguments[1]),
            3 => ((delegate*<byte*, ulong, ulong, ulong, ulong>)helper.Pointer)(_env, (ulong)arguments[0], (ulong)arguments[1], (ulong)arguments[2]),
            5 => ((delegate*<byte*, ulong, ulong, ulong, ulong, ulong, ulong>)helper.Pointer)(
                _env, (ulong)arguments[0], (ulong)arguments[1], (ulong)arguments[2], (ulong)arguments[3], (ulong)arguments[4]),
            _ => throw new NotSupportedException($"{helper.Name} has {arguments.Length} arguments."),
        };
        return Mask(n, result);
    }

    private ulong AddressMask => guest.IgnoresTopByte ? ulong.MaxValue >> 8 : ulong.MaxValue;

    private UInt128 Modify(int n, UInt128 address, MemOp op, Func<UInt128, UInt128> change)
    {
        byte* at = At(n, address, 0, _layout.AlignsAtomics ? op | MemOp.Align : op & ~MemOp.SeqCst, writes: true);
        if (at == null)
        {
            return 0;
        }

        HostProbe.Write((nint)at, n / 8);
        UInt128 old = ReadGuest(at, n);
        WriteGuest(at, n, Mask(n, change(old)));
        return old;
    }

    /// <summary>Where an access takes place, after the rules of alignment and address; null when one of them has raised.</summary>
    private byte* At(int n, UInt128 address, long offset, MemOp op, bool writes = false)
    {
        if (!Active)
        {
            return null;
        }

        bool isAligned = (op & (MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst | MemOp.Align)) != 0;
        ulong at = (ulong)address + (ulong)offset & AddressMask;
        if (isAligned && at % (ulong)(n / 8) != 0)
        {
            Raise(ExceptionKind.AlignmentFault, Reported(at));
            return null;
        }

        byte* host = memory.Find((ulong)address & AddressMask, at, n / 8, writes);
        if (host == null)
        {
            Raise(ExceptionKind.MemoryFault, Reported(at));
        }

        return host;
    }

    // With a dropped top byte the fault address is extended from bit 55 (Arm ARM, AddrTop).
    private ulong Reported(ulong address) => guest.IgnoresTopByte ? (ulong)((long)(address << 8) >> 8) : address;

    // One access of the host each: where it faults, it faults as a whole.
    private static UInt128 ReadGuest(byte* at, int n) => n switch
    {
        8 => Volatile.Read(ref *at),
        16 => Volatile.Read(ref *(ushort*)at),
        32 => Volatile.Read(ref *(uint*)at),
        64 => Volatile.Read(ref *(ulong*)at),
        _ => Whole(Vector128.Load((ulong*)at)),
    };

    private static void WriteGuest(byte* at, int n, UInt128 value)
    {
        switch (n)
        {
            case 8:
                Volatile.Write(ref *at, (byte)value);
                break;
            case 16:
                Volatile.Write(ref *(ushort*)at, (ushort)value);
                break;
            case 32:
                Volatile.Write(ref *(uint*)at, (uint)value);
                break;
            case 64:
                Volatile.Write(ref *(ulong*)at, (ulong)value);
                break;
            default:
                Vector128.Create((ulong)value, (ulong)(value >> 64)).Store((ulong*)at);
                break;
        }
    }

    private static UInt128 Whole(Vector128<ulong> pair) => new(pair[1], pair[0]);
}
