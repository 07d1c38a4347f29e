using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class FloatFast
{
    /// <summary>binary32 to binary64: exact but for NaNs and flushing.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Widen(ulong a, ref FpStatus status)
        => !Flushes(ref status) && IsFinite32((uint)a)
            ? Bits((double)F32(a))
            : SoftFloat<Binary32>.Convert<Binary64>(a, ref status);

    /// <summary>binary64 to binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Narrow(ulong a, FpRounding rounding, ref FpStatus status)
    {
        if (HostRounds(rounding, ref status))
        {
            uint result = Bits((float)F64(a));
            if (IsPlain32(result))
            {
                return result;
            }
        }

        return NarrowExactly(a, rounding, ref status);
    }

    /// <summary>A signed 32-bit integer to binary64: always exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromInt32To64(ulong value) => Bits((double)(int)value);

    /// <summary>An unsigned 32-bit integer to binary64: always exact.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromUInt32To64(ulong value) => Bits((double)(long)(uint)value);

    /// <summary>A signed 64-bit integer to binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromInt64To64(long value, FpRounding rounding, ref FpStatus status)
        => HostRounds(rounding, ref status) || value == value << 11 >> 11
            ? Bits((double)value)
            : FromInteger64Exactly((ulong)value, true, rounding, ref status);

    /// <summary>An unsigned 64-bit integer to binary64. The upper half of the range, which x86 hosts convert in steps, is left to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromUInt64To64(ulong value, FpRounding rounding, ref FpStatus status)
        => (long)value >= 0
            ? FromInt64To64((long)value, rounding, ref status)
            : FromInteger64Exactly(value, false, rounding, ref status);

    /// <summary>A signed 64-bit integer (or 32-bit one, sign-extended) to binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromInt64To32(long value, FpRounding rounding, ref FpStatus status)
        => HostRounds(rounding, ref status) || value == value << 40 >> 40
            ? Bits((float)value)
            : FromInteger32Exactly((ulong)value, true, rounding, ref status);

    /// <summary>An unsigned 64-bit integer (or 32-bit one, zero-extended) to binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FromUInt64To32(ulong value, FpRounding rounding, ref FpStatus status)
        => (long)value >= 0
            ? FromInt64To32((long)value, rounding, ref status)
            : FromInteger32Exactly(value, false, rounding, ref status);

    /// <summary>Conversions to integers report no denormal (<see cref="HostDenormals"/>), but the comparisons around them would.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsDenormal64(ulong bits) => (bits & long.MaxValue) - 1 < LeastNormal64 - 1;

    /// <inheritdoc cref="IsDenormal64"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsDenormal32(uint bits) => (bits & int.MaxValue) - 1 < LeastNormal32 - 1;

    /// <summary>
    /// A binary64 value to an integer that fits a signed 64-bit one whatever its direction; false leaves it to the exact code.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool TryTruncate64(double value, FpRounding rounding, ref FpStatus status, out long result)
    {
        result = 0;
        if (Flushes(ref status) || !(Math.Abs(value) < 9.0e18))
        {
            return false;
        }

        // Without a fraction every direction agrees; with one, only truncation is done here, and only if Inexact need not be raised.
        result = (long)value;
        return (double)result == value
            || (Resolve(rounding, ref status) == FpRounding.Zero && (status.Exceptions & FpExceptions.Inexact) != 0);
    }

    /// <summary>A binary64 value to a signed integer of 32 or 64 bits, zero-extended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToInt64(ulong a, int width, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        if (!IsDenormal64(a) && TryTruncate64(F64(a), rounding, ref status, out long result) && (width == 64 || (width == 32 && (int)result == result)))
        {
            return width == 64 ? (ulong)result : (uint)result;
        }

        return ToInteger64Exactly(a, width, true, 0, rounding, overflow, ref status);
    }

    /// <summary>A binary32 value to a signed integer of 32 or 64 bits, zero-extended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToInt32(ulong a, int width, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        if (!IsDenormal32((uint)a) && TryTruncate64(F32(a), rounding, ref status, out long result) && (width == 64 || (width == 32 && (int)result == result)))
        {
            return width == 64 ? (ulong)result : (uint)result;
        }

        return ToInteger32Exactly(a, width, true, 0, rounding, overflow, ref status);
    }

    /// <summary>A binary64 value to an unsigned integer of 32 or 64 bits. Values from 2^63 on are left to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToUInt64(ulong a, int width, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        if (!IsDenormal64(a) && TryTruncate64(F64(a), rounding, ref status, out long result) && result >= 0 && (width == 64 || (width == 32 && (uint)result == result)))
        {
            return (ulong)result;
        }

        return ToInteger64Exactly(a, width, false, 0, rounding, overflow, ref status);
    }

    /// <summary>A binary32 value to an unsigned integer of 32 or 64 bits. Values from 2^63 on are left to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ToUInt32(ulong a, int width, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        if (!IsDenormal32((uint)a) && TryTruncate64(F32(a), rounding, ref status, out long result) && result >= 0 && (width == 64 || (width == 32 && (uint)result == result)))
        {
            return (ulong)result;
        }

        return ToInteger32Exactly(a, width, false, 0, rounding, overflow, ref status);
    }

    /// <summary>Rounds a binary64 value to an integer without raising Inexact: the host has four of the directions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RoundToIntegral64(ulong a, FpRounding rounding, ref FpStatus status)
    {
        rounding = Resolve(rounding, ref status);
        if (rounding <= FpRounding.Zero && IsFinite64(a) && !Flushes(ref status))
        {
            double value = F64(a);
            return Bits(rounding switch
            {
                FpRounding.NearestEven => Math.Round(value),
                FpRounding.Up => Math.Ceiling(value),
                FpRounding.Down => Math.Floor(value),
                _ => Math.Truncate(value),
            });
        }

        return RoundToIntegral64Exactly(a, rounding, ref status);
    }

    /// <summary>Rounds a binary32 value to an integer without raising Inexact: the host has four of the directions.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RoundToIntegral32(ulong a, FpRounding rounding, ref FpStatus status)
    {
        rounding = Resolve(rounding, ref status);
        if (rounding <= FpRounding.Zero && IsFinite32((uint)a) && !Flushes(ref status))
        {
            float value = F32(a);
            return Bits(rounding switch
            {
                FpRounding.NearestEven => MathF.Round(value),
                FpRounding.Up => MathF.Ceiling(value),
                FpRounding.Down => MathF.Floor(value),
                _ => MathF.Truncate(value),
            });
        }

        return RoundToIntegral32Exactly(a, rounding, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong NarrowExactly(ulong a, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.Convert<Binary32>(a, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong FromInteger64Exactly(ulong value, bool signed, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.FromInteger(value, 64, signed, 0, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong FromInteger32Exactly(ulong value, bool signed, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.FromInteger(value, 64, signed, 0, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ToInteger64Exactly(ulong a, int width, bool signed, int fractionBits, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.ToInteger(a, width, signed, fractionBits, overflow, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong ToInteger32Exactly(ulong a, int width, bool signed, int fractionBits, FpRounding rounding, IntegerOverflow overflow, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.ToInteger(a, width, signed, fractionBits, overflow, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong RoundToIntegral64Exactly(ulong a, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary64>.RoundToIntegral(a, false, ref status);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static ulong RoundToIntegral32Exactly(ulong a, FpRounding rounding, ref FpStatus status)
    {
        using RoundingScope scope = new(rounding, ref status);
        return SoftFloat<Binary32>.RoundToIntegral(a, false, ref status);
    }
}
