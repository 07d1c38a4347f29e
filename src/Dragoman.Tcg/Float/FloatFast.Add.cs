using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class FloatFast
{
    /// <summary><c>a + b</c> in binary64. A denormal or zero sum is exact, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add64(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(F64(a) + F64(b));
            if (IsFinite64(result))
            {
                return result;
            }
        }

        return Add64Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Add64Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Add(a, b, ref status);
    }

    /// <summary><c>a + b</c> in binary32. A denormal or zero sum is exact, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Add32(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(F32(a) + F32(b));
            if (IsFinite32(result))
            {
                return result;
            }
        }

        return Add32Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Add32Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.Add(a, b, ref status);
    }

    /// <summary><c>a - b</c> in binary64. A denormal or zero difference is exact, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract64(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            ulong result = Bits(F64(a) - F64(b));
            if (IsFinite64(result))
            {
                return result;
            }
        }

        return Subtract64Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Subtract64Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Subtract(a, b, ref status);
    }

    /// <summary><c>a - b</c> in binary32. A denormal or zero difference is exact, so any finite result will do.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Subtract32(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits(F32(a) - F32(b));
            if (IsFinite32(result))
            {
                return result;
            }
        }

        return Subtract32Exactly(a, b, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong Subtract32Exactly(ulong a, ulong b, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.Subtract(a, b, ref status);
    }
}
