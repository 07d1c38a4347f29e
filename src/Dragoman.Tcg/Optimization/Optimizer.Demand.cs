using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>
/// Which bits of a temp anything that follows may look at. An op that changes none of those (an extension whose high bits nobody reads, a mask that a narrow store
/// makes again) is a move.
/// </summary>
public sealed partial class Optimizer
{
    private ulong[] _demand = new ulong[256];

    private void Demand(Temp temp, ulong bits)
    {
        _live[temp.Index] = true;
        _demand[temp.Index] |= bits;
    }

    /// <summary>Makes a move of an op whose input has the demanded bits already.</summary>
    private void DropUndemanded(ref Op op)
    {
        if (!op.Out0.IsValid || op.Type > TcgType.I64 || _context.TypeOf(op.Out0) != op.Type)
        {
            return;
        }

        ulong demanded = _demand[op.Out0.Index] & TypeMask(op.Type);
        bool isCopy = op.Opcode switch
        {
            Opcode.Extract or Opcode.Sextract => op.Imm0 == 0 && (demanded & ~BitMath.Ones64((int)op.Imm1)) == 0,
            Opcode.And => _context.TryConst(op.In1, out ulong mask) && (demanded & ~mask) == 0,
            Opcode.Or or Opcode.Xor => _context.TryConst(op.In1, out ulong ones) && (demanded & ones) == 0,
            _ => false,
        };
        if (isCopy)
        {
            if (op.In1.IsValid)
            {
                _uses[op.In1.Index]--;
            }

            BecomeMove(ref op, op.In0);
        }
    }

    /// <summary>Passes the demand for the result of <paramref name="op"/>, which is <paramref name="result"/>, on to its inputs.</summary>
    private void DemandInputs(in Op op, ulong result)
    {
        int inputs = op.InputCount;
        if (inputs == 0)
        {
            return;
        }

        bool hasCount = inputs > 1 && _context.TryConst(op.In1, out ulong _);
        _ = _context.TryConst(inputs > 1 ? op.In1 : op.In0, out ulong right);
        ulong first = ulong.MaxValue;
        ulong second = ulong.MaxValue;
        switch (op.Opcode)
        {
            case Opcode.Mov or Opcode.Not:
                first = result;
                break;
            case Opcode.Or or Opcode.Xor or Opcode.Andc or Opcode.Orc or Opcode.Eqv or Opcode.Nand or Opcode.Nor:
                first = second = result;
                break;
            case Opcode.And:
                first = hasCount ? result & right : result;
                second = result;
                break;
            case Opcode.Add or Opcode.Sub or Opcode.Mul or Opcode.Neg:
                // Carries run upwards only.
                first = second = Smear(result);
                break;
            case Opcode.Shl:
                first = hasCount ? BitMath.ShiftRight(result, right) : Smear(result);
                break;
            case Opcode.Shr when hasCount:
                first = BitMath.ShiftLeft(result, right) & TypeMask(op.Type);
                break;
            case Opcode.Sar when hasCount && right < (op.Type == TcgType.I32 ? 32u : 64u):
                first = DemandOfSar(result, (int)right, op.Type);
                break;
            case Opcode.Extract:
                first = (result & BitMath.Ones64((int)op.Imm1)) << (int)op.Imm0;
                break;
            case Opcode.Sextract:
                ulong field = BitMath.Ones64((int)op.Imm1);
                first = ((result & field) | ((result & ~field) != 0 ? 1UL << (int)(op.Imm1 - 1) : 0)) << (int)op.Imm0;
                break;
            case Opcode.Deposit:
                ulong length = BitMath.Ones64((int)op.Imm1);
                first = result & ~(length << (int)op.Imm0);
                second = (result >> (int)op.Imm0) & length;
                break;
            case Opcode.ExtuI32I64 or Opcode.ExtrlI64I32:
                first = result & uint.MaxValue;
                break;
            case Opcode.ExtI32I64:
                first = (result & uint.MaxValue) | (result > uint.MaxValue ? 1UL << 31 : 0);
                break;
            case Opcode.ExtrhI64I32:
                first = result << 32;
                break;
            case Opcode.QemuSt when _context.TypeOf(op.In0) <= TcgType.I64:
                first = DemandOfStore((MemOp)op.Imm1);
                break;
            case Opcode.St8:
                first = byte.MaxValue;
                break;
            case Opcode.St16:
                first = ushort.MaxValue;
                break;
            case Opcode.St32:
                first = uint.MaxValue;
                break;
            case Opcode.Brcond or Opcode.Setcond or Opcode.Negsetcond or Opcode.Movcond when op.Cond is TcgCond.TstEq or TcgCond.TstNe && hasCount:
                first = right;
                break;
        }

        Demand(op.In0, first);
        if (inputs > 1)
        {
            Demand(op.In1, second);
        }

        for (int k = 2; k < inputs; k++)
        {
            Demand(op.In(k), op.Opcode == Opcode.Movcond ? result : ulong.MaxValue);
        }
    }

    private static ulong DemandOfSar(ulong result, int count, TcgType type)
    {
        ulong mask = TypeMask(type);
        int width = type == TcgType.I32 ? 32 : 64;
        ulong kept = (result << count) & mask;
        return count != 0 && (result & mask) >> (width - count) != 0 ? kept | (1UL << (width - 1)) : kept;
    }

    private static ulong DemandOfStore(MemOp op)
    {
        int size = (int)(op & MemOp.SizeMask);
        return size >= 3 ? ulong.MaxValue : BitMath.Ones64(8 << size);
    }
}
