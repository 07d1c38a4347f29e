using System.Runtime.CompilerServices;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary>Quiet comparison of binary16 values as Arm's NZCV, N in bit 3.</summary>
    public static ulong FCmp16(byte* env, ulong a, ulong b) => Nzcv(SoftFloat<Binary16>.Compare(a, b, false, ref Status(env)));

    /// <summary>Signalling comparison of binary16 values as Arm's NZCV: any NaN is invalid.</summary>
    public static ulong FCmpS16(byte* env, ulong a, ulong b) => Nzcv(SoftFloat<Binary16>.Compare(a, b, true, ref Status(env)));

    /// <summary>1 when <c>a == b</c>, quietly.</summary>
    public static ulong FEq16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.Compare(a, b, false, ref Status(env)) == FpRelation.Equal ? 1UL : 0UL;

    /// <summary>1 when <c>a >= b</c>; any NaN is invalid.</summary>
    public static ulong FGe16(byte* env, ulong a, ulong b)
        => SoftFloat<Binary16>.Compare(a, b, true, ref Status(env)) is FpRelation.Equal or FpRelation.Greater ? 1UL : 0UL;

    /// <summary>1 when <c>a > b</c>; any NaN is invalid.</summary>
    public static ulong FGt16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.Compare(a, b, true, ref Status(env)) == FpRelation.Greater ? 1UL : 0UL;

    /// <summary>The smaller value, in binary16.</summary>
    public static ulong FMin16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.Min(a, b, ref Status(env));

    /// <summary>The larger value, in binary16.</summary>
    public static ulong FMax16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.Max(a, b, ref Status(env));

    /// <summary>The smaller value, a number winning over a quiet NaN, in binary16.</summary>
    public static ulong FMinNm16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.MinNumber(a, b, ref Status(env));

    /// <summary>The larger value, a number winning over a quiet NaN, in binary16.</summary>
    public static ulong FMaxNm16(byte* env, ulong a, ulong b) => SoftFloat<Binary16>.MaxNumber(a, b, ref Status(env));

    /// <summary>Quiet comparison of binary32 values as Arm's NZCV, N in bit 3.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FCmp32(byte* env, ulong a, ulong b) => Nzcv(FloatFast.Compare32(a, b, false, ref Status(env)));

    /// <summary>Signalling comparison of binary32 values as Arm's NZCV: any NaN is invalid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FCmpS32(byte* env, ulong a, ulong b) => Nzcv(FloatFast.Compare32(a, b, true, ref Status(env)));

    /// <summary>1 when <c>a == b</c>, quietly.</summary>
    public static ulong FEq32(byte* env, ulong a, ulong b) => FloatFast.Compare32(a, b, false, ref Status(env)) == FpRelation.Equal ? 1UL : 0UL;

    /// <summary>1 when <c>a >= b</c>; any NaN is invalid.</summary>
    public static ulong FGe32(byte* env, ulong a, ulong b)
        => FloatFast.Compare32(a, b, true, ref Status(env)) is FpRelation.Equal or FpRelation.Greater ? 1UL : 0UL;

    /// <summary>1 when <c>a > b</c>; any NaN is invalid.</summary>
    public static ulong FGt32(byte* env, ulong a, ulong b) => FloatFast.Compare32(a, b, true, ref Status(env)) == FpRelation.Greater ? 1UL : 0UL;

    /// <summary>The smaller value, in binary32.</summary>
    public static ulong FMin32(byte* env, ulong a, ulong b) => FloatFast.Min32(a, b, ref Status(env));

    /// <summary>The larger value, in binary32.</summary>
    public static ulong FMax32(byte* env, ulong a, ulong b) => FloatFast.Max32(a, b, ref Status(env));

    /// <summary>The smaller value, a number winning over a quiet NaN, in binary32.</summary>
    public static ulong FMinNm32(byte* env, ulong a, ulong b) => FloatFast.MinNumber32(a, b, ref Status(env));

    /// <summary>The larger value, a number winning over a quiet NaN, in binary32.</summary>
    public static ulong FMaxNm32(byte* env, ulong a, ulong b) => FloatFast.MaxNumber32(a, b, ref Status(env));

    /// <summary>Quiet comparison of binary64 values as Arm's NZCV, N in bit 3.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FCmp64(byte* env, ulong a, ulong b) => Nzcv(FloatFast.Compare64(a, b, false, ref Status(env)));

    /// <summary>Signalling comparison of binary64 values as Arm's NZCV: any NaN is invalid.</summary>
    [MethodImpl(MethodImplOptions.NoInlining)]
    public static ulong FCmpS64(byte* env, ulong a, ulong b) => Nzcv(FloatFast.Compare64(a, b, true, ref Status(env)));

    /// <summary>1 when <c>a == b</c>, quietly.</summary>
    public static ulong FEq64(byte* env, ulong a, ulong b) => FloatFast.Compare64(a, b, false, ref Status(env)) == FpRelation.Equal ? 1UL : 0UL;

    /// <summary>1 when <c>a >= b</c>; any NaN is invalid.</summary>
    public static ulong FGe64(byte* env, ulong a, ulong b)
        => FloatFast.Compare64(a, b, true, ref Status(env)) is FpRelation.Equal or FpRelation.Greater ? 1UL : 0UL;

    /// <summary>1 when <c>a > b</c>; any NaN is invalid.</summary>
    public static ulong FGt64(byte* env, ulong a, ulong b) => FloatFast.Compare64(a, b, true, ref Status(env)) == FpRelation.Greater ? 1UL : 0UL;

    /// <summary>The smaller value, in binary64.</summary>
    public static ulong FMin64(byte* env, ulong a, ulong b) => FloatFast.Min64(a, b, ref Status(env));

    /// <summary>The larger value, in binary64.</summary>
    public static ulong FMax64(byte* env, ulong a, ulong b) => FloatFast.Max64(a, b, ref Status(env));

    /// <summary>The smaller value, a number winning over a quiet NaN, in binary64.</summary>
    public static ulong FMinNm64(byte* env, ulong a, ulong b) => FloatFast.MinNumber64(a, b, ref Status(env));

    /// <summary>The larger value, a number winning over a quiet NaN, in binary64.</summary>
    public static ulong FMaxNm64(byte* env, ulong a, ulong b) => FloatFast.MaxNumber64(a, b, ref Status(env));

    private static ulong Nzcv(FpRelation relation) => relation switch
    {
        FpRelation.Equal => 0b0110,
        FpRelation.Less => 0b1000,
        FpRelation.Greater => 0b0010,
        _ => 0b0011,
    };
}
