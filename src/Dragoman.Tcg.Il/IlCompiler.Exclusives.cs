using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Load-exclusive and store-exclusive. What <see cref="ExclusiveMonitor"/> does for a pair that is known to have nothing between is done in line: of a pair that stands in
/// this method (<see cref="ExclusiveFlow"/>) from the values that the load left in locals, of another whose PCs the vCPU has found to be such a pair. Everything else it is
/// called for.
/// </summary>
internal sealed unsafe partial class IlCompiler
{
    private static readonly int s_exclusiveAddress = OffsetOf(nameof(VcpuHeader.ExclusiveAddress));
    private static readonly int s_exclusiveValue0 = OffsetOf(nameof(VcpuHeader.ExclusiveValue0));
    private static readonly int s_exclusiveValue1 = OffsetOf(nameof(VcpuHeader.ExclusiveValue1));
    private static readonly int s_exclusiveSize = OffsetOf(nameof(VcpuHeader.ExclusiveSize));
    private static readonly int s_exclusiveGeneration = OffsetOf(nameof(VcpuHeader.ExclusiveGeneration));
    private static readonly int s_exclusiveArm = OffsetOf(nameof(VcpuHeader.ExclusiveArm));
    private static readonly int s_exclusivePc = OffsetOf(nameof(VcpuHeader.ExclusivePc));

    // By the log2 of the size: what is exchanged, and what makes it of 64 bits.
    private static readonly Type[] s_exchanged = [typeof(byte), typeof(ushort), typeof(int), typeof(long)];
    private static readonly OpCode[] s_narrowed = [OpCodes.Conv_U1, OpCodes.Conv_U2, OpCodes.Conv_I4, OpCodes.Nop];
    private static readonly MethodInfo[] s_exchange = Array.ConvertAll(s_exchanged, Exchange);

    // Of each load-exclusive emitted, by the op's index: where and what it read, as 64 bits, and how much of it.
    private readonly Dictionary<int, (LocalBuilder Guest, LocalBuilder Value, int Size)> _loadExclusives = [];

    // PC of the load-exclusive that stands before the op being emitted; null while there is none.
    private ulong? _loadExclusivePc;

    private static MethodInfo Exchange(Type type) => typeof(Interlocked).GetMethod(nameof(Interlocked.CompareExchange), [type.MakeByRefType(), type, type])!;

    private static MethodInfo Exclusive(string name) => typeof(ExclusiveMonitor).GetMethod(name)!;

    private void EmitLoadExclusive(in Op op, MemOp memop)
    {
        (LocalBuilder guest, LocalBuilder host) = EmitExclusivePlace(op.In0, memop, loads: true);
        if (_tcg.TypeOf(op.Out0) == TcgType.V128)
        {
            PushExclusive(guest, host);
            _il.Emit(OpCodes.Call, Exclusive(nameof(ExclusiveMonitor.Load128)));
            Pop(op.Out0);
            return;
        }

        int size = (int)(memop & MemOp.SizeMask);
        ulong pc = _insnPc;
        _loadExclusivePc = pc;
        LocalBuilder value = _il.DeclareLocal(typeof(long));
        _loadExclusives.Add(_at, (guest, value, size));
        IlLabel arms = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        PushEnv(s_exclusiveArm);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_I);
        _il.Emit(OpCodes.Brtrue, arms);
        StoreHeader(s_exclusivePc, pc);
        StoreHeader(s_exclusiveGeneration, 0);
        _il.Emit(OpCodes.Ldloc, host);
        EmitRawLoad(memop & MemOp.SizeMask, TcgType.I64);
        _il.Emit(OpCodes.Stloc, value);
        PushEnv(s_exclusiveValue0);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Stind_I8);
        StoreHeader(s_exclusiveValue1, 0);
        PushEnv(s_exclusiveSize);
        _il.Emit(OpCodes.Ldc_I4, 1 << size);
        _il.Emit(OpCodes.Stind_I4);
        PushEnv(s_exclusiveAddress);
        _il.Emit(OpCodes.Ldloc, guest);
        _il.Emit(OpCodes.Stind_I8);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, value);
        PopNarrow(op.Out0);
        _cold.Add(() =>
        {
            _il.MarkLabel(arms);
            PushExclusive(guest, host);
            _il.Emit(OpCodes.Ldc_I4, size);
            _il.Emit(OpCodes.Call, Exclusive(nameof(ExclusiveMonitor.Load)));
            _il.Emit(OpCodes.Stloc, value);
            _il.Emit(OpCodes.Br, done);
        });
    }

    private void EmitStoreExclusive(in Op op, MemOp memop)
    {
        (LocalBuilder guest, LocalBuilder host) = EmitExclusivePlace(op.In0, memop, loads: false);
        if (_tcg.TypeOf(op.In1) == TcgType.V128)
        {
            PushExclusive(guest, host);
            Push(op.In1);
            _il.Emit(OpCodes.Call, Exclusive(nameof(ExclusiveMonitor.Store128)));
            Pop(op.Out0);
            return;
        }

        int size = (int)(memop & MemOp.SizeMask);
        LocalBuilder value = _il.DeclareLocal(typeof(long));
        LocalBuilder stored = _il.DeclareLocal(typeof(int));
        PushWide(op.In1);
        _il.Emit(OpCodes.Stloc, value);
        IlLabel other = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        LocalBuilder expected;
        if (_loadExclusives.TryGetValue(_exclusives.LoadOf(_at), out (LocalBuilder Guest, LocalBuilder Value, int Size) pair) && pair.Size == size)
        {
            expected = pair.Value;
            _il.Emit(OpCodes.Ldloc, pair.Guest);
            _il.Emit(OpCodes.Ldloc, guest);
            _il.Emit(OpCodes.Bne_Un, other);
        }
        else if (_loadExclusivePc is { } load)
        {
            expected = EmitPairCheck(load, guest, size, other);
        }
        else
        {
            EmitStoreBy(guest, host, value, stored, size);
            _il.Emit(OpCodes.Ldloc, stored);
            Pop(op.Out0);
            return;
        }

        EmitExchange(host, value, stored, expected, size);
        StoreHeader(s_exclusiveAddress, ulong.MaxValue);
        PushEnv(s_exclusiveSize);
        _il.Emit(OpCodes.Ldc_I4_0);
        _il.Emit(OpCodes.Stind_I4);
        _il.MarkLabel(done);
        _il.Emit(OpCodes.Ldloc, stored);
        Pop(op.Out0);
        _cold.Add(() =>
        {
            _il.MarkLabel(other);
            EmitStoreBy(guest, host, value, stored, size);
            _il.Emit(OpCodes.Br, done);
        });
    }

    // A pair of two PCs that stands in its row has been looked into; its monitor holds what the load left. The value that it read.
    private LocalBuilder EmitPairCheck(ulong load, LocalBuilder guest, int size, IlLabel other)
    {
        int row = VcpuBlock.CheckedPairOffset(load);
        LeaveUnless(s_exclusivePc, load, other);
        LeaveUnless(row, load, other);
        LeaveUnless(row + sizeof(ulong), _insnPc, other);
        LeaveUnless(s_exclusiveGeneration, 0, other);
        PushEnv(s_exclusiveAddress);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Ldloc, guest);
        _il.Emit(OpCodes.Bne_Un, other);
        PushEnv(s_exclusiveSize);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Ldc_I4, 1 << size);
        _il.Emit(OpCodes.Bne_Un, other);
        LocalBuilder expected = _il.DeclareLocal(typeof(long));
        PushEnv(s_exclusiveValue0);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Stloc, expected);
        return expected;
    }

    // The swap of the expected value for the new one, aligned; whether it was done.
    private void EmitExchange(LocalBuilder host, LocalBuilder value, LocalBuilder stored, LocalBuilder expected, int size)
    {
        LocalBuilder narrow = _il.DeclareLocal(s_exchanged[size]);
        _il.Emit(OpCodes.Ldloc, expected);
        _il.Emit(s_narrowed[size]);
        _il.Emit(OpCodes.Stloc, narrow);
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(s_narrowed[size]);
        _il.Emit(OpCodes.Ldloc, narrow);
        _il.Emit(OpCodes.Call, s_exchange[size]);
        _il.Emit(OpCodes.Ldloc, narrow);
        _il.Emit(OpCodes.Ceq);
        _il.Emit(OpCodes.Stloc, stored);
    }

    private void EmitStoreBy(LocalBuilder guest, LocalBuilder host, LocalBuilder value, LocalBuilder stored, int size)
    {
        PushExclusive(guest, host);
        _il.Emit(OpCodes.Ldloc, value);
        _il.Emit(OpCodes.Ldc_I4, size);
        _il.Emit(OpCodes.Call, Exclusive(nameof(ExclusiveMonitor.Store)));
        _il.Emit(OpCodes.Stloc, stored);
        if (_fences.TrustsExclusives)
        {
            _il.Emit(OpCodes.Call, s_fence);
        }
    }

    private void StoreHeader(int offset, ulong value)
    {
        PushEnv(offset);
        PushLong(value);
        _il.Emit(OpCodes.Stind_I8);
    }

    private void LeaveUnless(int offset, ulong value, IlLabel other)
    {
        PushEnv(offset);
        _il.Emit(OpCodes.Ldind_I8);
        PushLong(value);
        _il.Emit(OpCodes.Bne_Un, other);
    }

    // Guest address after the address rule, and host address.
    private (LocalBuilder Guest, LocalBuilder Host) EmitExclusivePlace(Temp address, MemOp memop, bool loads)
    {
        LocalBuilder host = _il.DeclareLocal(typeof(nint));
        if (_request.SoftMmuPageBits != 0)
        {
            LocalBuilder guest = _il.DeclareLocal(typeof(long));
            EmitSoftPlace(address, memop, loads ? s_loadPlace : s_storePlace);
            _il.Emit(OpCodes.Stloc, host);
            Push(address);
            _il.Emit(OpCodes.Stloc, guest);
            return (guest, host);
        }

        EmitHostAddress(address, 0, memop);
        _il.Emit(OpCodes.Stloc, host);
        return (CheckedAddress(address, 0), host);
    }

    private void PushExclusive(LocalBuilder guest, LocalBuilder host)
    {
        PushEnv();
        _il.Emit(OpCodes.Ldloc, guest);
        _il.Emit(OpCodes.Ldloc, host);
    }
}
