using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Oracles;

// Arithmetic in register formats is that of the library, which has tests of its own; what is compared is what is asked of it.
public unsafe partial class OracleInsn
{
    public UInt128 RAdd(RegisterFormat format, UInt128 a, UInt128 b, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RAdd(_env, (ulong)a, (ulong)b, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RSub(RegisterFormat format, UInt128 a, UInt128 b, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RSub(_env, (ulong)a, (ulong)b, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RMul(RegisterFormat format, UInt128 a, UInt128 b, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RMul(_env, (ulong)a, (ulong)b, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RDiv(RegisterFormat format, UInt128 a, UInt128 b, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RDiv(_env, (ulong)a, (ulong)b, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RSqrt(RegisterFormat format, UInt128 a, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RSqrt(_env, (ulong)a, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RCvt(RegisterFormat to, RegisterFormat from, UInt128 a, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.RCvt(_env, (ulong)a, (ulong)to | (ulong)from << 4, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RToSi(RegisterFormat format, UInt128 a, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.R2I(_env, (ulong)a, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 SiToR(RegisterFormat format, UInt128 a, FpTrap trap, FpRounding rounding) =>
        Active ? FloatHelpers.I2R(_env, (ulong)a, (ulong)format, (ulong)trap, (ulong)rounding) : 0;

    public UInt128 RCmp(RegisterFormat format, RegisterRelation relation, UInt128 a, UInt128 b, FpTrap trap) =>
        Active ? FloatHelpers.RCmp(_env, (ulong)a, (ulong)b, (ulong)format, (ulong)trap, (ulong)relation) : 0;
}
