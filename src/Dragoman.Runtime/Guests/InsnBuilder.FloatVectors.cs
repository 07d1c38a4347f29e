using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Floating point on lanes of 32 or 64 bits. Of a value of 64 bits both halves of the vector compute the same, which adds no exception.
public unsafe partial class InsnBuilder
{
    public Temp LanesFAdd(int n, int e, Temp a, Temp b, FpRounding rounding) =>
        Lanes(n, _tcg.FAddVec(Log2Bytes(e), Both(n, a), Both(n, b), rounding));

    public Temp LanesFSub(int n, int e, Temp a, Temp b, FpRounding rounding) =>
        Lanes(n, _tcg.FSubVec(Log2Bytes(e), Both(n, a), Both(n, b), rounding));

    public Temp LanesFMul(int n, int e, Temp a, Temp b, FpRounding rounding) =>
        Lanes(n, _tcg.FMulVec(Log2Bytes(e), Both(n, a), Both(n, b), rounding));

    public Temp LanesFDiv(int n, int e, Temp a, Temp b, FpRounding rounding) =>
        Lanes(n, _tcg.FDivVec(Log2Bytes(e), Both(n, a), Both(n, b), rounding));

    public Temp LanesFSqrt(int n, int e, Temp a, FpRounding rounding) =>
        Lanes(n, _tcg.FSqrtVec(Log2Bytes(e), Both(n, a), rounding));

    public Temp LanesFMAdd(int n, int e, Temp addend, Temp a, Temp b, FpRounding rounding) =>
        Lanes(n, _tcg.FMAddVec(Log2Bytes(e), Both(n, addend), Both(n, a), Both(n, b), rounding));

    public Temp LanesFMin(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FMinVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFMax(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FMaxVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFMinNm(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FMinNmVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFMaxNm(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FMaxNmVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFEq(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FEqVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFGe(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FGeVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    public Temp LanesFGt(int n, int e, Temp a, Temp b) =>
        Lanes(n, _tcg.FGtVec(Log2Bytes(e), Both(n, a), Both(n, b)));

    private Temp Both(int n, Temp a) => n == 128 ? a : _tcg.ConcatI64V128(a, a);
}
