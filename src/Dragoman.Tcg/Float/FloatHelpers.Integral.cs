using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary>Rounds a binary16 value to an integer; Inexact is not raised.</summary>
    public static ulong FRInt16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.RoundToIntegral(a, false, ref Status(env));
    }

    /// <summary>Rounds a binary16 value to an integer and raises Inexact if that changes it.</summary>
    public static ulong FRIntX16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.RoundToIntegral(a, true, ref Status(env));
    }

    /// <summary>Rounds a binary32 value to an integer; Inexact is not raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FRInt32(byte* env, ulong a, ulong rounding)
        => FloatFast.RoundToIntegral32(a, (FpRounding)rounding, ref Status(env));

    /// <summary>Rounds a binary32 value to an integer and raises Inexact if that changes it.</summary>
    public static ulong FRIntX32(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.RoundToIntegral(a, true, ref Status(env));
    }

    /// <summary>Rounds a binary64 value to an integer; Inexact is not raised.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FRInt64(byte* env, ulong a, ulong rounding)
        => FloatFast.RoundToIntegral64(a, (FpRounding)rounding, ref Status(env));

    /// <summary>Rounds a binary64 value to an integer and raises Inexact if that changes it.</summary>
    public static ulong FRIntX64(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.RoundToIntegral(a, true, ref Status(env));
    }
}
