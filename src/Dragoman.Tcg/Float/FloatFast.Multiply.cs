using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class FloatFast
{
    /// <summary><c>a * b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply64(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(F64(a) * F64(b));
            if (IsPlain64(result))
            {
                return result;
            }
        }

        return Multiply64Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Multiply64Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        // Too small for the caller's test, and yet nothing has happened; unless the other operand is denormal, which the host may not have been shown.
        if (((a << 1) == 0 || (b << 1) == 0) && IsFinite64(a) && IsFinite64(b) && !IsDenormal64(a | b) && !Flushes(ref status))
        {
            return (a ^ b) & (1UL << 63);
        }

        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Multiply(a, b, ref status);
    }

    /// <summary><c>a * b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Multiply32(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(F32(a) * F32(b));
            if (IsPlain32(result))
            {
                return result;
            }
        }

        return Multiply32Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Multiply32Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        // Too small for the caller's test, and yet nothing has happened; unless the other operand is denormal, which the host may not have been shown.
        if ((((uint)a << 1) == 0 || ((uint)b << 1) == 0) && IsFinite32((uint)a) && IsFinite32((uint)b) && !IsDenormal32((uint)(a | b)) && !Flushes(ref status))
        {
            return (a ^ b) & (1UL << 31);
        }

        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.Multiply(a, b, ref status);
    }

    /// <summary><c>a / b</c> in binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide64(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(F64(a) / F64(b));
            if (IsPlain64(result))
            {
                return result;
            }
        }

        return Divide64Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Divide64Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Divide(a, b, ref status);
    }

    /// <summary><c>a / b</c> in binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Divide32(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(F32(a) / F32(b));
            if (IsPlain32(result))
            {
                return result;
            }
        }

        return Divide32Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Divide32Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.Divide(a, b, ref status);
    }

    /// <summary>Square root in binary64. It is never denormal, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sqrt64(ulong a, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(Math.Sqrt(F64(a)));
            if (IsFinite64(result))
            {
                return result;
            }
        }

        return Sqrt64Exactly(a, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Sqrt64Exactly(ulong a, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Sqrt(a, ref status);
    }

    /// <summary>Square root in binary32. It is never denormal, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Sqrt32(ulong a, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(MathF.Sqrt(F32(a)));
            if (IsFinite32(result))
            {
                return result;
            }
        }

        return Sqrt32Exactly(a, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Sqrt32Exactly(ulong a, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.Sqrt(a, ref status);
    }

    /// <summary><c>addend + a * b</c> in binary64, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd64(ulong addend, ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(Math.FusedMultiplyAdd(F64(a), F64(b), F64(addend)));
            if (IsPlain64(result))
            {
                return result;
            }
        }

        return MultiplyAdd64Exactly(addend, a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong MultiplyAdd64Exactly(ulong addend, ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.MultiplyAdd(addend, a, b, ref status);
    }

    /// <summary><c>addend + a * b</c> in binary32, rounded once.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyAdd32(ulong addend, ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(MathF.FusedMultiplyAdd(F32(a), F32(b), F32(addend)));
            if (IsPlain32(result))
            {
                return result;
            }
        }

        return MultiplyAdd32Exactly(addend, a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong MultiplyAdd32Exactly(ulong addend, ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.MultiplyAdd(addend, a, b, ref status);
    }
}
