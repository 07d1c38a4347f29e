using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Floating point on 32 and 64 bits. Half precision only converts: its arithmetic (FEAT_FP16) is not in the IR.
public unsafe partial class InsnBuilder
{
    public Temp FAdd(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FAdd(Float(n), a, b, rounding);

    public Temp FSub(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FSub(Float(n), a, b, rounding);

    public Temp FMul(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FMul(Float(n), a, b, rounding);

    public Temp FDiv(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FDiv(Float(n), a, b, rounding);

    public Temp FSqrt(int n, Temp a, FpRounding rounding) => _tcg.FSqrt(Float(n), a, rounding);

    public Temp FMulX(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FMulX(Float(n), a, b, rounding);

    /// <summary>addend + a * b, rounded once.</summary>
    public Temp FMAdd(int n, Temp addend, Temp a, Temp b, FpRounding rounding) => _tcg.FMAdd(Float(n), addend, a, b, rounding);

    public Temp FMin(int n, Temp a, Temp b) => _tcg.FMin(Float(n), a, b);

    public Temp FMax(int n, Temp a, Temp b) => _tcg.FMax(Float(n), a, b);

    public Temp FMinNm(int n, Temp a, Temp b) => _tcg.FMinNm(Float(n), a, b);

    public Temp FMaxNm(int n, Temp a, Temp b) => _tcg.FMaxNm(Float(n), a, b);

    public Temp FRint(int n, Temp a, FpRounding rounding) => _tcg.FRInt(Float(n), a, rounding);

    public Temp FRintX(int n, Temp a, FpRounding rounding) => _tcg.FRIntX(Float(n), a, rounding);

    public Temp FRecpE(int n, Temp a, FpRounding rounding) => _tcg.FRecpE(Float(n), a, rounding);

    public Temp FRsqrtE(int n, Temp a, FpRounding rounding) => _tcg.FRSqrtE(Float(n), a);

    public Temp FRecpX(int n, Temp a) => _tcg.FRecpX(Float(n), a);

    public Temp FRecpS(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FRecpS(Float(n), a, b, rounding);

    public Temp FRsqrtS(int n, Temp a, Temp b, FpRounding rounding) => _tcg.FRSqrtS(Float(n), a, b, rounding);

    /// <summary>Quiet comparison: the flags N, Z, C, V in 4 bits.</summary>
    public Temp FCmp(int n, Temp a, Temp b) => _tcg.FCmp(a, b);

    /// <summary>Signalling comparison: the flags N, Z, C, V in 4 bits.</summary>
    public Temp FCmpS(int n, Temp a, Temp b) => _tcg.FCmpS(a, b);

    public Temp FEq(int n, Temp a, Temp b) => _tcg.FEq(a, b);

    public Temp FGe(int n, Temp a, Temp b) => _tcg.FGe(a, b);

    public Temp FGt(int n, Temp a, Temp b) => _tcg.FGt(a, b);

    /// <summary>Converts between formats.</summary>
    public Temp FCvt(int to, int from, Temp a, FpRounding rounding) => (to, from) switch
    {
        (64, 32) => _tcg.FCvt32To64(a, rounding),
        (32, 64) => _tcg.FCvt64To32(a, rounding),
        (32, 16) => _tcg.FCvt16To32(a, rounding),
        (16, 32) => _tcg.FCvt32To16(a, rounding),
        (64, 16) => _tcg.FCvt16To64(a, rounding),
        (16, 64) => _tcg.FCvt64To16(a, rounding),
        _ => throw new ArgumentOutOfRangeException(nameof(to), to, $"No conversion from {from} bits."),
    };

    public Temp FToSiSat(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2SI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Saturate);

    public Temp FToUiSat(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2UI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Saturate);

    public Temp FToSiWrap(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2SI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Wrap);

    public Temp FToUiWrap(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2UI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Wrap);

    public Temp FToSiIndefinite(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2SI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Indefinite);

    public Temp FToUiIndefinite(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.F2UI(TypeOf(to), a, (int)fraction, rounding, IntegerOverflow.Indefinite);

    public Temp SiToF(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.SI2F(Float(to), a, (int)fraction, rounding);

    public Temp UiToF(int to, int from, Temp a, long fraction, FpRounding rounding) => _tcg.UI2F(Float(to), a, (int)fraction, rounding);

    private static TcgType Float(int n) => n switch
    {
        32 => TcgType.I32,
        64 => TcgType.I64,
        _ => throw new ArgumentOutOfRangeException(nameof(n), n, "Floating-point arithmetic has 32 or 64 bits."),
    };
}
