using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly int s_guestBase = OffsetOf(nameof(VcpuHeader.GuestBase));
    private static readonly int s_scratch = OffsetOf(nameof(VcpuHeader.Scratch0));
    private static readonly MethodInfo s_resolve = typeof(AddressRule).GetMethod(nameof(AddressRule.Resolve))!;
    private static readonly MethodInfo s_fence = typeof(Interlocked).GetMethod(nameof(Interlocked.MemoryBarrier))!;

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
            _accessesMemory |= OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory);
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
            case Opcode.Mb:
                // TSO hosts keep every order but store-load (Intel SDM vol. 3A, 9.2.3.4). Other hosts get a full barrier.
                if (((MemBarrier)op.Imm0 & MemBarrier.StoreLoad) != 0 || !IsTsoHost)
                {
                    _il.Emit(OpCodes.Call, s_fence);
                }

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
                PushEnv((int)op.Imm0);
                EmitLoadWhole(_tcg.TypeOf(op.Out0));
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
                Push(op.In0);
                EmitStoreWhole(_tcg.TypeOf(op.In0));
                return true;
            default:
                return EmitAtomic(op);
        }
    }

    private static bool IsTsoHost => RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.X86;

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
        EmitHostAddress(op.In0, op.Imm0, memop);
        EmitRawLoad(memop, _tcg.TypeOf(op.Out0));
        Temp target = op.Out0;
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
        EmitHostAddress(op.In1, op.Imm0, memop);

        // RCsc release (Arm ARM B2.3.11): a later acquire must not pass it. On TSO hosts that takes a locked exchange or a fence
        // after the store; elsewhere a fence before it too.
        bool ordered = (memop & (MemOp.Release | MemOp.SeqCst)) != 0 && _request.Parallel;
        if (ordered && !IsTsoHost)
        {
            _il.Emit(OpCodes.Call, s_fence);
        }

        Push(op.In0);
        EmitRawStore(memop, type);
        if (ordered)
        {
            _il.Emit(OpCodes.Call, s_fence);
        }
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
    private void EmitHostAddress(Temp address, long offset, MemOp memop)
    {
        if ((memop & (MemOp.Align | MemOp.Align16)) != 0)
        {
            // Before the address is looked at: an address that is both misaligned and outside is an alignment fault.
            LocalBuilder raw = _il.DeclareLocal(typeof(long));
            Push(address);
            _il.Emit(OpCodes.Stloc, raw);
            EmitAlignmentRule(raw, offset, memop);
        }

        LocalBuilder resolved = CheckedAddress(address, offset);

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
    private LocalBuilder CheckedAddress(Temp address, long offset)
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
        _il.Emit(OpCodes.Ldc_I4, _request.AddressLimitLog2);
        _il.Emit(OpCodes.Shr_Un);
        _il.Emit(OpCodes.Brtrue, high);
        _il.MarkLabel(back);
        _checked[key] = resolved;
        _cold.Add(() =>
        {
            _il.MarkLabel(high);
            if (_request.LeavesOddAddresses)
            {
                EmitExit(TbExit.OddAddress);
                return;
            }

            _il.Emit(OpCodes.Ldarg_0);
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
        int mask = (memop & MemOp.Align16) != 0 ? 15 : (1 << (int)(memop & MemOp.SizeMask)) - 1;
        if (mask == 0)
        {
            return;
        }

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

        PushTarget();
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ldc_I4, mask);
        _il.Emit(OpCodes.And);
        _il.Emit(OpCodes.Brtrue, misaligned);
        _cold.Add(() =>
        {
            _il.MarkLabel(misaligned);
            PushEnv(s_faultGuestAddress);
            PushTarget();
            _il.Emit(OpCodes.Stind_I8);
            PushEnv(s_exceptionAfter);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Stind_I4);
            PushEnv(s_exception);
            _il.Emit(OpCodes.Ldc_I4, (int)ExceptionKind.AlignmentFault);
            _il.Emit(OpCodes.Stind_I4);
            EmitExit(TbExit.Exception);
        });
    }
}
