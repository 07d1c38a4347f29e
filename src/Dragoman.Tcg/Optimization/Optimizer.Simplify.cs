using System.Numerics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Folding and algebra of ops that the op table defines.</summary>
public sealed partial class Optimizer
{
    private void Simplify(ref Op op)
    {
        OpInfo info = OpInfo.Of(op.Opcode);
        if (ConstantFolder.TryFold(_context, op, out ulong folded))
        {
            BecomeConst(ref op, folded);
            return;
        }

        if (info.Has(OpFlags.Lanes))
        {
            if (op.Opcode == Opcode.LaneGet && op.Vece == 3 && op.Type == TcgType.I64)
            {
                SplitOfConcat(ref op, high: op.Imm0 != 0);
            }
            else if (op.Opcode == Opcode.LaneGet && op.Type == TcgType.I32)
            {
                LaneOfConcat(ref op);
            }
            else if (op.Opcode == Opcode.XorVec && ValueOf(op.In0) == ValueOf(op.In1))
            {
                BecomeMove(ref op, _context.ConstV128(0, 0));
            }

            TryReuse(ref op);
            return;
        }

        if (info.Has(OpFlags.Commutes) && _context.IsConst(op.In0) && !_context.IsConst(op.In1))
        {
            (op.In0, op.In1) = (op.In1, op.In0);
        }

        ulong mask = TypeMask(op.Type);
        bool hasRight = info.Inputs == 2 && IsConst(op.In1, out ulong _);
        ulong right = hasRight ? _values[ValueOf(op.In1)].Bits : 0;
        bool same = info.Inputs == 2 && ValueOf(op.In0) == ValueOf(op.In1);
        switch (op.Opcode)
        {
            case Opcode.Add:
                SimplifyAdd(ref op, hasRight, right);
                break;
            case Opcode.Sub when same:
                BecomeConst(ref op, 0);
                break;
            case Opcode.Sub when hasRight:
                op.Opcode = Opcode.Add;
                op.In1 = _context.Const(op.Type, (0 - right) & mask);
                SimplifyAdd(ref op, true, (0 - right) & mask);
                break;
            case Opcode.Sub when IsConst(op.In0, out ulong left) && left == 0:
                op.Opcode = Opcode.Neg;
                op.In0 = op.In1;
                op.In1 = default;
                break;
            case Opcode.Mul when hasRight && right == 0:
                BecomeConst(ref op, 0);
                break;
            case Opcode.Mul when hasRight && BitOperations.IsPow2(right):
                op.Opcode = Opcode.Shl;
                op.In1 = _context.Const(op.Type, (ulong)BitOperations.TrailingZeroCount(right));
                SimplifyShift(ref op, (ulong)BitOperations.TrailingZeroCount(right));
                break;
            case Opcode.Divu when hasRight && BitOperations.IsPow2(right):
                op.Opcode = Opcode.Shr;
                op.In1 = _context.Const(op.Type, (ulong)BitOperations.TrailingZeroCount(right));
                SimplifyShift(ref op, (ulong)BitOperations.TrailingZeroCount(right));
                break;
            case Opcode.Divs when hasRight && right == 1:
                BecomeMove(ref op, op.In0);
                break;
            case Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Andc or Opcode.Orc or Opcode.Eqv or Opcode.Nand or Opcode.Nor:
                SimplifyLogic(ref op, hasRight, right, same, mask);
                if (op.Opcode == Opcode.Or)
                {
                    FindRotation(ref op);
                }

                break;
            case Opcode.Shl or Opcode.Shr or Opcode.Sar when hasRight:
                SimplifyShift(ref op, right);
                break;
            case Opcode.Shl or Opcode.Shr or Opcode.Sar:
                op.HasCountInRange = _values[ValueOf(op.In1)].Bits < (op.Type == TcgType.I32 ? 32u : 64u);
                break;
            case Opcode.Rotl or Opcode.Rotr when hasRight && (right & (op.Type == TcgType.I32 ? 31u : 63u)) == 0:
                BecomeMove(ref op, op.In0);
                break;
            case Opcode.Extract or Opcode.Sextract or Opcode.Deposit or Opcode.Extract2:
                SimplifyField(ref op);
                break;
            case Opcode.ExtI32I64 or Opcode.ExtuI32I64 or Opcode.ExtrlI64I32:
                SimplifySize(ref op);
                break;
            case Opcode.Bswap16 or Opcode.Bswap32 or Opcode.Neg or Opcode.Not:
                SimplifyInvolution(ref op);
                break;
            case Opcode.Setcond or Opcode.Negsetcond or Opcode.Movcond:
                SimplifySelect(ref op);
                break;
            case Opcode.Addcarry when IsConst(op.In1, out ulong second) && second == 0 && IsConst(op.In2, out ulong carry) && carry == 0:
                BecomeConst(ref op, 0);
                break;
        }

        TryReuse(ref op);

        // Whatever the op, bits that cannot be 1 make a constant of it.
        if (op.Opcode != Opcode.Mov && op.Out0.IsValid && _context.TypeOf(op.Out0) <= TcgType.I64 && (KnownBits(op) & TypeMask(_context.TypeOf(op.Out0))) == 0)
        {
            BecomeConst(ref op, 0);
        }
    }

    private void SimplifyAdd(ref Op op, bool hasRight, ulong right)
    {
        if (!hasRight)
        {
            return;
        }

        if (right == 0)
        {
            BecomeMove(ref op, op.In0);
            return;
        }

        Value value = _values[ValueOf(op.In0)];
        if (value.Opcode == Opcode.Add && IsConst(value.In1, out ulong inner) && TryRead(value.In0, out Temp @base))
        {
            ulong sum = (inner + right) & TypeMask(op.Type);
            op.In0 = @base;
            op.In1 = _context.Const(op.Type, sum);
            if (sum == 0)
            {
                BecomeMove(ref op, @base);
            }
        }
    }

    private void SimplifyLogic(ref Op op, bool hasRight, ulong right, bool same, ulong mask)
    {
        if (same)
        {
            switch (op.Opcode)
            {
                case Opcode.And or Opcode.Or:
                    BecomeMove(ref op, op.In0);
                    return;
                case Opcode.Xor or Opcode.Andc:
                    BecomeConst(ref op, 0);
                    return;
                case Opcode.Orc or Opcode.Eqv:
                    BecomeConst(ref op, mask);
                    return;
            }

            return;
        }

        if (!hasRight)
        {
            return;
        }

        switch (op.Opcode)
        {
            case Opcode.Andc or Opcode.Orc:
                // The constant can be complemented here and now.
                right = ~right & mask;
                op.Opcode = op.Opcode == Opcode.Andc ? Opcode.And : Opcode.Or;
                op.In1 = _context.Const(op.Type, right);
                break;
            case Opcode.Eqv:
                right = ~right & mask;
                op.Opcode = Opcode.Xor;
                op.In1 = _context.Const(op.Type, right);
                break;
        }

        ulong left = _values[ValueOf(op.In0)].Bits;
        switch (op.Opcode)
        {
            case Opcode.And when (left & ~right) == 0:
            case Opcode.Or when right == 0:
            case Opcode.Xor when right == 0:
                BecomeMove(ref op, op.In0);
                break;
            case Opcode.And when (left & right) == 0:
                BecomeConst(ref op, 0);
                break;
            case Opcode.Or when right == mask:
                BecomeConst(ref op, mask);
                break;
            case Opcode.Xor when right == mask:
                op.Opcode = Opcode.Not;
                op.In1 = default;
                break;
            case Opcode.Xor when right == 1:
                InvertCondition(ref op);
                break;
            case Opcode.And:
                Value inner = _values[ValueOf(op.In0)];
                if (inner.Opcode == Opcode.And && IsConst(inner.In1, out ulong innerMask) && TryRead(inner.In0, out Temp source))
                {
                    op.In0 = source;
                    op.In1 = _context.Const(op.Type, innerMask & right);
                }

                break;
        }
    }

    /// <summary><c>setcond ^ 1</c> is the inverse condition.</summary>
    private void InvertCondition(ref Op op)
    {
        Value value = _values[ValueOf(op.In0)];
        if (value.Opcode == Opcode.Setcond && TryRead(value.In0, out Temp a) && TryRead(value.In1, out Temp b))
        {
            op.Opcode = Opcode.Setcond;
            op.Cond = value.Cond.Invert();
            op.In0 = a;
            op.In1 = b;
        }
    }

    private void SimplifyShift(ref Op op, ulong count)
    {
        ulong width = op.Type == TcgType.I32 ? 32u : 64u;
        if (count == 0)
        {
            BecomeMove(ref op, op.In0);
        }
        else if (count >= width && op.Opcode != Opcode.Sar)
        {
            BecomeConst(ref op, 0);
        }
        else if (op.Opcode == Opcode.Sar && _values[ValueOf(op.In0)].Bits >> (int)(width - 1) == 0)
        {
            op.Opcode = Opcode.Shr;
            SimplifyShift(ref op, count);
        }
    }

    private void SimplifyField(ref Op op)
    {
        int width = op.Type == TcgType.I32 ? 32 : 64;
        int pos = (int)op.Imm0;
        int len = (int)op.Imm1;
        ulong bits = _values[ValueOf(op.In0)].Bits;
        switch (op.Opcode)
        {
            case Opcode.Extract when pos == 0 && (bits & ~BitMath.Ones64(len)) == 0:
            case Opcode.Sextract when pos == 0 && (len == width || SignBits(ValueOf(op.In0)) > width - len):
                BecomeMove(ref op, op.In0);
                break;
            case Opcode.Sextract when pos + len == width && pos != 0 && (bits >> (width - 1)) == 0:
                op.Opcode = Opcode.Extract;
                break;
            case Opcode.Extract when pos + len < width && (bits & (ulong.MaxValue << (pos + len))) == 0 && pos != 0:
            case Opcode.Extract when pos + len == width && pos != 0:
                op.Opcode = Opcode.Shr;
                op.In1 = _context.Const(op.Type, (ulong)pos);
                op.Imm0 = 0;
                op.Imm1 = 0;
                break;
            case Opcode.Deposit when pos == 0 && len == width:
                BecomeMove(ref op, op.In1);
                break;
            case Opcode.Deposit when pos == 0 && IsConst(op.In0, out ulong under) && under == 0:
                op.Opcode = Opcode.Extract;
                op.In0 = op.In1;
                op.In1 = default;
                SimplifyField(ref op);
                break;
            case Opcode.Deposit when IsConst(op.In1, out ulong over) && (over & BitMath.Ones64(len)) == 0:
                op.Opcode = Opcode.And;
                op.In1 = _context.Const(op.Type, ~(BitMath.Ones64(len) << pos));
                op.Imm0 = 0;
                op.Imm1 = 0;
                break;
            case Opcode.Extract2 when pos == 0:
                BecomeMove(ref op, op.In0);
                break;
            case Opcode.Extract2 when pos == width:
                BecomeMove(ref op, op.In1);
                break;
        }
    }

    private void SimplifySize(ref Op op)
    {
        Value value = _values[ValueOf(op.In0)];
        switch (op.Opcode)
        {
            case Opcode.ExtrlI64I32 when value.Opcode is Opcode.ExtI32I64 or Opcode.ExtuI32I64 && TryRead(value.In0, out Temp narrow):
                BecomeMove(ref op, narrow);
                op.Type = TcgType.I32;
                break;
            case Opcode.ExtrlI64I32 when value.Opcode == Opcode.Shr && IsConst(value.In1, out ulong count) && count == 63 && TryRead(value.In0, out Temp signed):
                // The sign bit as a flag.
                op.Opcode = Opcode.Setcond;
                op.Cond = TcgCond.Lt;
                op.In0 = signed;
                op.In1 = _context.Const(TcgType.I64, 0UL);
                break;
            case Opcode.ExtrlI64I32 when value.Opcode == Opcode.Extract && value.Imm0 == 0 && value.Imm1 >= 32 && TryRead(value.In0, out Temp whole):
                op.In0 = whole;
                break;
            case Opcode.ExtuI32I64 when value.Opcode == Opcode.ExtrlI64I32 && TryRead(value.In0, out Temp wide):
                op.Opcode = Opcode.Extract;
                op.Type = TcgType.I64;
                op.In0 = wide;
                op.Imm0 = 0;
                op.Imm1 = 32;
                SimplifyField(ref op);
                break;
            case Opcode.ExtI32I64 when value.Opcode == Opcode.ExtrlI64I32 && TryRead(value.In0, out Temp wide):
                op.Opcode = Opcode.Sextract;
                op.Type = TcgType.I64;
                op.In0 = wide;
                op.Imm0 = 0;
                op.Imm1 = 32;
                SimplifyField(ref op);
                break;
            case Opcode.ExtI32I64 when value.Bits >> 31 == 0:
                op.Opcode = Opcode.ExtuI32I64;
                break;
        }
    }

    /// <summary>An op that undoes itself.</summary>
    private void SimplifyInvolution(ref Op op)
    {
        Value value = _values[ValueOf(op.In0)];
        if (value.Opcode != op.Opcode || !TryRead(value.In0, out Temp source))
        {
            return;
        }

        ulong bits = _values[ValueOf(source)].Bits;
        if (op.Opcode is Opcode.Neg or Opcode.Not
            || (op.Opcode == Opcode.Bswap16 && bits <= 0xFFFF)
            || (op.Opcode == Opcode.Bswap32 && bits <= 0xFFFFFFFF))
        {
            BecomeMove(ref op, source);
        }
    }

    private void SimplifySelect(ref Op op)
    {
        // A test of what is 0 or 1 already is that value; following it to its own condition would compute it again.
        if (op.Opcode == Opcode.Setcond && op.Cond == TcgCond.Ne && IsConst(op.In1, out ulong zero) && zero == 0
            && _values[ValueOf(op.In0)].Bits <= 1 && _context.TypeOf(op.In0) == op.Type)
        {
            BecomeMove(ref op, op.In0);
            return;
        }

        SimplifyCondition(ref op.Cond, ref op.In0, ref op.In1);
        bool decided = op.Cond is TcgCond.Never or TcgCond.Always;
        bool holds = op.Cond == TcgCond.Always;
        switch (op.Opcode)
        {
            case Opcode.Movcond when decided || ValueOf(op.In2) == ValueOf(op.In3):
                BecomeMove(ref op, decided && !holds ? op.In3 : op.In2);
                break;
            case Opcode.Movcond when IsConst(op.In2, out ulong whenTrue) && IsConst(op.In3, out ulong whenFalse):
                ulong mask = TypeMask(op.Type);
                bool inverted = whenTrue == 0;
                ulong value = inverted ? whenFalse : whenTrue;
                if ((inverted || whenFalse == 0) && (value == 1 || value == mask))
                {
                    op.Opcode = value == 1 ? Opcode.Setcond : Opcode.Negsetcond;
                    op.Cond = inverted ? op.Cond.Invert() : op.Cond;
                    op.In2 = default;
                    op.In3 = default;
                }

                break;
            case Opcode.Setcond when decided:
                BecomeConst(ref op, holds ? 1u : 0u);
                break;
            case Opcode.Negsetcond when decided:
                BecomeConst(ref op, holds ? ulong.MaxValue : 0u);
                break;
        }
    }
}
