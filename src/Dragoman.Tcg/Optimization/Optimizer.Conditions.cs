using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Conditions: decided ones, simpler ones, and a test of a condition's result, which is the condition itself.</summary>
public sealed partial class Optimizer
{
    private void SimplifyBranch(ref Op op)
    {
        SimplifyCondition(ref op.Cond, ref op.In0, ref op.In1);
        op.Type = _context.TypeOf(op.In0);
        if (op.Cond == TcgCond.Never)
        {
            Remove(ref op);
        }
        else if (op.Cond == TcgCond.Always)
        {
            Label label = op.Label;
            op = default;
            op.Opcode = Opcode.Br;
            op.Type = TcgType.I64;
            op.Label = label;
        }
    }

    private void SimplifyCondition(ref TcgCond cond, ref Temp a, ref Temp b)
    {
        // Each round follows one definition back; chains of more than a few do not occur.
        for (int round = 0; round < 8; round++)
        {
            if (!SimplifyOnce(ref cond, ref a, ref b))
            {
                return;
            }
        }
    }

    private bool SimplifyOnce(ref TcgCond cond, ref Temp a, ref Temp b)
    {
        if (cond is TcgCond.Never or TcgCond.Always)
        {
            return false;
        }

        int left = ValueOf(a);
        int right = ValueOf(b);
        bool wide = _context.TypeOf(a) == TcgType.I64;
        if (IsConst(left, out ulong x))
        {
            if (IsConst(right, out ulong y))
            {
                bool holds = wide ? TcgConditions.Test(cond, x, y) : TcgConditions.Test(cond, (uint)x, (uint)y);
                return Decide(ref cond, holds);
            }

            (a, b) = (b, a);
            cond = cond.Swap();
            return true;
        }

        if (left == right)
        {
            switch (cond)
            {
                case TcgCond.TstEq or TcgCond.TstNe:
                    cond = cond == TcgCond.TstEq ? TcgCond.Eq : TcgCond.Ne;
                    b = _context.Const(_context.TypeOf(a), 0UL);
                    return true;
                default:
                    return Decide(ref cond, cond is TcgCond.Eq or TcgCond.Ge or TcgCond.Le or TcgCond.Geu or TcgCond.Leu);
            }
        }

        return IsConst(right, out ulong constant) && SimplifyAgainst(ref cond, ref a, ref b, left, constant, wide);
    }

    private bool SimplifyAgainst(ref TcgCond cond, ref Temp a, ref Temp b, int left, ulong constant, bool wide)
    {
        Value value = _values[left];
        ulong mask = wide ? ulong.MaxValue : uint.MaxValue;
        TcgType type = wide ? TcgType.I64 : TcgType.I32;
        bool isPositive = (value.Bits & (wide ? 1UL << 63 : 1UL << 31)) == 0;
        switch (cond)
        {
            case TcgCond.TstEq or TcgCond.TstNe when (value.Bits & constant) == 0:
                return Decide(ref cond, cond == TcgCond.TstEq);
            case TcgCond.TstEq or TcgCond.TstNe when (value.Bits & ~constant & mask) == 0:
                cond = cond == TcgCond.TstEq ? TcgCond.Eq : TcgCond.Ne;
                b = _context.Const(type, 0UL);
                return true;
            case TcgCond.Ltu when constant == 0:
                return Decide(ref cond, false);
            case TcgCond.Geu when constant == 0:
                return Decide(ref cond, true);
            case TcgCond.Leu or TcgCond.Gtu when constant == 0:
                cond = cond == TcgCond.Leu ? TcgCond.Eq : TcgCond.Ne;
                return true;
            case TcgCond.Ltu or TcgCond.Geu when constant == 1:
                cond = cond == TcgCond.Ltu ? TcgCond.Eq : TcgCond.Ne;
                b = _context.Const(type, 0UL);
                return true;
            case TcgCond.Ltu or TcgCond.Geu when constant > value.Bits:
                return Decide(ref cond, cond == TcgCond.Ltu);
            case TcgCond.Lt or TcgCond.Ge when constant == 0 && isPositive:
                return Decide(ref cond, cond == TcgCond.Ge);
            case TcgCond.Eq or TcgCond.Ne when (constant & ~value.Bits) != 0:
                return Decide(ref cond, cond == TcgCond.Ne);
            case TcgCond.Eq or TcgCond.Ne when constant == 1 && value.Bits == 1:
                cond = cond.Invert();
                b = _context.Const(type, 0UL);
                return true;
            case TcgCond.Eq or TcgCond.Ne when constant == 0:
                return FollowZeroTest(ref cond, ref a, ref b, value, type);
            default:
                return false;
        }
    }

    /// <summary>a == 0 or a != 0, by what made a.</summary>
    private bool FollowZeroTest(ref TcgCond cond, ref Temp a, ref Temp b, in Value value, TcgType type)
    {
        if (!TryRead(value.In0, out Temp in0))
        {
            return false;
        }

        bool hasIn1 = TryRead(value.In1, out Temp in1);
        switch (value.Opcode)
        {
            case Opcode.Setcond or Opcode.Negsetcond when hasIn1:
                cond = cond == TcgCond.Ne ? value.Cond : value.Cond.Invert();
                a = in0;
                b = in1;
                return true;
            case Opcode.And when hasIn1:
                cond = cond == TcgCond.Ne ? TcgCond.TstNe : TcgCond.TstEq;
                a = in0;
                b = in1;
                return true;
            case Opcode.Xor or Opcode.Sub when hasIn1:
                a = in0;
                b = in1;
                return true;
            case Opcode.Add when IsConst(value.In1, out ulong addend):
                a = in0;
                b = _context.Const(type, 0 - addend);
                return true;
            case Opcode.Extract:
                cond = cond == TcgCond.Ne ? TcgCond.TstNe : TcgCond.TstEq;
                a = in0;
                b = _context.Const(type, BitMath.Ones64((int)value.Imm1) << (int)value.Imm0);
                return true;
            case Opcode.ExtI32I64 or Opcode.ExtuI32I64:
                a = in0;
                b = _context.Const(TcgType.I32, 0UL);
                return true;
            case Opcode.ExtrlI64I32 when _values[ValueOf(in0)].Bits <= uint.MaxValue:
                a = in0;
                b = _context.Const(TcgType.I64, 0UL);
                return true;
            case Opcode.Neg:
                a = in0;
                return true;
            default:
                return false;
        }
    }

    private static bool Decide(ref TcgCond cond, bool holds)
    {
        cond = holds ? TcgCond.Always : TcgCond.Never;
        return false;
    }
}
