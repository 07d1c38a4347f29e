using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary><c>a + b</c> in binary16.</summary>
    public static ulong Add16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Add(a, b, ref Status(env));
    }

    /// <summary><c>a - b</c> in binary16.</summary>
    public static ulong Sub16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Subtract(a, b, ref Status(env));
    }

    /// <summary><c>a * b</c> in binary16.</summary>
    public static ulong Mul16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Multiply(a, b, ref Status(env));
    }

    /// <summary><c>a / b</c> in binary16.</summary>
    public static ulong Div16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Divide(a, b, ref Status(env));
    }

    /// <summary>Square root in binary16.</summary>
    public static ulong Sqrt16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.Sqrt(a, ref Status(env));
    }

    /// <summary><c>addend + a * b</c> in binary16, rounded once.</summary>
    public static ulong MulAdd16(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.MultiplyAdd(addend, a, b, ref Status(env));
    }

    /// <summary><c>a + b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Add32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a - b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sub32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Subtract32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a * b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mul32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Multiply32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a / b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Div32(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Divide32(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary>Square root in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sqrt32(byte* env, ulong a, ulong rounding)
        => FloatFast.Sqrt32(a, (FpRounding)rounding, ref Status(env));

    /// <summary><c>addend + a * b</c> in binary32, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MulAdd32(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
        => FloatFast.MultiplyAdd32(addend, a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a + b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Add64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a - b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sub64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Subtract64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a * b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Mul64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Multiply64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary><c>a / b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Div64(byte* env, ulong a, ulong b, ulong rounding)
        => FloatFast.Divide64(a, b, (FpRounding)rounding, ref Status(env));

    /// <summary>Square root in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sqrt64(byte* env, ulong a, ulong rounding)
        => FloatFast.Sqrt64(a, (FpRounding)rounding, ref Status(env));

    /// <summary><c>addend + a * b</c> in binary64, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MulAdd64(byte* env, ulong addend, ulong a, ulong b, ulong rounding)
        => FloatFast.MultiplyAdd64(addend, a, b, (FpRounding)rounding, ref Status(env));
}
