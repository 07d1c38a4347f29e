using System.Reflection;
using System.Reflection.Emit;
using System.Runtime.Intrinsics;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Emits the IL of one TB. Guest registers and temps are IL locals; registers go back to the vCPU block only where something may look
/// (<see cref="GlobalFlow.Flushes"/>). Cold paths (address rule, unlinked exits) stand at the end of the method.
/// </summary>
internal sealed unsafe partial class IlCompiler : IlOpContext
{
    private readonly TcgContext _tcg;
    private readonly HostLowering _lowering;
    private readonly CompileRequest _request;
    private readonly ILGenerator _il;
    private readonly GlobalFlow _flow;
    private LocalBuilder?[] _locals;
    private readonly IlLabel[] _labels;
    private readonly bool[] _placed;
    private readonly ulong?[] _labelPcs;
    private readonly List<Action> _cold = [];
    private GlobalSet _dirty;

    // Registers without a place of their own whose local holds their value until the next label or call that writes state; and those of them newer than the block.
    private GlobalSet _borrowed;
    private GlobalSet _dirtyBorrowed;

    // Of each op whether its result stands until the block must have it.
    private readonly bool[] _isLastWrite;

    private readonly FenceFlow _fences;
    private readonly ExclusiveFlow _exclusives;

    // Points into the vCPU block, so many bytes behind env.
    private readonly LocalBuilder _block;
    private int _blockBias;

    // The register that the op being emitted writes and that goes into the block there and then; no index of a register for none.
    private int _storedAtOnce = -1;
    private ulong _insnPc;

    // What the PC slot holds for certain.
    private ulong? _slotPc;
    private PcFlow _pcFlow = null!;

    // Every PC of the method has the high half that the prologue puts into the PC slot.
    private bool _storesLowPc;
    private bool _reachable = true;
    private IlLabel _head;

    public IlCompiler(TcgContext tcg, in CompileRequest request, HostLowering lowering, ILGenerator il)
    {
        _tcg = tcg;
        _lowering = lowering;
        _request = request;
        _il = il;
        Checkpoints.Mark(tcg, request);
        _flow = new GlobalFlow(tcg, request.Chain ? request.Pc : null, request.TbFlags, request.LabelWeights);
        _locals = new LocalBuilder?[tcg.TempCount];
        _labels = new IlLabel[tcg.LabelCount];
        _placed = new bool[tcg.LabelCount];
        _labelPcs = new ulong?[tcg.LabelCount];
        _isLastWrite = _flow.FindLastWrites();
        _fences = new FenceFlow(tcg, lowering);
        _exclusives = new ExclusiveFlow(tcg);
        _block = il.DeclareLocal(typeof(nint));
    }

    /// <summary>Emits the whole method.</summary>
    public void Emit(bool polls)
    {
        for (int i = 0; i < _labels.Length; i++)
        {
            _labels[i] = _il.DefineLabel();
        }

        FindBlock();
        CountUses();
        CountFloatUses();
        FindLeaves();
        ChooseSlots();
        FindLabelPcs();
        FindPcStores();
        if (_request.LeavesOddAddresses && _tcg.LabelCount > 0 && !_flow.Loops)
        {
            _deferral = new Deferral(_tcg, _flow, _uses);
            CountLabelUses();
        }

        if (polls)
        {
            EmitPoll(() => { }, _request.Pc);
        }

        if (_storesLowPc)
        {
            StorePc(_request.Pc);
            _slotPc = _request.Pc;
        }

        _slotPc = _flow.Loops ? null : _slotPc;
        _pcFlow = new PcFlow(_tcg, _slotPc);

        EmitPrologue();
        LoadSlots();
        if (_flow.Loops)
        {
            _head = _il.DefineLabel();
            _il.MarkLabel(_head);
            _dirty = _flow.DirtyAtHead;
        }

        Span<Op> ops = _tcg.Ops;
        for (int i = 0; i < ops.Length; i++)
        {
            _at = i;
            if (!_fences.IsNeedless(i) && !TryDefer(i, ops[i]))
            {
                KeepLeaves(ops[i]);
                _storedAtOnce = _isLastWrite[i] ? ops[i].Out0.Index : -1;
                EmitOp(ops[i]);
                _storedAtOnce = -1;
                _reachable = !OpInfo.Of(ops[i].Opcode).Has(OpFlags.EndsBlock);
            }
        }

        // Falling off the end cannot happen in a well-formed TB; RyuJIT wants the method closed all the same.
        EmitExit(TbExit.Lookup);
        for (int i = 0; i < _cold.Count; i++)
        {
            _cold[i]();
        }
    }

    private void EmitOp(in Op op)
    {
        if (GlobalFlow.Flushes(op) && !_flow.IsLoop(op))
        {
            Flush();
            if (op.Opcode is Opcode.GotoTb or Opcode.GotoPtr || (op.Opcode == Opcode.Call && (op.Helper!.Flags & (HelperFlags.ReadsState | HelperFlags.WritesState)) != 0))
            {
                SettleForJump();
            }
            else
            {
                NoteDeferred();
            }

            if (PcFlow.Looks(op))
            {
                StorePc();
            }
        }

        switch (op.Opcode)
        {
            case Opcode.InsnStart:
                _insnPc = (ulong)op.Imm0;
                break;
            case Opcode.Discard:
                _dirty.Remove(op.Out0.Index);
                _dirtyBorrowed.Remove(op.Out0.Index);
                break;
            case Opcode.Mov:
                Push(op.In0);
                Pop(op.Out0);
                break;
            case Opcode.SetLabel:
                ArriveDeferred(op.Label, fallsInto: _reachable);
                ReturnBorrowed();
                if (_reachable)
                {
                    StoreEntering(op.Label);
                    StorePcEntering(op.Label);
                }

                EmitLabel(op.Label);
                break;
            case Opcode.Br:
                LeaveDeferred(op.Label);
                ReturnBorrowed();
                StoreEntering(op.Label);
                StorePcEntering(op.Label);
                EmitBranch(op.Label, OpCodes.Br, OpCodes.Br);
                break;
            case Opcode.Brcond:
                LeaveDeferred(op.Label);
                ReturnBorrowed();
                StoreEntering(op.Label);
                if (_slotPc is not null)
                {
                    StorePcEntering(op.Label);
                }

                EmitBranchIf(op);
                break;
            case Opcode.GotoTb:
                ReturnBorrowed();
                EmitGotoTb(op);
                break;
            case Opcode.GotoPtr:
                EmitGotoPtr(op);
                break;
            case Opcode.ExitTb:
                EmitExit((nint)op.Imm0);
                break;
            case Opcode.RaisePending:
                EmitRaisePending(op);
                break;
            case Opcode.Call:
                EmitCall(op);
                break;
            case Opcode.Movcond when op.Type != TcgType.V128:
                EmitSelect(op);
                break;
            case Opcode.Divu2 or Opcode.Divs2 when op.Type == TcgType.I64:
                EmitWideDivision(op);
                break;
            case Opcode.Sextract when op.Imm1 is 8 or 16 or 32:
                EmitSignedField(op);
                break;
            default:
                if (!EmitNumberMove(op) && !VectorEmission.TryEmit(op, this) && !EmitFloat(op) && !EmitX87(op) && !OpEmitter.TryEmit(op, this) && !EmitMemory(op))
                {
                    throw new NotSupportedException($"The IL backend has no recipe for the op {OpInfo.Of(op.Opcode).Name}.");
                }

                break;
        }

        if (ChangesFloatEnvironment(op))
        {
            FindHostRounding();
            _hostRoundsHere = false;
        }

        FollowSlots(op);

        _slotPc = _pcFlow.Writes(op) ? null : _slotPc;
    }

    // ---- temps

    private static Type TypeOf(TcgType type) => type switch
    {
        TcgType.I32 => typeof(int),
        TcgType.I64 => typeof(long),
        TcgType.V128 => typeof(Vector128<byte>),
        _ => throw new NotSupportedException($"The IL backend has no temps of type {type} yet."),
    };

    private LocalBuilder LocalOf(Temp temp) =>
        _locals[temp.Index] ??= _il.DeclareLocal(TypeOf(_tcg.TypeOf(temp)));

    /// <inheritdoc/>
    public override ILGenerator Il => _il;

    /// <inheritdoc/>
    public override TcgContext Tcg => _tcg;

    /// <inheritdoc/>
    public override void Push(Temp temp)
    {
        ref readonly TempInfo info = ref _tcg.Info(temp);
        if (info.Kind != TempKind.Const)
        {
            if (IsInBlock(temp) && !_borrowed.Contains(temp.Index))
            {
                LoadGlobal(temp.Index);
                _borrowed.Add(temp.Index);
            }

            _il.Emit(OpCodes.Ldloc, LocalOf(temp));
        }
        else if (info.Type == TcgType.V128)
        {
            VectorEmission.Constant(_il, info.Value, info.ValueHigh);
        }
        else if (info.Type == TcgType.I32)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)(uint)info.Value);
        }
        else
        {
            PushLong(info.Value);
        }
    }

    private void PushLong(ulong value)
    {
        if ((long)value is >= int.MinValue and <= int.MaxValue)
        {
            _il.Emit(OpCodes.Ldc_I4, (int)value);
            _il.Emit(OpCodes.Conv_I8);
        }
        else
        {
            _il.Emit(OpCodes.Ldc_I8, (long)value);
        }
    }

    /// <inheritdoc/>
    public override void Pop(Temp temp)
    {
        _il.Emit(OpCodes.Stloc, LocalOf(temp));
        _versions[temp.Index]++;
        if (temp.Index >= _tcg.Globals.Count)
        {
            return;
        }

        bool isInBlock = IsInBlock(temp);
        ref GlobalSet dirty = ref isInBlock ? ref _dirtyBorrowed : ref _dirty;
        if (isInBlock)
        {
            _borrowed.Add(temp.Index);
        }

        if (temp.Index == _storedAtOnce)
        {
            StoreGlobal(temp.Index);
            dirty.Remove(temp.Index);
        }
        else
        {
            dirty.Add(temp.Index);
        }
    }

    // ---- guest registers

    private bool IsInBlock(Temp temp) => temp.Index < _tcg.Globals.Count && !_flow.Resident.Contains(temp.Index);

    /// <inheritdoc/>
    public override void PushEnv() => PushEnv(0);

    private void PushEnv(int offset)
    {
        _il.Emit(OpCodes.Ldloc, _block);
        if (offset != _blockBias)
        {
            _il.Emit(OpCodes.Ldc_I4, offset - _blockBias);
            _il.Emit(OpCodes.Add);
        }
    }

    // The block is addressed from 128 bytes behind its first register on: a host instruction then needs one byte of offset for 32 registers, not four.
    private void FindBlock()
    {
        int first = _tcg.PcOffset;
        foreach (GlobalInfo global in _tcg.Globals)
        {
            first = Math.Min(first, global.Offset);
        }

        _blockBias = first + 128;
        _il.Emit(OpCodes.Ldarg_0);
        _il.Emit(OpCodes.Ldc_I4, _blockBias);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Stloc, _block);
    }

    private void EmitPrologue()
    {
        LoadGlobals(_flow.LoadAtEntry);
        if (_accessesMemory)
        {
            _guestBase = _il.DeclareLocal(typeof(nint));
            PushEnv(s_guestBase);
            _il.Emit(OpCodes.Ldind_I);
            _il.Emit(OpCodes.Stloc, _guestBase);
        }

        FindHostRounding();
    }

    private void LoadGlobals(GlobalSet set)
    {
        for (int i = 0; i < _tcg.Globals.Count; i++)
        {
            if (set.Contains(i))
            {
                LoadGlobal(i);
                _versions[i]++;
            }
        }
    }

    private void LoadGlobal(int index)
    {
        GlobalInfo global = _tcg.Globals[index];
        PushEnv(global.Offset);
        _il.Emit(global.Type == TcgType.I32 ? OpCodes.Ldind_I4 : OpCodes.Ldind_I8);
        _il.Emit(OpCodes.Stloc, LocalOf(_tcg.Global(index)));
    }

    private void Flush()
    {
        StoreGlobals(_dirty);
        _dirty.Clear();
        ReturnBorrowed();
    }

    // Before control goes on to a label that stands further on: what must not be newer than the block there.
    private void StoreEntering(Ir.Label label)
    {
        if (!_placed[label.Index])
        {
            GlobalSet stored = _dirty - _flow.DirtyAt(label);
            StoreGlobals(stored);
            _dirty -= stored;
        }
    }

    // Registers that live in the block are complete there at every branch and label.
    private void ReturnBorrowed()
    {
        StoreGlobals(_dirtyBorrowed);
        _dirtyBorrowed.Clear();
    }

    private void StoreGlobals(GlobalSet set)
    {
        for (int i = 0; i < _tcg.Globals.Count; i++)
        {
            if (set.Contains(i))
            {
                StoreGlobal(i);
            }
        }
    }

    private void StoreGlobal(int index)
    {
        GlobalInfo global = _tcg.Globals[index];
        PushEnv(global.Offset);
        _il.Emit(OpCodes.Ldloc, LocalOf(_tcg.Global(index)));
        _il.Emit(global.Type == TcgType.I32 ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
    }

    private void StorePc() => StorePcOnce(_insnPc);

    /// <summary>Before control goes on to a label that stands further on.</summary>
    private void StorePcEntering(Ir.Label label)
    {
        if (!_placed[label.Index] && _pcFlow.Entering(label) is { } pc)
        {
            StorePcOnce(pc);
        }
    }

    private void StorePcOnce(ulong pc)
    {
        if (_slotPc == pc)
        {
            return;
        }

        _slotPc = pc;
        if (_storesLowPc)
        {
            // One host instruction, where a wide constant takes another to load it.
            PushEnv(_tcg.PcOffset);
            _il.Emit(OpCodes.Ldc_I4, (int)(uint)pc);
            _il.Emit(OpCodes.Stind_I4);
            return;
        }

        StorePc(pc);
    }

    private void FindPcStores()
    {
        int stores = 0;
        bool sameHalf = true;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            stores += OpInfo.Of(op.Opcode).Has(OpFlags.Faults) ? 1 : 0;
            sameHalf &= op.Opcode != Opcode.InsnStart || (ulong)op.Imm0 >> 32 == _request.Pc >> 32;
            sameHalf &= op.Opcode != Opcode.Call || (op.Helper!.Flags & HelperFlags.WritesState) == 0;
        }

        _storesLowPc = sameHalf && stores > 1 && BitConverter.IsLittleEndian;
    }

    private void StorePc(ulong pc)
    {
        PushEnv(_tcg.PcOffset);
        PushLong(pc);
        _il.Emit(OpCodes.Stind_I8);
    }
}
