using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;
using Dragoman.Tcg.SoftMmu;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>Guest accesses through the vCPU's TLBs: the lookup inline, misses at the end of the method (see <see cref="SoftMmuLookup"/>).</summary>
internal sealed unsafe partial class IlCompiler
{
    private static readonly MethodInfo s_softLoad = typeof(SoftMmuLookup).GetMethod(nameof(SoftMmuLookup.Load))!;
    private static readonly MethodInfo s_softStore = typeof(SoftMmuLookup).GetMethod(nameof(SoftMmuLookup.Store))!;
    private static readonly MethodInfo s_loadPlace = typeof(SoftMmuLookup).GetMethod(nameof(SoftMmuLookup.LoadPlace))!;
    private static readonly MethodInfo s_storePlace = typeof(SoftMmuLookup).GetMethod(nameof(SoftMmuLookup.StorePlace))!;
    private static readonly MethodInfo s_updatePlace = typeof(SoftMmuLookup).GetMethod(nameof(SoftMmuLookup.UpdatePlace))!;
    private static readonly int s_readTag = EntryOffset(nameof(TlbEntry.ReadTag));
    private static readonly int s_writeTag = EntryOffset(nameof(TlbEntry.WriteTag));
    private static readonly int s_addend = EntryOffset(nameof(TlbEntry.Addend));

    private static int EntryOffset(string field) => (int)Marshal.OffsetOf<TlbEntry>(field);

    private void EmitSoftLoad(in Op op, MemOp memop)
    {
        TcgType type = _tcg.TypeOf(op.Out0);
        LocalBuilder value = _il.DeclareLocal(TypeOf(type));
        LocalBuilder address = SoftAddress(op.In0, op.Imm0);
        IlLabel miss = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();
        IReadOnlyList<HostStep> steps = StepsOf(AccessKind.Load, memop);
        int access = EmitFences(steps, from: 0);
        EmitLookup(address, memop, s_readTag, miss);
        EmitRawLoad(memop, type);
        _il.Emit(OpCodes.Stloc, value);
        _il.MarkLabel(done);
        EmitFences(steps, access + 1);

        // The load has happened, wherever its value goes: nothing is left for RyuJIT to narrow once it is stored.
        if (_uses[op.Out0.Index] == 0 && op.Out0.Index >= _tcg.Globals.Count)
        {
            PushEnv(s_scratch);
            _il.Emit(OpCodes.Ldloc, value);
            EmitStoreWhole(type);
        }
        else
        {
            _il.Emit(OpCodes.Ldloc, value);
            Pop(op.Out0);
        }

        _cold.Add(() =>
        {
            _il.MarkLabel(miss);
            EmitSoftCall(address, memop, s_softLoad);
            PushEnv(s_scratch);
            EmitLoadWhole(type);
            _il.Emit(OpCodes.Stloc, value);
            _il.Emit(OpCodes.Br, done);
        });
    }

    private void EmitSoftStore(in Op op, MemOp memop)
    {
        TcgType type = _tcg.TypeOf(op.In0);
        LocalBuilder value = _il.DeclareLocal(TypeOf(type));
        LocalBuilder address = SoftAddress(op.In1, op.Imm0);
        IlLabel miss = _il.DefineLabel();
        IlLabel done = _il.DefineLabel();

        IReadOnlyList<HostStep> steps = StepsOf(AccessKind.Store, memop);
        int access = EmitFences(steps, from: 0);
        Push(op.In0);
        _il.Emit(OpCodes.Stloc, value);
        EmitLookup(address, memop, s_writeTag, miss);
        _il.Emit(OpCodes.Ldloc, value);
        EmitRawStore(memop, type);
        _il.MarkLabel(done);
        EmitFences(steps, access + 1);
        _cold.Add(() =>
        {
            _il.MarkLabel(miss);
            PushEnv(s_scratch);
            _il.Emit(OpCodes.Ldloc, value);
            EmitStoreWhole(type);
            EmitSoftCall(address, memop, s_softStore);
            _il.Emit(OpCodes.Br, done);
        });
    }

    /// <summary>Pushes the host address for an atomic access or an exclusive, which calls <paramref name="place"/>.</summary>
    private void EmitSoftPlace(Temp address, MemOp memop, MethodInfo place)
    {
        // The host has no misaligned 16-byte atomic: such an access faults whatever the MemOp asks for.
        if ((memop & MemOp.SizeMask) == MemOp.Size128)
        {
            memop |= MemOp.Align;
        }

        LocalBuilder host = _il.DeclareLocal(typeof(nint));
        LocalBuilder target = SoftAddress(address, 0);
        IlLabel fault = _il.DefineLabel();
        PushEnv();
        _il.Emit(OpCodes.Ldloc, target);
        _il.Emit(OpCodes.Ldc_I4, (int)memop);
        _il.Emit(OpCodes.Call, place);
        _il.Emit(OpCodes.Stloc, host);
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Brfalse, fault);
        _il.Emit(OpCodes.Ldloc, host);
        _cold.Add(() =>
        {
            _il.MarkLabel(fault);
            EmitExit(TbExit.Exception);
        });
    }

    private LocalBuilder SoftAddress(Temp address, long offset)
    {
        LocalBuilder target = _il.DeclareLocal(typeof(long));
        Push(address);
        if (offset != 0)
        {
            PushLong((ulong)offset);
            _il.Emit(OpCodes.Add);
        }

        _il.Emit(OpCodes.Stloc, target);
        return target;
    }

    /// <summary>Pushes the host address where the entry's tag is the access's, else goes to <paramref name="miss"/> with nothing pushed.</summary>
    private void EmitLookup(LocalBuilder address, MemOp memop, int tag, IlLabel miss)
    {
        if ((memop & MemOp.Within16) != 0)
        {
            // Two alignments in one comparison: rare enough to be left to the call. The path behind stays for the verifier of the stack.
            _il.Emit(OpCodes.Br, miss);
        }

        int pageBits = _request.SoftMmuPageBits;
        int descriptor = TlbDescriptor.HeaderOffset + (SoftMmuLookup.Mode(memop) << TlbDescriptor.SizeLog2);
        LocalBuilder entry = _il.DeclareLocal(typeof(nint));
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Ldc_I4, pageBits - TlbEntry.SizeLog2);
        _il.Emit(OpCodes.Shr_Un);
        PushEnv(descriptor + (int)Marshal.OffsetOf<TlbDescriptor>(nameof(TlbDescriptor.Mask)));
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Conv_I);
        PushEnv(descriptor + (int)Marshal.OffsetOf<TlbDescriptor>(nameof(TlbDescriptor.Table)));
        _il.Emit(OpCodes.Ldind_I);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, entry);

        PushEntryField(entry, tag);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Ldloc, address);
        int lastByte = SoftMmuLookup.LastByte(memop);
        if (lastByte != 0)
        {
            PushLong((ulong)lastByte);
            _il.Emit(OpCodes.Add);
        }

        PushLong(SoftMmuLookup.CompareMask(pageBits, memop));
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Bne_Un, miss);

        _il.Emit(OpCodes.Ldloc, address);
        PushEntryField(entry, s_addend);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Conv_I);
    }

    private void PushEntryField(LocalBuilder entry, int offset)
    {
        _il.Emit(OpCodes.Ldloc, entry);
        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
        }
    }

    /// <summary>Calls the slow way; leaves when an exception is pending.</summary>
    private void EmitSoftCall(LocalBuilder address, MemOp memop, MethodInfo call)
    {
        IlLabel accessed = _il.DefineLabel();
        PushEnv();
        _il.Emit(OpCodes.Ldloc, address);
        _il.Emit(OpCodes.Ldc_I4, (int)memop);
        _il.Emit(OpCodes.Call, call);
        _il.Emit(OpCodes.Brtrue, accessed);
        EmitExit(TbExit.Exception);
        _il.MarkLabel(accessed);
    }
}
