using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Oracles;

// Arithmetic itself is that of the soft-float library, which has tests of its own; what is compared is what is asked of it.
public unsafe partial class OracleInsn
{
    public UInt128 FAdd(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FAdd32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FAdd64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FSub(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FSub32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FSub64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FMul(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FMul32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FMul64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FDiv(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FDiv32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FDiv64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FMulX(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FMulX32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FMulX64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FRecpS(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRecpS32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FRecpS64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FRsqrtS(int n, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRSqrtS32(_env, (ulong)a, (ulong)b, (ulong)rounding) : FloatHelpers.FRSqrtS64(_env, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FMin(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FMin32(_env, (ulong)a, (ulong)b) : FloatHelpers.FMin64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FMax(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FMax32(_env, (ulong)a, (ulong)b) : FloatHelpers.FMax64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FMinNm(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FMinNm32(_env, (ulong)a, (ulong)b) : FloatHelpers.FMinNm64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FMaxNm(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FMaxNm32(_env, (ulong)a, (ulong)b) : FloatHelpers.FMaxNm64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FCmp(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FCmp32(_env, (ulong)a, (ulong)b) : FloatHelpers.FCmp64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FCmpS(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FCmpS32(_env, (ulong)a, (ulong)b) : FloatHelpers.FCmpS64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FEq(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FEq32(_env, (ulong)a, (ulong)b) : FloatHelpers.FEq64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FGe(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FGe32(_env, (ulong)a, (ulong)b) : FloatHelpers.FGe64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FGt(int n, UInt128 a, UInt128 b) =>
        Active ? n == 32 ? FloatHelpers.FGt32(_env, (ulong)a, (ulong)b) : FloatHelpers.FGt64(_env, (ulong)a, (ulong)b) : 0;

    public UInt128 FSqrt(int n, UInt128 a, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FSqrt32(_env, (ulong)a, (ulong)rounding) : FloatHelpers.FSqrt64(_env, (ulong)a, (ulong)rounding) : 0;

    public UInt128 FRint(int n, UInt128 a, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRInt32(_env, (ulong)a, (ulong)rounding) : FloatHelpers.FRInt64(_env, (ulong)a, (ulong)rounding) : 0;

    public UInt128 FRintX(int n, UInt128 a, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRIntX32(_env, (ulong)a, (ulong)rounding) : FloatHelpers.FRIntX64(_env, (ulong)a, (ulong)rounding) : 0;

    public UInt128 FRecpE(int n, UInt128 a, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRecpE32(_env, (ulong)a, (ulong)rounding) : FloatHelpers.FRecpE64(_env, (ulong)a, (ulong)rounding) : 0;

    public UInt128 FRsqrtE(int n, UInt128 a, FpRounding rounding) =>
        Active ? n == 32 ? FloatHelpers.FRSqrtE32(_env, (ulong)a) : FloatHelpers.FRSqrtE64(_env, (ulong)a) : 0;

    public UInt128 FRecpX(int n, UInt128 a) =>
        Active ? n == 32 ? FloatHelpers.FRecpX32(_env, (ulong)a) : FloatHelpers.FRecpX64(_env, (ulong)a) : 0;

    public UInt128 FMAdd(int n, UInt128 addend, UInt128 a, UInt128 b, FpRounding rounding) =>
        Active ? n == 32
            ? FloatHelpers.FMAdd32(_env, (ulong)addend, (ulong)a, (ulong)b, (ulong)rounding)
            : FloatHelpers.FMAdd64(_env, (ulong)addend, (ulong)a, (ulong)b, (ulong)rounding) : 0;

    public UInt128 FCvt(int to, int from, UInt128 a, FpRounding rounding) => !Active ? 0 : (to, from) switch
    {
        (64, 32) => FloatHelpers.FCvt32To64(_env, (ulong)a, (ulong)rounding),
        (32, 64) => FloatHelpers.FCvt64To32(_env, (ulong)a, (ulong)rounding),
        (32, 16) => FloatHelpers.FCvt16To32(_env, (ulong)a, (ulong)rounding),
        (16, 32) => FloatHelpers.FCvt32To16(_env, (ulong)a, (ulong)rounding),
        (64, 16) => FloatHelpers.FCvt16To64(_env, (ulong)a, (ulong)rounding),
        (16, 64) => FloatHelpers.FCvt64To16(_env, (ulong)a, (ulong)rounding),
        _ => throw new ArgumentOutOfRangeException(nameof(to)),
    };

    public UInt128 FToSiSat(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : from == 32
        ? FloatHelpers.F2SI32(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Saturate)
        : FloatHelpers.F2SI64(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Saturate);

    public UInt128 FToUiSat(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : from == 32
        ? FloatHelpers.F2UI32(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Saturate)
        : FloatHelpers.F2UI64(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Saturate);

    public UInt128 FToSiWrap(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : from == 32
        ? FloatHelpers.F2SI32(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Wrap)
        : FloatHelpers.F2SI64(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Wrap);

    public UInt128 FToSiIndefinite(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : from == 32
        ? FloatHelpers.F2SI32(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Indefinite)
        : FloatHelpers.F2SI64(_env, (ulong)a, (ulong)to, (ulong)fraction, (ulong)rounding, (ulong)IntegerOverflow.Indefinite);

    public UInt128 SiToF(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : to == 32
        ? FloatHelpers.SI2F32(_env, (ulong)a, (ulong)from, (ulong)fraction, (ulong)rounding)
        : FloatHelpers.SI2F64(_env, (ulong)a, (ulong)from, (ulong)fraction, (ulong)rounding);

    public UInt128 UiToF(int to, int from, UInt128 a, long fraction, FpRounding rounding) => !Active ? 0 : to == 32
        ? FloatHelpers.UI2F32(_env, (ulong)a, (ulong)from, (ulong)fraction, (ulong)rounding)
        : FloatHelpers.UI2F64(_env, (ulong)a, (ulong)from, (ulong)fraction, (ulong)rounding);
}
