using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary><c>a + b</c> in binary16.</summary>
    public static ulong FAdd16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Add(a, b, ref Status(env));
    }

    /// <summary><c>a - b</c> in binary16.</summary>
    public static ulong FSub16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Subtract(a, b, ref Status(env));
    }

    /// <summary><c>a * b</c> in binary16.</summary>
    public static ulong FMul16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Multiply(a, b, ref Status(env));
    }

    /// <summary><c>a / b</c> in binary16.</summary>
    public static ulong FDiv16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Divide(a, b, ref Status(env));
    }

    /// <summary>Square root in binary16.</summary>
    public static ulong FSqrt16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Sqrt(a, ref Status(env));
    }

    /// <summary><c>addend + a * b</c> in binary16, rounded once.</summary>
    public static ulong FMAdd16(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.MultiplyAdd(addend, a, b, ref Status(env));
    }

    /// <summary><c>a + b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FAdd32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Add32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a - b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FSub32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Subtract32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a * b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FMul32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Multiply32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a / b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FDiv32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Divide32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary>Square root in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FSqrt32(byte* env, ulong a, ulong rounding)
        => FloatFast.Sqrt32(a, (FpRounding)rounding, ref Status(env));

    /// <summary><c>addend + a * b</c> in binary32, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FMAdd32(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
        => FloatFast.MultiplyAdd32(addend, a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a + b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FAdd64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Add64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a - b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FSub64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Subtract64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a * b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FMul64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Multiply64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a / b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FDiv64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Divide64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary>Square root in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FSqrt64(byte* env, ulong a, ulong rounding)
        => FloatFast.Sqrt64(a, (FpRounding)rounding, ref Status(env));

    /// <summary><c>addend + a * b</c> in binary64, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FMAdd64(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
        => FloatFast.MultiplyAdd64(addend, a, b, (FpRounding)rounding, ref Status(env));
}
