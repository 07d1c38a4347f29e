using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Halves of vectors: taken from what was joined, and the low half by itself, which is what 64-bit vector instructions leave.</summary>
public sealed partial class Optimizer
{
    /// <summary>Half of a vector that was joined from halves, or whose high half was cleared.</summary>
    private void SimplifyHalf(ref Op op)
    {
        Value value = _values[ValueOf(op.In0)];
        bool isLow = op.Opcode == Opcode.LoV128I64;
        if (value.Opcode == Opcode.ConcatI64V128)
        {
            if (TryRead(isLow ? value.In0 : value.In1, out Temp half))
            {
                BecomeMove(ref op, half);
            }
        }
        else if (IsLowHalf(value))
        {
            if (!isLow)
            {
                BecomeConst(ref op, 0);
            }
            else if (TryRead(value.In0, out Temp whole))
            {
                op.In0 = whole;
            }
        }
    }

    /// <summary>The low half of a vector joined with 0: the vector under a mask, which stays in a vector register.</summary>
    private void SimplifyConcat(ref Op op)
    {
        if (!IsConst(op.In1, out ulong high) || high != 0)
        {
            return;
        }

        Value low = _values[ValueOf(op.In0)];
        if (low.Opcode != Opcode.LoV128I64 || !TryRead(low.In0, out Temp whole))
        {
            return;
        }

        if (IsLowHalf(_values[low.In0]))
        {
            BecomeMove(ref op, whole);
            op.Type = TcgType.V128;
            return;
        }

        op.Opcode = Opcode.AndVec;
        op.Type = TcgType.V128;
        op.Vece = 3;
        op.In0 = whole;
        op.In1 = _context.ConstV128(ulong.MaxValue, 0);
        TryReuse(ref op);
    }

    private bool IsLowHalf(in Value value) =>
        value.Opcode == Opcode.AndVec && TryRead(value.In1, out Temp mask) && _context.IsConst(mask)
        && _context.Info(mask).Value == ulong.MaxValue && _context.Info(mask).ValueHigh == 0;
}
