using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly int s_guestBase = OffsetOf(nameof(VcpuHeader.GuestBase));
    private static readonly int s_addressLimit = OffsetOf(nameof(VcpuHeader.AddressLimit));
    private static readonly int s_scratch = OffsetOf(nameof(VcpuHeader.Scratch0));
    private static readonly MethodInfo s_resolve = typeof(AddressRule).GetMethod(nameof(AddressRule.Resolve))!;
    private static readonly MethodInfo s_misaligned = typeof(AddressRule).GetMethod(nameof(AddressRule.Misaligned))!;
    private static readonly MethodInfo s_probe = typeof(HostProbe).GetMethod(nameof(HostProbe.Write))!;
    private static readonly MethodInfo s_fence = typeof(Interlocked).GetMethod(nameof(Interlocked.MemoryBarrier))!;
    private static readonly MethodInfo s_loadFence = typeof(Volatile).GetMethod(nameof(Volatile.ReadBarrier))!;
    private const MemOp AnyOrder = MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst;

    // Base temps whose address has passed the rule since the last label, with the local that holds the checked address.
    private readonly Dictionary<(int Temp, int Version), LocalBuilder> _checked = [];
    private int[] _versions = [];
    private int[] _uses = [];
    private LocalBuilder? _guestBase;
    private bool _accessesMemory;

    private void CountUses()
    {
        _uses = new int[_tcg.TempCount];
        _versions = new int[_tcg.TempCount];
        foreach (ref readonly Op op in _tcg.Ops)
        {
            _accessesMemory |= OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory) || op.Opcode == Opcode.ProbeW;
            int inputs = op.InputCount;
            for (int i = 0; i < inputs; i++)
            {
                _uses[op.In(i).Index]++;
            }
        }
    }

    /// <summary>Emits ops that access guest memory or the vCPU block; false for others.</summary>
    private bool EmitMemory(in Op op)
    {
        switch (op.Opcode)
        {
            case Opcode.QemuLd:
                EmitLoad(op);
                return true;
            case Opcode.QemuSt:
                EmitStore(op);
                return true;
            case Opcode.ProbeW:
                EmitProbe(op);
                return true;
            case Opcode.Mb:
                EmitFences(_lowering.Steps(AccessKind.Fence, default, (MemBarrier)op.Imm0), from: 0);
                return true;
            case Opcode.Ld8u:
                return EmitEnvLoad(op, OpCodes.Ldind_U1, signed: false);
            case Opcode.Ld8s:
                return EmitEnvLoad(op, OpCodes.Ldind_I1, signed: true);
            case Opcode.Ld16u:
                return EmitEnvLoad(op, OpCodes.Ldind_U2, signed: false);
            case Opcode.Ld16s:
                return EmitEnvLoad(op, OpCodes.Ldind_I2, signed: true);
            case Opcode.Ld32u:
                return EmitEnvLoad(op, OpCodes.Ldind_U4, signed: false);
            case Opcode.Ld32s:
                return EmitEnvLoad(op, OpCodes.Ldind_I4, signed: true);
            case Opcode.Ld:
                if (IsFloatOnly(op.Out0, out LocalBuilder? number))
                {
                    PushSlot((int)op.Imm0, op.Type);
                    _il.Emit(OpCodes.Stloc, number!);
                    return true;
                }

                if (_slots.ContainsKey(((int)op.Imm0, op.Type)))
                {
                    PushSlot((int)op.Imm0, op.Type);
                    _il.Emit(OpCodes.Call, op.Type == TcgType.I64 ? s_ofDouble : s_ofSingle);
                }
                else
                {
                    PushEnv((int)op.Imm0);
                    EmitLoadWhole(_tcg.TypeOf(op.Out0));
                }

                Pop(op.Out0);
                return true;
            case Opcode.St8:
                return EmitEnvStore(op, OpCodes.Stind_I1);
            case Opcode.St16:
                return EmitEnvStore(op, OpCodes.Stind_I2);
            case Opcode.St32:
                return EmitEnvStore(op, OpCodes.Stind_I4);
            case Opcode.St:
                PushEnv((int)op.Imm0);
                EmitStoreOf(op.In0);
                return true;
            default:
                return EmitAtomic(op);
        }
    }

    /// <summary>The steps of an access by the host's table. Where only one vCPU runs, guest order needs none; but devices behind an MMU read and write memory on threads of their own.</summary>
    private IReadOnlyList<HostStep> StepsOf(AccessKind kind, MemOp memop) =>
        _lowering.Steps(kind, _request.Parallel || _request.SoftMmuPageBits != 0 ? memop : memop & ~AnyOrder, default);

    /// <summary>
    /// Emits the fences of a table's line from one of its steps on, up to the access; the access itself is the caller's, in the order that <c>volatile.</c>
    /// and the host's atomics give it.
    /// </summary>
    /// <returns>The access's number among the steps, or how many there are.</returns>
    private int EmitFences(IReadOnlyList<HostStep> steps, int from)
    {
        for (; from < steps.Count && steps[from] is HostStep.Fence or HostStep.LoadFence; from++)
        {
            _il.Emit(OpCodes.Call, steps[from] == HostStep.Fence ? s_fence : s_loadFence);
        }

        return from;
    }

    private bool EmitEnvLoad(in Op op, OpCode load, bool signed)
    {
        PushEnv((int)op.Imm0);
        _il.Emit(load);
        if (_tcg.TypeOf(op.Out0) == TcgType.I64)
        {
            _il.Emit(signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        }

        Pop(op.Out0);
        return true;
    }

    private bool EmitEnvStore(in Op op, OpCode store)
    {
        PushEnv((int)op.Imm0);
        Push(op.In0);
        _il.Emit(store);
        return true;
    }

    private void EmitLoadWhole(TcgType type)
    {
        switch (type)
        {
            case TcgType.I32:
                _il.Emit(OpCodes.Ldind_I4);
                break;
            case TcgType.I64:
                _il.Emit(OpCodes.Ldind_I8);
                break;
            default:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
                break;
        }
    }

    // To the address on the stack.
    private void EmitStoreOf(Temp value)
    {
        if (_floats[value.Index] is { } number)
        {
            _il.Emit(OpCodes.Ldloc, number);
            _il.Emit(_tcg.TypeOf(value) == TcgType.I64 ? OpCodes.Stind_R8 : OpCodes.Stind_R4);
            return;
        }

        Push(value);
        EmitStoreWhole(_tcg.TypeOf(value));
    }

    private void EmitStoreWhole(TcgType type)
    {
        switch (type)
        {
            case TcgType.I32:
                _il.Emit(OpCodes.Stind_I4);
                break;
            case TcgType.I64:
                _il.Emit(OpCodes.Stind_I8);
                break;
            default:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Stobj, typeof(Vector128<byte>));
                break;
        }
    }

    private void EmitLoad(in Op op)
    {
        MemOp memop = (MemOp)op.Imm1;
        if (_request.SoftMmuPageBits != 0)
        {
            EmitSoftLoad(op, memop);
            return;
        }

        IReadOnlyList<HostStep> steps = StepsOf(AccessKind.Load, memop);
        int access = EmitFences(steps, from: 0);
        EmitHostAddress(op.In0, op.Imm0, memop, op.LeavesStateBehind);
        Temp target = op.Out0;
        TcgType type = _tcg.TypeOf(target);
        if ((memop & MemOp.SizeMask) == (type == TcgType.I64 ? MemOp.Size64 : MemOp.Size32) && IsFloatOnly(target, out LocalBuilder? number))
        {
            _il.Emit(OpCodes.Volatile);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(type == TcgType.I64 ? OpCodes.Ldind_R8 : OpCodes.Ldind_R4);
            _il.Emit(OpCodes.Stloc, number!);
            EmitFences(steps, access + 1);
            return;
        }

        EmitRawLoad(memop, type);
        EmitFences(steps, access + 1);
        if (_uses[target.Index] == 0 && target.Index >= _tcg.Globals.Count)
        {
            // A dead load still happens at its full width: RyuJIT narrows one whose value nobody takes.
            LocalBuilder value = LocalOf(target);
            _il.Emit(OpCodes.Stloc, value);
            PushEnv(s_scratch);
            _il.Emit(OpCodes.Ldloc, value);
            EmitStoreWhole(_tcg.TypeOf(target));
            return;
        }

        Pop(target);
    }

    private void EmitStore(in Op op)
    {
        MemOp memop = (MemOp)op.Imm1;
        TcgType type = _tcg.TypeOf(op.In0);
        if (_request.SoftMmuPageBits != 0)
        {
            EmitSoftStore(op, memop);
            return;
        }

        EmitHostAddress(op.In1, op.Imm0, memop);

        IReadOnlyList<HostStep> steps = StepsOf(AccessKind.Store, memop);
        int access = EmitFences(steps, from: 0);
        if (_floats[op.In0.Index] is { } number && StoresWhole(op))
        {
            _il.Emit(OpCodes.Ldloc, number);
            _il.Emit(OpCodes.Volatile);
            _il.Emit(OpCodes.Unaligned, (byte)1);
            _il.Emit(type == TcgType.I64 ? OpCodes.Stind_R8 : OpCodes.Stind_R4);
        }
        else
        {
            Push(op.In0);
            EmitRawStore(memop, type);
        }

        EmitFences(steps, access + 1);
    }

    private void EmitProbe(in Op op)
    {
        int bytes = (int)op.Imm1;
        LocalBuilder host = _il.DeclareLocal(typeof(nint));
        EmitHostAddress(op.In0, op.Imm0, default);
        _il.Emit(OpCodes.Stloc, host);
        if (op.Imm2 == 0)
        {
            EmitProbeOf(host, bytes);
            return;
        }

        IlLabel across = _il.DefineLabel();
        IlLabel back = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ldc_I4, HostProbe.PageBytes - 1);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Ldc_I4, HostProbe.PageBytes - bytes);
        _il.Emit(OpCodes.Bgt, across);
        _il.MarkLabel(back);
        _cold.Add(() =>
        {
            _il.MarkLabel(across);
            EmitProbeOf(host, bytes);
            _il.Emit(OpCodes.Br, back);
        });
    }

    private void EmitProbeOf(LocalBuilder host, int bytes)
    {
        _il.Emit(OpCodes.Ldloc, host);
        _il.Emit(OpCodes.Ldc_I4, bytes);
        _il.Emit(OpCodes.Call, s_probe);
    }

    private void EmitRawLoad(MemOp memop, TcgType type)
    {
        bool signed = (memop & MemOp.Sign) != 0;
        _il.Emit(OpCodes.Volatile);
        switch (memop & MemOp.SizeMask)
        {
            case MemOp.Size8:
                _il.Emit(signed ? OpCodes.Ldind_I1 : OpCodes.Ldind_U1);
                break;
            case MemOp.Size16:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(signed ? OpCodes.Ldind_I2 : OpCodes.Ldind_U2);
                break;
            case MemOp.Size32:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(signed ? OpCodes.Ldind_I4 : OpCodes.Ldind_U4);
                break;
            case MemOp.Size64:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Ldind_I8);
                return;
            default:
                _il.Emit(OpCodes.Unaligned, (byte)1);
                _il.Emit(OpCodes.Ldobj, typeof(Vector128<byte>));
                return;
        }

        if (type == TcgType.I64)
        {
            _il.Emit(signed ? OpCodes.Conv_I8 : OpCodes.Conv_U8);
        }
    }

    private void EmitRawStore(MemOp memop, TcgType type)
    {
        _il.Emit(OpCodes.Volatile);
        MemOp size = memop & MemOp.SizeMask;
        if (size != MemOp.Size8)
        {
            _il.Emit(OpCodes.Unaligned, (byte)1);
        }

        switch (size)
        {
            case MemOp.Size8:
                _il.Emit(OpCodes.Stind_I1);
                break;
            case MemOp.Size16:
                _il.Emit(OpCodes.Stind_I2);
                break;
            case MemOp.Size32:
                _il.Emit(OpCodes.Stind_I4);
                break;
            case MemOp.Size64:
                _il.Emit(OpCodes.Stind_I8);
                break;
            default:
                _il.Emit(OpCodes.Stobj, typeof(Vector128<byte>));
                break;
        }
    }

    /// <summary>Pushes the host address of the guest address <paramref name="address"/> + <paramref name="offset"/>, after the address and alignment rules.</summary>
    private void EmitHostAddress(Temp address, long offset, MemOp memop, bool leavesStateBehind = false)
    {
        if (_request.SoftMmuPageBits != 0)
        {
            EmitSoftPlace(address, memop, s_updatePlace);
            return;
        }

        if ((memop & (MemOp.Align | MemOp.Align16 | MemOp.Within16)) != 0)
        {
            // Before the address is looked at: an address that is both misaligned and outside is an alignment fault.
            LocalBuilder raw = _il.DeclareLocal(typeof(long));
            Push(address);
            _il.Emit(OpCodes.Stloc, raw);
            EmitAlignmentRule(raw, offset, memop);
        }

        LocalBuilder resolved = CheckedAddress(address, offset, leavesStateBehind);

        _il.Emit(OpCodes.Ldloc, _guestBase!);
        _il.Emit(OpCodes.Ldloc, resolved);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Add);
        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)offset);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Add);
        }
    }

    // One check serves every access off the same value of the same base: guard areas at both ends of the region take the offsets.
    private LocalBuilder CheckedAddress(Temp address, long offset, bool leavesStateBehind = false)
    {
        (int, int) key = (address.Index, _versions[address.Index]);
        if (_checked.TryGetValue(key, out LocalBuilder? known))
        {
            return known;
        }

        LocalBuilder resolved = _il.DeclareLocal(typeof(long));
        Push(address);
        _il.Emit(OpCodes.Stloc, resolved);
        IlLabel high = _il.DefineLabel();
        IlLabel back = _il.DefineLabel();
        _il.Emit(OpCodes.Ldloc, resolved);
        PushEnv(s_addressLimit);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Bge_Un, high);
        _il.MarkLabel(back);
        _checked[key] = resolved;
        GlobalSet behind = leavesStateBehind ? _dirty | _dirtyBorrowed : default;
        ulong pc = _insnPc;
        _cold.Add(() =>
        {
            _il.MarkLabel(high);
            if (_request.LeavesOddAddresses)
            {
                if (leavesStateBehind)
                {
                    StoreGlobals(behind);
                    StorePc(pc);
                }

                EmitExit(TbExit.OddAddress);
                return;
            }

            PushEnv();
            _il.Emit(OpCodes.Ldloc, resolved);
            _il.Emit(OpCodes.Ldc_I8, offset);
            _il.Emit(OpCodes.Ldc_I4, _request.AddressLimitLog2);
            _il.Emit(_request.IgnoreTopByte ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Call, s_resolve);
            _il.Emit(OpCodes.Stloc, resolved);
            _il.Emit(OpCodes.Ldloc, resolved);
            _il.Emit(OpCodes.Ldc_I8, AddressRule.Fault);
            _il.Emit(OpCodes.Bne_Un, back);
            EmitExit(TbExit.Exception);
        });
        return resolved;
    }

    private void EmitAlignmentRule(LocalBuilder target, long offset, MemOp memop)
    {
        int size = 1 << (int)(memop & MemOp.SizeMask);
        int mask = (memop & MemOp.Align16) != 0 ? 15 : (memop & MemOp.Align) != 0 ? size - 1 : 0;
        IlLabel misaligned = _il.DefineLabel();
        void PushTarget()
        {
            _il.Emit(OpCodes.Ldloc, target);
            if (offset != 0)
            {
                _il.Emit(OpCodes.Ldc_I8, offset);
                _il.Emit(OpCodes.Add);
            }
        }

        void EmitTest(int bits, int most)
        {
            PushTarget();
            _il.Emit(OpCodes.Conv_I4);
            _il.Emit(OpCodes.Ldc_I4, bits);
            _il.Emit(OpCodes.And);
            _il.Emit(OpCodes.Ldc_I4, most);
            _il.Emit(OpCodes.Bgt, misaligned);
        }

        bool within16 = (memop & MemOp.Within16) != 0 && size > 1;
        if (mask == 0 && !within16)
        {
            return;
        }

        if (mask != 0)
        {
            EmitTest(mask, 0);
        }

        if (within16)
        {
            EmitTest(15, 16 - size);
        }

        _cold.Add(() =>
        {
            _il.MarkLabel(misaligned);
            PushEnv();
            PushTarget();
            _il.Emit(_request.IgnoreTopByte ? OpCodes.Ldc_I4_1 : OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Call, s_misaligned);
            EmitExit(TbExit.Exception);
        });
    }
}
