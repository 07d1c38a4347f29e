using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>What each op becomes.</summary>
internal sealed partial class InterpreterCompiler
{
    private const MemOp Plain = MemOp.SizeMask | MemOp.Sign;

    // Host loads and stores of 8 bytes, and aligned ones of 16, are single-copy atomic on x64 (with AVX) and Arm64: no unit up to the size asks for more.
    // Behind an MMU the unit still says what must be aligned in memory that wants it.
    private const MemOp Ignored = MemOp.AtomMask;

    // Index of an op that the one before it does too.
    private int _skipped;

    private void Translate(ref Op op, int index)
    {
        if (index == _skipped)
        {
            return;
        }

        switch (op.Opcode)
        {
            case Opcode.Nop or Opcode.Discard:
                break;
            case Opcode.InsnStart:
                _pc = (ulong)op.Imm0;
                _pcStored = false;
                break;
            case Opcode.SetLabel:
                EmitLabel(op.Label.Index, index);
                break;
            case Opcode.Br:
                EmitBranch(Code.Br, op.Label.Index);
                break;
            case Opcode.Brcond:
                TranslateBrcond(op, index);
                break;
            case Opcode.GotoTb:
                EmitLeave((ulong)op.Imm1, Slot((int)op.Imm0));
                break;
            case Opcode.GotoPtr:
                Emit(Code.Exit).Imm = TbExit.Lookup;
                break;
            case Opcode.ExitTb:
                Emit(Code.Exit).Imm = op.Imm0;
                break;
            case Opcode.RaisePending:
                Emit(Code.RaisePending).A = (int)op.Imm1;
                EmitLeave((ulong)op.Imm0, TbExit.Exception);
                break;
            case Opcode.Mov:
                Move(op, index);
                break;
            case Opcode.ConcatI64V128:
                Concat(op, index);
                break;
            case Opcode.LoV128I64:
                Half(op, index, 0);
                break;
            case Opcode.HiV128I64:
                Half(op, index, 8);
                break;
            case Opcode.Call:
                TranslateCall(op, index);
                break;
            case Opcode.Mb:
                if ((op.Imm0 & (long)MemBarrier.StoreLoad) != 0)
                {
                    Emit(Code.Fence);
                }

                break;
            case Opcode.Clrex:
                Emit(Code.Clrex);
                break;
            case Opcode.Ld:
                Load(op, index, op.Type switch
                {
                    TcgType.I32 => Code.Mov32,
                    TcgType.I64 => Code.Mov64,
                    _ => Code.Mov128,
                });
                break;
            case Opcode.Ld8u:
                Load(op, index, Code.Ld8u);
                break;
            case Opcode.Ld8s:
                Load(op, index, Code.Ld8s);
                break;
            case Opcode.Ld16u:
                Load(op, index, Code.Ld16u);
                break;
            case Opcode.Ld16s:
                Load(op, index, Code.Ld16s);
                break;
            case Opcode.Ld32u:
                Load(op, index, Code.Ld32u);
                break;
            case Opcode.Ld32s:
                Load(op, index, Code.Ld32s);
                break;
            case Opcode.St8 or Opcode.St16 or Opcode.St32 or Opcode.St:
                Store(op, index);
                break;
            case Opcode.QemuLd:
                QemuLoad(op, index);
                break;
            case Opcode.QemuSt:
                QemuStore(op, index);
                break;
            case Opcode.ProbeW:
                Probe(op, index);
                break;
            case Opcode.QemuLdx:
                Ordered(op, index, _request.SoftMmuPageBits != 0 ? Code.SoftLdx : Code.QemuLdx);
                break;
            case Opcode.QemuStx:
                Ordered(op, index, _request.SoftMmuPageBits != 0 ? Code.SoftStx : Code.QemuStx);
                break;
            case >= Opcode.AtomicCmpxchg and <= Opcode.AtomicFetchUmax:
                Ordered(op, index, _request.SoftMmuPageBits != 0 ? Code.SoftAtomic : Code.Atomic);
                break;
            default:
                Defined(op, index);
                break;
        }
    }

    private unsafe nint Slot(int slot) =>
        _request.Chain && _request.Slots != 0 ? _request.Slots + (slot * sizeof(ChainSlot)) : TbExit.Lookup;

    /// <summary>An op that the op table defines.</summary>
    private void Defined(in Op op, int index)
    {
        OpInfo info = OpInfo.Of(op.Opcode);
        ulong constant = 0;
        bool immediate = CodeSelection.HasImmediateForm(op.Opcode) && _context.TryConst(op.In1, out constant);
        bool isCondition = info.HasCond && !info.Has(OpFlags.Lanes);
        if (isCondition && op.Cond is TcgCond.Never or TcgCond.Always)
        {
            DecidedCondition(op, index);
            return;
        }

        int a = Use(op.In0);
        int b = info.Inputs > 1 && !immediate ? Use(op.In1) : 0;
        long imm = immediate ? (long)constant : 0;
        if (info.Inputs > 2)
        {
            imm = (uint)Use(op.In2) | (info.Inputs > 3 ? (long)Use(op.In3) << 32 : 0);
        }

        int aux = info.Immediates > 0 ? (int)op.Imm0 & 0xFF : 0;
        if (info.Immediates > 1)
        {
            aux |= (int)(op.Imm1 & 0xFF) << 8;
        }

        if (info.Immediates > 2)
        {
            imm = op.Imm2;
        }

        if (info.HasCond && !isCondition)
        {
            aux = (int)op.Cond;
        }

        // An extension that follows is done by the store of the result.
        bool extend = isCondition && op.Type == TcgType.I64;
        Temp result = op.Out0;
        if (op.Type == TcgType.I32 && CodeSelection.HasExtendedForm(op.Opcode) && IsExtendedNext(op.Out0, index))
        {
            extend = true;
            result = _context.OpAt(index + 1).Out0;
            _skipped = index + 1;
        }

        Release(op, index);
        int d = Define(result, index);
        ref Insn insn = ref Emit(CodeSelection.Select(_context, op, immediate, extend));
        insn.A = a;
        insn.B = b;
        insn.D = d;
        insn.Aux = (ushort)aux;
        insn.Imm = imm;
    }

    /// <summary>Whether the next op zero-extends <paramref name="result"/>, and is the only one that reads it.</summary>
    private bool IsExtendedNext(Temp result, int index)
    {
        return index + 1 < _context.OpCount && _context.OpAt(index + 1).Opcode == Opcode.ExtuI32I64 && _context.OpAt(index + 1).In0 == result
            && _lastUse[result.Index] == index + 1 && _slots[result.Index] == Unplaced && _context.Info(result).Kind == TempKind.Ebb;
    }

    /// <summary>setcond, negsetcond, movcond under a condition that needs no test.</summary>
    private void DecidedCondition(in Op op, int index)
    {
        bool holds = op.Cond == TcgCond.Always;
        if (op.Opcode == Opcode.Movcond)
        {
            int a = Use(holds ? op.In2 : op.In3);
            Release(op, index);
            int d = Define(op.Out0, index);
            ref Insn move = ref Emit(op.Type == TcgType.I32 ? Code.Mov32 : Code.Mov64);
            move.A = a;
            move.D = d;
            return;
        }

        Release(op, index);
        int place = Define(op.Out0, index);
        ref Insn insn = ref Emit(op.Type == TcgType.I32 ? Code.MovImm32 : Code.MovImm64);
        insn.D = place;
        insn.Imm = !holds ? 0 : op.Opcode == Opcode.Setcond ? 1 : -1;
    }

    private void TranslateBrcond(in Op op, int index)
    {
        if (op.Cond is TcgCond.Never or TcgCond.Always)
        {
            Release(op, index);
            if (op.Cond == TcgCond.Always)
            {
                EmitBranch(Code.Br, op.Label.Index);
            }

            return;
        }

        bool immediate = _context.TryConst(op.In1, out ulong constant);
        int a = Use(op.In0);
        int b = immediate ? 0 : Use(op.In1);
        Release(op, index);
        EmitBranch(CodeSelection.Select(_context, op, immediate, extend: false), op.Label.Index);
        ref Insn insn = ref _code[_count - 1];
        insn.A = a;
        insn.B = b;
        insn.Imm = (long)constant;
    }

    private void Move(in Op op, int index)
    {
        TcgType type = _context.TypeOf(op.In0);
        if (type <= TcgType.I64 && _context.TryConst(op.In0, out ulong constant))
        {
            int place = Define(op.Out0, index);
            ref Insn insn = ref Emit(type == TcgType.I32 ? Code.MovImm32 : Code.MovImm64);
            insn.D = place;
            insn.Imm = (long)constant;
            return;
        }

        int a = Use(op.In0);
        Release(op, index);
        int d = Define(op.Out0, index);
        EmitMove(type, d, a);
    }

    private void Concat(in Op op, int index)
    {
        int a = Use(op.In0);
        int b = Use(op.In1);
        Release(op, index);
        int d = Define(op.Out0, index);
        ref Insn insn = ref Emit(Code.Concat);
        insn.D = d;
        insn.A = a;
        insn.B = b;
    }

    private void Half(in Op op, int index, int offset)
    {
        int a = Use(op.In0);
        Release(op, index);
        int d = Define(op.Out0, index);
        EmitMove(TcgType.I64, d, a + offset);
    }

    private void EmitMove(TcgType type, int d, int a)
    {
        ref Insn insn = ref Emit(type switch
        {
            TcgType.I32 => Code.Mov32,
            TcgType.I64 => Code.Mov64,
            _ => Code.Mov128,
        });
        insn.D = d;
        insn.A = a;
    }

    private void Load(in Op op, int index, Code code)
    {
        int d = Destination(op.Out0, index, code is not (Code.Mov32 or Code.Mov64 or Code.Mov128));
        ref Insn insn = ref Emit(code);
        insn.D = d;
        insn.A = (int)op.Imm0;
        Settle(op.Out0, d);
    }

    private void Store(in Op op, int index)
    {
        TcgType type = _context.TypeOf(op.In0);
        bool isWord = op.Opcode == Opcode.St32 || type == TcgType.I32;
        if (op.Opcode is Opcode.St or Opcode.St32 && type <= TcgType.I64 && _context.TryConst(op.In0, out ulong constant))
        {
            ref Insn constantStore = ref Emit(isWord ? Code.MovImm32 : Code.MovImm64);
            constantStore.D = (int)op.Imm0;
            constantStore.Imm = (long)constant;
            return;
        }

        int a = Use(op.In0);
        Release(op, index);
        ref Insn insn = ref Emit(op.Opcode switch
        {
            Opcode.St8 => Code.St8,
            Opcode.St16 => Code.St16,
            Opcode.St32 => Code.Mov32,
            _ => type switch
            {
                TcgType.I32 => Code.Mov32,
                TcgType.I64 => Code.Mov64,
                _ => Code.Mov128,
            },
        });
        insn.D = (int)op.Imm0;
        insn.A = a;
    }

    private void QemuLoad(in Op op, int index)
    {
        MemOp memOp = (MemOp)op.Imm1 & ~Ignored;
        int a = Use(op.In0);
        if (_request.SoftMmuPageBits != 0 || (memOp & ~Plain) != 0 || op.Imm0 != (short)op.Imm0)
        {
            StorePc();
            Release(op, index);
            int place = Define(op.Out0, index);
            ref Insn any = ref Emit(_request.SoftMmuPageBits != 0 ? Code.SoftLd : Code.QemuLdAny);
            any.A = a;
            any.B = (int)op.Type | (ModeOf(memOp) << 8);
            any.D = place;
            any.Aux = (ushort)(_request.SoftMmuPageBits != 0 ? (MemOp)op.Imm1 : memOp);
            any.Imm = op.Imm0;
            return;
        }

        Release(op, index);
        int d = Destination(op.Out0, index, op.Type == TcgType.I32);
        ref Insn insn = ref Emit(memOp switch
        {
            MemOp.Size8 => Code.QemuLd8u,
            MemOp.Size8 | MemOp.Sign => Code.QemuLd8s,
            MemOp.Size16 => Code.QemuLd16u,
            MemOp.Size16 | MemOp.Sign => Code.QemuLd16s,
            MemOp.Size32 => Code.QemuLd32u,
            MemOp.Size32 | MemOp.Sign => Code.QemuLd32s,
            MemOp.Size64 or (MemOp.Size64 | MemOp.Sign) => Code.QemuLd64,
            _ => Code.QemuLd128,
        });
        PlainAccess(ref insn, op.Imm0, a, d);
        Settle(op.Out0, d);
    }

    private void QemuStore(in Op op, int index)
    {
        MemOp memOp = (MemOp)op.Imm1 & ~(MemOp.Sign | Ignored);
        int value = Use(op.In0);
        int a = Use(op.In1);
        if (_request.SoftMmuPageBits != 0 || (memOp & ~Plain) != 0 || op.Imm0 != (short)op.Imm0)
        {
            StorePc();
            Release(op, index);
            ref Insn any = ref Emit(_request.SoftMmuPageBits != 0 ? Code.SoftSt : Code.QemuStAny);
            any.A = a;
            any.B = ModeOf(memOp) << 8;
            any.D = value;
            any.Aux = (ushort)(_request.SoftMmuPageBits != 0 ? (MemOp)op.Imm1 & ~MemOp.Sign : memOp);
            any.Imm = op.Imm0;
            return;
        }

        Release(op, index);
        ref Insn insn = ref Emit(memOp switch
        {
            MemOp.Size8 => Code.QemuSt8,
            MemOp.Size16 => Code.QemuSt16,
            MemOp.Size32 => Code.QemuSt32,
            MemOp.Size64 => Code.QemuSt64,
            _ => Code.QemuSt128,
        });
        PlainAccess(ref insn, op.Imm0, a, value);
    }

    /// <summary>Plain accesses store the PC themselves, which costs less than an instruction.</summary>
    private void PlainAccess(ref Insn insn, long offset, int address, int value)
    {
        insn.A = address;
        insn.B = _context.PcOffset;
        insn.D = value;
        insn.Aux = (ushort)(short)offset;
        insn.Imm = (long)_pc;
    }

    private void Probe(in Op op, int index)
    {
        StorePc();
        int a = Use(op.In0);
        Release(op, index);
        ref Insn insn = ref Emit(Code.ProbeW);
        insn.A = a;
        insn.B = (int)op.Imm2;
        insn.Aux = (ushort)op.Imm1;
        insn.Imm = op.Imm0;
    }

    /// <summary>Exclusives and atomics.</summary>
    private void Ordered(in Op op, int index, Code code)
    {
        StorePc();
        int a = Use(op.In0);
        int b = op.Opcode == Opcode.QemuLdx ? (int)op.Type : Use(op.In1);
        long imm = op.Opcode == Opcode.AtomicCmpxchg ? (uint)Use(op.In2) : 0;
        imm |= ((long)(byte)op.Opcode << 32) | ((long)op.Type << 40) | ((long)ModeOf((MemOp)op.Imm0) << 48);
        Release(op, index);
        int d = Define(op.Out0, index);
        ref Insn insn = ref Emit(code);
        insn.A = a;
        insn.B = b;
        insn.D = d;
        insn.Aux = (ushort)op.Imm0;
        insn.Imm = imm;
    }

    /// <summary>The MMU mode of an access, which an instruction keeps apart from the MemOp's low half.</summary>
    private static int ModeOf(MemOp op) => (int)(op & MemOp.MmuMask) >> MemOps.MmuShift;

    private void TranslateCall(in Op op, int index)
    {
        HelperInfo helper = op.Helper!;
        int aux = helper.ArgumentCount;
        if ((helper.Flags & (HelperFlags.MayRaise | HelperFlags.Memory)) != 0)
        {
            StorePc();
        }

        if ((helper.Flags & HelperFlags.MayRaise) != 0)
        {
            aux |= 0x10;
        }

        if (op.Type == TcgType.I32)
        {
            aux |= 8;
        }

        Span<int> places = stackalloc int[5];
        for (int i = 0; i < helper.ArgumentCount; i++)
        {
            Temp argument = op.In(i);
            places[i] = Use(argument);
            if (_context.TypeOf(argument) == TcgType.I32)
            {
                aux |= 0x100 << i;
            }
        }

        Release(op, index);
        int d = Define(op.Out0, index);
        ref Insn insn = ref Emit(Code.Call);
        insn.Aux = (ushort)aux;
        insn.D = d;
        insn.A = places[0];
        insn.B = places[1];
        insn.Imm = helper.Pointer;
        ref Insn rest = ref Emit(Code.Exit);
        rest.D = places[2];
        rest.A = places[3];
        rest.B = places[4];
    }

    /// <summary>Where an instruction writes: the output's place, or the scratch slot when it writes 8 bytes and the output is a 4-byte guest register.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private int Destination(Temp temp, int index, bool writes64) =>
        writes64 && IsNarrowGlobal(temp) ? ScratchOffset : Define(temp, index);

    /// <summary>Moves the result from the scratch slot to the guest register that <see cref="Destination"/> set aside.</summary>
    private void Settle(Temp temp, int written)
    {
        if (written == ScratchOffset && IsNarrowGlobal(temp))
        {
            EmitMove(TcgType.I32, _context.Info(temp).Offset, ScratchOffset);
        }
    }

    private bool IsNarrowGlobal(Temp temp)
    {
        if (!temp.IsValid)
        {
            return false;
        }

        ref readonly TempInfo info = ref _context.Info(temp);
        return info.Kind == TempKind.Global && info.Type == TcgType.I32;
    }
}
