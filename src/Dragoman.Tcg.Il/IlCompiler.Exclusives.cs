using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Load-exclusive and store-exclusive. What <see cref="ExclusiveMonitor"/> does for a pair that is known to have nothing between is done in line, the PCs of both being
/// constants here; everything else it is called for.
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
    private static readonly MethodInfo s_exchange32 = Exchange(typeof(int));
    private static readonly MethodInfo s_exchange64 = Exchange(typeof(long));

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
        if (_loadExclusivePc is not { } load || size < 2)
        {
            EmitStoreBy(guest, host, value, stored, size);
            _il.Emit(OpCodes.Ldloc, stored);
            Pop(op.Out0);
            return;
        }

        // A pair of two PCs that stands in its row has been looked into; its monitor holds what the load left.
        IlLabel other = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
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
        EmitExchange(host, value, stored, size == 3);
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

    // The swap of the monitor's value for the new one, aligned; whether it was done.
    private void EmitExchange(LocalBuilder host, LocalBuilder value, LocalBuilder stored, bool wide)
    {
        LocalBuilder expected = _il.DeclareLocal(wide ? typeof(long) : typeof(int));
        PushEnv(s_exclusiveValue0);
        _il.Emit(wide ? OpCodes.Ldind_I8 : OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Stloc, expected);
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Ldloc, value);
        if (!wide)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        _il.Emit(OpCodes.Ldloc, expected);
        _il.Emit(OpCodes.Call, wide ? s_exchange64 : s_exchange32);
        _il.Emit(OpCodes.Ldloc, expected);
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
