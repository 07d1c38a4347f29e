using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Optimization;

/// <summary>How many of a value's highest bits are known to be copies of its sign, the sign itself among them: extending such a value again changes nothing.</summary>
public sealed partial class Optimizer
{
    private int SignBits(int value)
    {
        ref Value known = ref _values[value];
        int width = known.Type == TcgType.I32 ? 32 : 64;
        if (known.IsConst)
        {
            return 1 + (int)(width == 32 ? BitMath.LeadingSignCount((uint)known.Bits) : BitMath.LeadingSignCount(known.Bits));
        }

        return Math.Max(known.SignBits, width - Length(known.Bits));
    }

    /// <summary>Those of the result of <paramref name="op"/>, whose inputs' values are current.</summary>
    private int SignBitsOf(in Op op)
    {
        int inputs = op.InputCount;
        int a = inputs > 0 ? SignBits(ValueOf(op.In0)) : 1;
        int b = inputs > 1 ? SignBits(ValueOf(op.In1)) : 1;
        int width = op.Type == TcgType.I32 ? 32 : 64;
        switch (op.Opcode)
        {
            case Opcode.And or Opcode.Or or Opcode.Xor or Opcode.Andc or Opcode.Orc or Opcode.Eqv or Opcode.Nand or Opcode.Nor:
                return Math.Min(a, b);
            case Opcode.Not:
                return a;
            case Opcode.Add or Opcode.Sub:
                return Math.Max(1, Math.Min(a, b) - 1);
            case Opcode.Sar when IsConst(op.In1, out ulong count):
                return (int)Math.Min((ulong)width, (ulong)a + count);
            case Opcode.Shl when IsConst(op.In1, out ulong count):
                return (int)Math.Max(1, a - (long)Math.Min(count, 64));
            case Opcode.Sextract:
                return Math.Max(width - (int)op.Imm1 + 1, op.Imm0 == 0 ? a : 1);
            case Opcode.ExtI32I64:
                return 32 + a;
            case Opcode.ExtrlI64I32:
                return Math.Max(1, a - 32);
            case Opcode.Negsetcond:
                return width;
            case Opcode.Movcond:
                return Math.Min(SignBits(ValueOf(op.In2)), SignBits(ValueOf(op.In3)));
            case Opcode.Ld8s:
                return width - 7;
            case Opcode.Ld16s:
                return width - 15;
            case Opcode.Ld32s:
                return width - 31;
            case Opcode.QemuLd:
                return SignBitsOf((MemOp)op.Imm1, width);
            default:
                return 1;
        }
    }

    private static int SignBitsOf(MemOp op, int width) =>
        (op & MemOp.Sign) == 0 ? 1 : Math.Max(1, width - (8 << (int)(op & MemOp.SizeMask)) + 1);
}
