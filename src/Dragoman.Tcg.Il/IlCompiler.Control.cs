using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly Type[] s_entryParameters = [typeof(nint)];

    private static int OffsetOf(string field) => (int)Marshal.OffsetOf<VcpuHeader>(field);

    private static readonly int s_pollWord = OffsetOf(nameof(VcpuHeader.PollWord));
    private static readonly int s_jumpCache = OffsetOf(nameof(VcpuHeader.JumpCache));
    private static readonly int s_exception = OffsetOf(nameof(VcpuHeader.Exception));
    private static readonly int s_exceptionAfter = OffsetOf(nameof(VcpuHeader.ExceptionAfter));

    private void EmitLabel(Ir.Label label)
    {
        _il.MarkLabel(_labels[label.Index]);
        _placed[label.Index] = true;
        _dirty = _flow.DirtyAt(label);
        _borrowed.Clear();
        _checked.Clear();
        _hostRoundsHere = false;
        _slotPc = _pcFlow.At(label);
    }

    // A label where a guest instruction starts is a place to go on from after a request; others lie inside an instruction, which then starts anew.
    private void FindLabelPcs()
    {
        Span<Op> ops = _tcg.Ops;
        for (int i = 0; i + 1 < ops.Length; i++)
        {
            if (ops[i].Opcode == Opcode.SetLabel && ops[i + 1].Opcode == Opcode.InsnStart)
            {
                _labelPcs[ops[i].Label.Index] = (ulong)ops[i + 1].Imm0;
            }
        }
    }

    // A branch to a label that stands already closes a loop, which must hear an exit request.
    private void EmitBranch(Ir.Label label, OpCode forward, OpCode backward)
    {
        if (_placed[label.Index])
        {
            GlobalSet dirty = _dirty;
            EmitPoll(() => StoreGlobals(dirty), _labelPcs[label.Index] ?? _insnPc);
            _il.Emit(backward, _labels[label.Index]);
            return;
        }

        _il.Emit(forward, _labels[label.Index]);
    }

    private void EmitBranchIf(in Op op)
    {
        if (_placed[op.Label.Index])
        {
            IlLabel over = _il.DefineLabel();
            EmitCompareBranch(op.Cond ^ (TcgCond)1, op.In0, op.In1, over);
            EmitBranch(op.Label, OpCodes.Br, OpCodes.Br);
            _il.MarkLabel(over);
            return;
        }

        EmitCompareBranch(op.Cond, op.In0, op.In1, _labels[op.Label.Index]);
    }

    private void EmitCompareBranch(TcgCond cond, Temp a, Temp b, IlLabel target)
    {
        switch (cond)
        {
            case TcgCond.Never:
                return;
            case TcgCond.Always:
                _il.Emit(OpCodes.Br, target);
                return;
        }

        Push(a);
        Push(b);
        ConditionEmission.Branch(_il, cond, _tcg.TypeOf(a) == TcgType.I64, target);
    }

    // Without a branch: guests select where compilers expect no pattern, and RyuJIT makes no conditional moves inside loops.
    private void EmitSelect(in Op op)
    {
        bool wide = op.Type == TcgType.I64;
        Push(op.In2);
        Push(op.In3);
        _il.Emit(OpCodes.Xor);
        Push(op.In0);
        Push(op.In1);
        ConditionEmission.Test(_il, op.Cond, _tcg.TypeOf(op.In0) == TcgType.I64);
        if (wide)
        {
            _il.Emit(OpCodes.Conv_U8);
        }

        _il.Emit(OpCodes.Neg);
        _il.Emit(OpCodes.And);
        Push(op.In3);
        _il.Emit(OpCodes.Xor);
        Pop(op.Out0);
    }

    // RyuJIT makes one instruction of a conversion, two of a pair of shifts.
    private void EmitSignedField(in Op op)
    {
        Push(op.In0);
        ShiftEmission.ByConstant(_il, OpCodes.Shr_Un, (ulong)op.Imm0, op.Type == TcgType.I64 ? 64 : 32);
        _il.Emit(op.Imm1 switch { 8 => OpCodes.Conv_I1, 16 => OpCodes.Conv_I2, _ => OpCodes.Conv_I4 });
        if (op.Type == TcgType.I64)
        {
            _il.Emit(OpCodes.Conv_I8);
        }

        Pop(op.Out0);
    }

    /// <summary>Leaves with <see cref="TbExit.Requested"/> at <paramref name="pc"/> when the poll word is set; <paramref name="flush"/> completes the block first.</summary>
    private void EmitPoll(Action flush, ulong pc)
    {
        IlLabel requested = _il.DefineLabel();
        PushEnv(s_pollWord);
        _il.Emit(OpCodes.Volatile);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Brtrue, requested);
        _cold.Add(() =>
        {
            _il.MarkLabel(requested);
            flush();
            StorePc(pc);
            EmitExit(TbExit.Requested);
        });
    }

    private void EmitExit(nint code)
    {
        _il.Emit(OpCodes.Ldc_I4, (int)code);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitGotoTb(in Op op)
    {
        int slot = (int)op.Imm0;
        ulong pc = (ulong)op.Imm1;
        if (_flow.IsLoop(op))
        {
            GlobalSet dirty = _dirty | _flow.DirtyAtHead;
            EmitPoll(() => StoreGlobals(dirty), pc);
            _il.Emit(OpCodes.Br, _head);
            return;
        }

        nint address = _request.Slots + (slot * Marshal.SizeOf<ChainSlot>());
        if (_request.Chain)
        {
            IlLabel unlinked = _il.DefineLabel();
            LocalBuilder code = _codeLocal ??= _il.DeclareLocal(typeof(nint));
            PushLong((ulong)address);
            _il.Emit(OpCodes.Conv_I);
            _il.Emit(OpCodes.Volatile);
            _il.Emit(OpCodes.Ldind_I);
            _il.Emit(OpCodes.Stloc, code);
            _il.Emit(OpCodes.Ldloc, code);
            _il.Emit(OpCodes.Brfalse, unlinked);
            EmitJump(code);
            _cold.Add(() =>
            {
                _il.MarkLabel(unlinked);
                EmitLeaveThrough(address, pc);
            });
        }
        else
        {
            EmitLeaveThrough(address, pc);
        }
    }

    private void EmitLeaveThrough(nint slotAddress, ulong pc)
    {
        StorePc(pc);
        PushLong((ulong)slotAddress);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ret);
    }

    private void EmitJump(LocalBuilder code)
    {
        PushEnv();
        _il.Emit(OpCodes.Ldloc, code);
        _il.Emit(OpCodes.Tailcall);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(nint), s_entryParameters, null);
        _il.Emit(OpCodes.Ret);
    }

    // Looks the PC up in the vCPU's jump cache; see JumpCacheEntry for the index.
    private void EmitGotoPtr(in Op op)
    {
        if (!_request.Chain)
        {
            EmitExit(TbExit.Lookup);
            return;
        }

        IlLabel missed = _il.DefineLabel();
        LocalBuilder pc = _il.DeclareLocal(typeof(long));
        LocalBuilder entry = _il.DeclareLocal(typeof(nint));
        LocalBuilder code = _codeLocal ??= _il.DeclareLocal(typeof(nint));

        PushEnv(_tcg.PcOffset);
        _il.Emit(OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Stloc, pc);
        PushEnv(s_jumpCache);
        _il.Emit(OpCodes.Ldind_I);
        EmitJumpCacheIndex(pc);
        _il.Emit(OpCodes.Ldc_I4, Marshal.SizeOf<JumpCacheEntry>());
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Conv_U);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, entry);

        PushEntry(entry, nameof(JumpCacheEntry.Pc), OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Ldloc, pc);
        _il.Emit(OpCodes.Bne_Un, missed);
        PushEntry(entry, nameof(JumpCacheEntry.Flags), OpCodes.Ldind_I8);
        PushLong((ulong)op.Imm0);
        _il.Emit(OpCodes.Bne_Un, missed);
        PushEntry(entry, nameof(JumpCacheEntry.Code), OpCodes.Ldind_I);
        _il.Emit(OpCodes.Stloc, code);
        _il.Emit(OpCodes.Ldloc, code);
        _il.Emit(OpCodes.Brfalse, missed);
        EmitJump(code);

        _cold.Add(() =>
        {
            _il.MarkLabel(missed);
            EmitExit(TbExit.Lookup);
        });
    }

    private void EmitJumpCacheIndex(LocalBuilder pc)
    {
        _il.Emit(OpCodes.Ldloc, pc);
        _il.Emit(OpCodes.Ldc_I4_2);
        _il.Emit(OpCodes.Shr_Un);
        _il.Emit(OpCodes.Ldloc, pc);
        _il.Emit(OpCodes.Ldc_I4, 14);
        _il.Emit(OpCodes.Shr_Un);
        _il.Emit(OpCodes.Xor);
        _il.Emit(OpCodes.Conv_I4);
        _il.Emit(OpCodes.Ldc_I4, JumpCacheEntry.Count - 1);
        _il.Emit(OpCodes.And);
    }

    private void PushEntry(LocalBuilder entry, string field, OpCode load)
    {
        _il.Emit(OpCodes.Ldloc, entry);
        int offset = (int)Marshal.OffsetOf<JumpCacheEntry>(field);
        if (offset != 0)
        {
            _il.Emit(OpCodes.Ldc_I4, offset);
            _il.Emit(OpCodes.Add);
        }

        _il.Emit(load);
    }

    private void EmitCall(in Op op)
    {
        HelperInfo helper = op.Helper!;
        PushEnv();
        for (int i = 0; i < helper.ArgumentCount; i++)
        {
            PushWide(op.In(i));
        }

        _il.Emit(OpCodes.Call, helper.Method);
        if ((helper.Flags & HelperFlags.WritesState) != 0)
        {
            LocalBuilder? result = null;
            if (op.Out0.IsValid)
            {
                result = _il.DeclareLocal(typeof(long));
                _il.Emit(OpCodes.Stloc, result);
            }
            else
            {
                _il.Emit(OpCodes.Pop);
            }

            LoadGlobals(_flow.Used & _flow.Resident);
            _borrowed.Clear();
            if (result is not null)
            {
                _il.Emit(OpCodes.Ldloc, result);
                PopNarrow(op.Out0);
            }
        }
        else if (op.Out0.IsValid)
        {
            PopNarrow(op.Out0);
        }
        else
        {
            _il.Emit(OpCodes.Pop);
        }

        if ((helper.Flags & HelperFlags.MayRaise) != 0)
        {
            EmitRaised();
        }
    }

    // A helper that raised has set the pending exception.
    private void EmitRaised()
    {
        IlLabel raised = _il.DefineLabel();
        PushEnv(s_exception);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Brtrue, raised);
        _cold.Add(() =>
        {
            _il.MarkLabel(raised);
            EmitExit(TbExit.Exception);
        });
    }

    // After an op that may have trapped. The registers go back to the block on the cold path only.
    private void EmitRaisePending(in Op op)
    {
        NoteDeferred();
        IlLabel raised = _il.DefineLabel();
        PushEnv(s_exception);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Brtrue, raised);
        GlobalSet dirty = _dirty | _dirtyBorrowed;
        ulong pc = (ulong)op.Imm0;
        int after = (int)op.Imm1;
        _cold.Add(() =>
        {
            _il.MarkLabel(raised);
            StoreGlobals(dirty);
            PushEnv(s_exceptionAfter);
            _il.Emit(OpCodes.Ldc_I4, after);
            _il.Emit(OpCodes.Stind_I4);
            StorePc(pc);
            EmitExit(TbExit.Exception);
        });
    }

    private void PushWide(Temp temp)
    {
        Push(temp);
        if (_tcg.TypeOf(temp) == TcgType.I32)
        {
            _il.Emit(OpCodes.Conv_U8);
        }
    }

    private void PopNarrow(Temp temp)
    {
        if (_tcg.TypeOf(temp) == TcgType.I32)
        {
            _il.Emit(OpCodes.Conv_I4);
        }

        Pop(temp);
    }

    private LocalBuilder? _codeLocal;
}
