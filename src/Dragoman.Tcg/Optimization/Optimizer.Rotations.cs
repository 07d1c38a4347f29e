using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Rotations that a guest without such instructions makes of two shifts and an <c>or</c>. One of the whole width becomes <c>rotr</c> where it stands. One of 32 bits
/// in 64 leaves other bits above, so it becomes a rotation only where nobody looks at those: the forward pass marks it, the backward pass knows whether
/// it holds, and both run once more with room for the ops.
/// </summary>
public sealed partial class Optimizer
{
    // Ops that a rotation of 32 bits takes more than the or.
    private const int RotationRoom = 2;

    // Of the first forward pass: it marks. The second rewrites what is marked.
    private bool _marksRotations;

    // Marked, and the bits above are not looked at.
    private int _narrowRotations;

    /// <summary>The mark of an <c>or</c> whose low half is that of a value turned right: by how much. 0 for all others, and for those that are done.</summary>
    private static ref long NarrowRotation(ref Op op) => ref op.Imm0;

    /// <summary>Makes a rotation of <paramref name="op"/>, an <c>or</c>, or marks it.</summary>
    private void FindRotation(ref Op op)
    {
        int width = op.Type == TcgType.I32 ? 32 : 64;
        if (TryRotation(op, width, out int value, out int count) && TryFind(value, out Temp turned))
        {
            op.Opcode = Opcode.Rotr;
            op.In0 = turned;
            op.In1 = _context.Const(op.Type, (ulong)count);
        }
        else if (_marksRotations && width == 64 && TryRotation(op, 32, out _, out count))
        {
            NarrowRotation(ref op) = count;
        }
    }

    /// <summary>
    /// Whether the low <paramref name="width"/> bits of an <c>or</c> are those of <paramref name="value"/> turned right by <paramref name="count"/>: with a value that holds those of both shifts' inputs.
    /// </summary>
    private bool TryRotation(in Op op, int width, out int value, out int count)
    {
        Value left = _values[ValueOf(op.In0)];
        Value right = _values[ValueOf(op.In1)];
        if (left.Opcode == Opcode.Shr)
        {
            (left, right) = (right, left);
        }

        value = left.In0;
        count = 0;
        if (left.Opcode != Opcode.Shl || right.Opcode != Opcode.Shr || !IsConst(left.In1, out ulong up) || !IsConst(right.In1, out ulong down)
            || up + down != (ulong)width || up == 0 || down == 0 || (_values[right.In0].Bits & ~BitMath.Ones64(width)) != 0)
        {
            return false;
        }

        count = (int)down;
        return width == 64 || left.Type == TcgType.I32 ? left.In0 == right.In0 : LowHalf(left.In0) == LowHalf(right.In0);
    }

    // The value that those are made of which only differ in the bits above the lower 32.
    private int LowHalf(int value)
    {
        while (true)
        {
            Value made = _values[value];
            bool keepsLow = made.Opcode switch
            {
                Opcode.And => IsConst(made.In1, out ulong mask) && (uint)mask == uint.MaxValue,
                Opcode.Extract or Opcode.Sextract => made.Imm0 == 0 && made.Imm1 >= 32,
                Opcode.ExtI32I64 or Opcode.ExtuI32I64 or Opcode.ExtrlI64I32 => true,
                _ => false,
            };
            if (!keepsLow)
            {
                return value;
            }

            value = made.In0;
        }
    }

    // Any guest register that holds the value will do: the shifts may have gone over the one that it was last seen in.
    private bool TryFind(int value, out Temp temp)
    {
        bool found = TryRead(value, out temp);
        for (int i = 0; i < _context.Globals.Count && !found; i++)
        {
            temp = _context.Global(i);
            found = Holds(temp, value);
        }

        return found;
    }

    /// <summary>Keeps the mark of <paramref name="op"/> only where no more than the lower 32 bits of its result are demanded.</summary>
    private void KeepRotation(ref Op op)
    {
        if (op.Opcode == Opcode.Or && NarrowRotation(ref op) != 0)
        {
            bool isNarrow = _demand[op.Out0.Index] <= uint.MaxValue;
            NarrowRotation(ref op) = isNarrow ? NarrowRotation(ref op) : 0;
            _narrowRotations += isNarrow ? 1 : 0;
        }
    }

    /// <summary>Both passes again, with room before each op that is marked.</summary>
    private void MakeNarrowRotations()
    {
        Op[] ops = _context.Ops.ToArray();
        _context.Truncate(0);
        for (int i = 0; i < ops.Length; i++)
        {
            for (int k = 0; k < RotationRoom && ops[i].Opcode == Opcode.Or && NarrowRotation(ref ops[i]) != 0; k++)
            {
                _context.Append(Opcode.Nop, TcgType.I64);
            }

            _context.Append(ops[i]);
        }

        _marksRotations = false;
        Forward();
        Backward();
        Compact();
    }

    /// <summary>Of the second forward pass: the op at <paramref name="index"/>, if it is marked, becomes the rotation of a low half, with the room before it.</summary>
    private void MakeNarrowRotation(int index)
    {
        ref Op op = ref _context.OpAt(index);
        if (op.Opcode != Opcode.Or || NarrowRotation(ref op) == 0)
        {
            return;
        }

        NarrowRotation(ref op) = 0;
        if (!TryRotation(op, 32, out int value, out int count))
        {
            return;
        }

        if (!TryFind(LowHalf(value), out Temp whole) && !TryFind(value, out whole))
        {
            return;
        }

        Temp half = _context.NewEbbTemp(TcgType.I32);
        Temp turned = _context.NewEbbTemp(TcgType.I32);
        _context.OpAt(index - 2) = new Op { Opcode = _context.TypeOf(whole) == TcgType.I32 ? Opcode.Mov : Opcode.ExtrlI64I32, Type = TcgType.I32, Out0 = half, In0 = whole };
        Step(ref _context.OpAt(index - 2), index - 2);
        _context.OpAt(index - 1) = new Op
        {
            Opcode = Opcode.Rotr, Type = TcgType.I32, Out0 = turned, In0 = Best(half), In1 = _context.Const(TcgType.I32, (ulong)count),
        };
        Step(ref _context.OpAt(index - 1), index - 1);
        op = new Op { Opcode = Opcode.ExtuI32I64, Type = TcgType.I64, Out0 = op.Out0, In0 = turned };
    }
}
