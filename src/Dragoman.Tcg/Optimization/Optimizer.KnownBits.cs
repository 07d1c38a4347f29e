using System.Numerics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>Which bits of an op's result may be 1.</summary>
public sealed partial class Optimizer
{
    private ulong KnownBits(in Op op)
    {
        int inputs = op.InputCount;
        ulong a = inputs > 0 ? _values[ValueOf(op.In0)].Bits : 0;
        ulong b = inputs > 1 ? _values[ValueOf(op.In1)].Bits : 0;
        ulong mask = TypeMask(op.Type);
        int width = op.Type == TcgType.I32 ? 32 : 64;
        bool hasCount = inputs > 1 && IsConst(op.In1, out _);
        switch (op.Opcode)
        {
            case Opcode.And:
                return a & b;
            case Opcode.Or or Opcode.Xor:
                return a | b;
            case Opcode.Andc:
                return a;
            case Opcode.Shl when hasCount:
                return BitMath.ShiftLeft(a, b) & mask;
            case Opcode.Shr when hasCount:
                return BitMath.ShiftRight(a, b);
            case Opcode.Shr or Opcode.Divu or Opcode.Remu:
                return Smear(a);
            case Opcode.Sar when a >> (width - 1) == 0:
                return hasCount ? BitMath.ShiftRight(a, b) : Smear(a);
            case Opcode.Extract:
                return (a >> (int)op.Imm0) & BitMath.Ones64((int)op.Imm1);
            case Opcode.Sextract when (a >> (int)(op.Imm0 + op.Imm1 - 1) & 1) == 0:
                return (a >> (int)op.Imm0) & BitMath.Ones64((int)op.Imm1);
            case Opcode.Deposit:
                ulong field = BitMath.Ones64((int)op.Imm1) << (int)op.Imm0;
                return (a & ~field) | ((b << (int)op.Imm0) & field);
            case Opcode.Clz or Opcode.Ctz or Opcode.Ctpop or Opcode.Cls:
                return width == 64 ? 127u : 63u;
            case Opcode.Bswap16:
                return 0xFFFF;
            case Opcode.Bswap32:
                return 0xFFFFFFFF;
            case Opcode.Setcond or Opcode.Addcarry or Opcode.QemuStx:
                return 1;
            case Opcode.Movcond:
                return _values[ValueOf(op.In2)].Bits | _values[ValueOf(op.In3)].Bits;
            case Opcode.ExtuI32I64:
                return a & uint.MaxValue;
            case Opcode.ExtI32I64 when a >> 31 == 0:
                return a;
            case Opcode.ExtrlI64I32:
                return a & uint.MaxValue;
            case Opcode.ExtrhI64I32:
                return a >> 32;
            case Opcode.Ld8u:
                return 0xFF;
            case Opcode.Ld16u:
                return 0xFFFF;
            case Opcode.Ld32u:
                return 0xFFFFFFFF;
            case Opcode.QemuLd:
                return Loaded((MemOp)op.Imm1);
            case Opcode.QemuLdx or (>= Opcode.AtomicCmpxchg and <= Opcode.AtomicFetchUmax):
                return Loaded((MemOp)op.Imm0);
            case Opcode.LaneGet:
                return BitMath.Ones64(8 << op.Vece);
            case Opcode.Fcmp or Opcode.Fcmps:
                return 15;
            case Opcode.Feq or Opcode.Fge or Opcode.Fgt:
                return 1;
            case Opcode.Add or Opcode.Mul:
                // Neither can reach past the sum of the lengths.
                int length = op.Opcode == Opcode.Add ? Math.Max(Length(a), Length(b)) + 1 : Length(a) + Length(b);
                return length >= width ? mask : BitMath.Ones64(Math.Max(length, 1));
            default:
                return ulong.MaxValue;
        }
    }

    private static ulong Loaded(MemOp op)
    {
        int size = (int)(op & MemOp.SizeMask);
        return (op & MemOp.Sign) != 0 || size >= 3 ? ulong.MaxValue : BitMath.Ones64(8 << size);
    }

    private static int Length(ulong bits) => 64 - BitOperations.LeadingZeroCount(bits);

    private static ulong Smear(ulong bits) => bits == 0 ? 0 : BitMath.Ones64(Length(bits));
}
