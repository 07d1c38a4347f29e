using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>The forward pass.</summary>
public sealed partial class Optimizer
{
    private int _lastBarrier;

    private void Forward()
    {
        ForgetValues();
        _lastBarrier = -1;
        bool unreachable = false;
        int count = _context.OpCount;
        for (int i = 0; i < count; i++)
        {
            // Not held across calls that may make constants: the ops array itself does not move, since nothing is appended.
            ref Op op = ref _context.OpAt(i);
            if (op.Opcode == Opcode.SetLabel)
            {
                unreachable = false;
                _lastBarrier = -1;
                ForgetValues();
                continue;
            }

            if (unreachable)
            {
                Remove(ref op);
                continue;
            }

            int inputs = op.InputCount;
            for (int k = 0; k < inputs; k++)
            {
                op.SetIn(k, Best(op.In(k)));
            }

            if (!_marksRotations)
            {
                MakeNarrowRotation(i);
            }

            Step(ref op, i);
            unreachable = op.Opcode != Opcode.Nop && OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }
    }

    private void Step(ref Op op, int index)
    {
        OpInfo info = OpInfo.Of(op.Opcode);
        if (info.Any(OpFlags.ReadsMemory | OpFlags.WritesMemory) || op.Opcode == Opcode.Call)
        {
            _lastBarrier = -1;
        }

        switch (op.Opcode)
        {
            case Opcode.Mov:
                break;
            case Opcode.Discard:
                NewValue(op.Out0);
                return;
            case Opcode.Brcond:
                SimplifyBranch(ref op);
                return;
            case Opcode.Mb:
                MergeBarrier(ref op, index);
                return;
            case Opcode.QemuLd:
                FoldOffset(ref op.In0, ref op.Imm0);
                break;
            case Opcode.QemuSt:
                FoldOffset(ref op.In1, ref op.Imm0);
                return;
            case Opcode.ProbeW:
                FoldOffset(ref op.In0, ref op.Imm0);
                return;
            case Opcode.St or Opcode.St8 or Opcode.St16 or Opcode.St32:
                StoreToBlock(op);
                return;
            case Opcode.Ld or Opcode.Ld8u or Opcode.Ld8s or Opcode.Ld16u or Opcode.Ld16s or Opcode.Ld32u or Opcode.Ld32s:
                LoadFromBlock(ref op);
                break;
            case Opcode.Call:
                Call(op);
                return;
            default:
                if (info.Has(OpFlags.Semantic) || info.Has(OpFlags.Lanes))
                {
                    Simplify(ref op);
                }
                else if (op.Opcode is Opcode.LoV128I64 or Opcode.HiV128I64)
                {
                    SplitOfConcat(ref op, high: op.Opcode == Opcode.HiV128I64);
                }

                break;
        }

        if (!op.Out0.IsValid)
        {
            return;
        }

        if (op.Opcode == Opcode.Mov)
        {
            if (op.Out0 == op.In0)
            {
                Remove(ref op);
                return;
            }

            CopyValue(op.Out0, op.In0);
            return;
        }

        Define(op);
    }

    /// <summary>Records the value that <paramref name="op"/> makes.</summary>
    private void Define(in Op op)
    {
        int inputs = op.InputCount;
        int in0 = inputs > 0 ? ValueOf(op.In0) : -1;
        int in1 = inputs > 1 ? ValueOf(op.In1) : -1;
        ulong bits = KnownBits(op);
        int signBits = _context.TypeOf(op.Out0) <= TcgType.I64 ? SignBitsOf(op) : 1;
        int value = NewValue(op.Out0);
        ref Value made = ref _values[value];
        made.Bits &= bits;
        if (made.Bits == 0 && made.Type <= TcgType.I64)
        {
            made.IsConst = true;
        }

        made.SignBits = signBits;
        made.Opcode = op.Opcode;
        made.Cond = op.Cond;
        made.In0 = in0;
        made.In1 = in1;
        made.Imm0 = op.Imm0;
        made.Imm1 = op.Imm1;
        made.Vece = op.Vece;
        made.InputType = inputs > 0 ? _context.TypeOf(op.In0) : made.Type;
        if (IsReusable(op))
        {
            _reuse[ReuseSlot(op.Opcode, in0, in1, op.Imm0)] = value;
        }

        RememberBlockLoad(op, value);
    }

    private void Call(in Op op)
    {
        if ((op.Helper!.Flags & HelperFlags.WritesState) != 0)
        {
            for (int i = 0; i < _context.Globals.Count; i++)
            {
                NewValue(_context.Global(i));
            }

            _blockEntryCount = 0;
        }

        NewValue(op.Out0);
    }

    /// <summary>Barriers with no access between them are one.</summary>
    private void MergeBarrier(ref Op op, int index)
    {
        if (op.Imm0 == 0)
        {
            Remove(ref op);
            return;
        }

        if (_lastBarrier >= 0)
        {
            _context.OpAt(_lastBarrier).Imm0 |= op.Imm0;
            Remove(ref op);
            return;
        }

        _lastBarrier = index;
    }

    /// <summary>An address that is a register plus a constant becomes the register, the constant part of the access.</summary>
    private void FoldOffset(ref Temp address, ref long offset)
    {
        const long Reach = 32 * 1024;
        while (true)
        {
            ref Value value = ref _values[ValueOf(address)];
            if (value.Opcode != Opcode.Add || !IsConst(value.In1, out ulong constant))
            {
                return;
            }

            long total = offset + (long)constant;
            if (total is < -Reach or > Reach || (long)constant is < -2 * Reach or > 2 * Reach || !TryRead(value.In0, out Temp @base))
            {
                return;
            }

            address = @base;
            offset = total;
        }
    }

    /// <summary>Half of a vector that was joined from halves.</summary>
    private void SplitOfConcat(ref Op op, bool high)
    {
        Value value = _values[ValueOf(op.In0)];
        if (value.Opcode == Opcode.ConcatI64V128 && TryRead(high ? value.In1 : value.In0, out Temp half))
        {
            BecomeMove(ref op, half);
        }
    }

    /// <summary>A lane that is the lower or upper half of a half that a vector was joined from, or all that is known to be set there.</summary>
    private void LaneOfConcat(ref Op op)
    {
        Value value = _values[ValueOf(op.In0)];
        int lanes = 8 >> op.Vece;
        int lane = (int)op.Imm0 % lanes;
        if (value.Opcode != Opcode.ConcatI64V128 || !TryRead(op.Imm0 < lanes ? value.In0 : value.In1, out Temp half))
        {
            return;
        }

        ulong laneBits = ulong.MaxValue >> (64 - (8 << op.Vece));
        bool isUpper = op.Vece == 2 && lane == 1;
        if (isUpper || (lane == 0 && (uint)_values[ValueOf(half)].Bits <= laneBits))
        {
            op = new Op { Opcode = isUpper ? Opcode.ExtrhI64I32 : Opcode.ExtrlI64I32, Type = TcgType.I32, Out0 = op.Out0, In0 = half };
            Simplify(ref op);
        }
    }

    private static void BecomeMove(ref Op op, Temp source)
    {
        TcgType type = op.Type;
        Temp destination = op.Out0;
        op = default;
        op.Opcode = Opcode.Mov;
        op.Type = type;
        op.Out0 = destination;
        op.In0 = source;
    }

    private void BecomeConst(ref Op op, ulong constant)
    {
        TcgType type = _context.TypeOf(op.Out0);
        BecomeMove(ref op, _context.Const(type, constant));
        op.Type = type;
    }
}
