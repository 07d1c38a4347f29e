using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    // width: bits of the integer, 16, 32 or 64. fractionBits: those below the binary point. overflow: an IntegerOverflow.

    /// <summary>binary16 to a signed integer or fixed-point number.</summary>
    public static ulong F2SI16(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.ToInteger(a, (int)width, true, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>binary16 to an unsigned integer or fixed-point number.</summary>
    public static ulong F2UI16(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.ToInteger(a, (int)width, false, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>A signed integer or fixed-point number to binary16.</summary>
    public static ulong SI2F16(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.FromInteger(value, (int)width, true, (int)fractionBits, ref Status(env));
    }

    /// <summary>An unsigned integer or fixed-point number to binary16.</summary>
    public static ulong UI2F16(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.FromInteger(value, (int)width, false, (int)fractionBits, ref Status(env));
    }

    /// <summary>binary32 to a signed integer or fixed-point number.</summary>
    public static ulong F2SI32(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        if (fractionBits == 0)
        {
            return FloatFast.ToInt32(a, (int)width, (FpRounding)rounding, (IntegerOverflow)overflow, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.ToInteger(a, (int)width, true, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>binary32 to an unsigned integer or fixed-point number.</summary>
    public static ulong F2UI32(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        if (fractionBits == 0)
        {
            return FloatFast.ToUInt32(a, (int)width, (FpRounding)rounding, (IntegerOverflow)overflow, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.ToInteger(a, (int)width, false, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>A signed integer or fixed-point number to binary32.</summary>
    public static ulong SI2F32(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        if (fractionBits == 0)
        {
            return FloatFast.FromInt64To32((long)(value << (64 - (int)width)) >> (64 - (int)width), (FpRounding)rounding, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.FromInteger(value, (int)width, true, (int)fractionBits, ref Status(env));
    }

    /// <summary>An unsigned integer or fixed-point number to binary32.</summary>
    public static ulong UI2F32(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        if (fractionBits == 0)
        {
            return FloatFast.FromUInt64To32((value << (64 - (int)width)) >> (64 - (int)width), (FpRounding)rounding, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.FromInteger(value, (int)width, false, (int)fractionBits, ref Status(env));
    }

    /// <summary>binary64 to a signed integer or fixed-point number.</summary>
    public static ulong F2SI64(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        if (fractionBits == 0)
        {
            return FloatFast.ToInt64(a, (int)width, (FpRounding)rounding, (IntegerOverflow)overflow, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.ToInteger(a, (int)width, true, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>binary64 to an unsigned integer or fixed-point number.</summary>
    public static ulong F2UI64(byte* env, ulong a, ulong width, ulong fractionBits, ulong rounding, ulong overflow)
    {
        if (fractionBits == 0)
        {
            return FloatFast.ToUInt64(a, (int)width, (FpRounding)rounding, (IntegerOverflow)overflow, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.ToInteger(a, (int)width, false, (int)fractionBits, (IntegerOverflow)overflow, ref Status(env));
    }

    /// <summary>A signed integer or fixed-point number to binary64.</summary>
    public static ulong SI2F64(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        if (fractionBits == 0)
        {
            return FloatFast.FromInt64To64((long)(value << (64 - (int)width)) >> (64 - (int)width), (FpRounding)rounding, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.FromInteger(value, (int)width, true, (int)fractionBits, ref Status(env));
    }

    /// <summary>An unsigned integer or fixed-point number to binary64.</summary>
    public static ulong UI2F64(byte* env, ulong value, ulong width, ulong fractionBits, ulong rounding)
    {
        if (fractionBits == 0)
        {
            return FloatFast.FromUInt64To64((value << (64 - (int)width)) >> (64 - (int)width), (FpRounding)rounding, ref Status(env));
        }

        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.FromInteger(value, (int)width, false, (int)fractionBits, ref Status(env));
    }
}
