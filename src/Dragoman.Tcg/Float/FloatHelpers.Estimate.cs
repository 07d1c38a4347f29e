using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary>Arm FMULX in binary16.</summary>
    public static ulong FMulX16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.MultiplyExtended(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPS in binary16.</summary>
    public static ulong FRecpS16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.ReciprocalStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRSQRTS in binary16.</summary>
    public static ulong FRSqrtS16(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.ReciprocalSqrtStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPE in binary16; the direction matters where the reciprocal overflows.</summary>
    public static ulong FRecpE16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary16>.ReciprocalEstimate(a, ref Status(env));
    }

    /// <summary>Arm FRSQRTE in binary16.</summary>
    public static ulong FRSqrtE16(byte* env, ulong a) => SoftFloat<Binary16>.ReciprocalSqrtEstimate(a, ref Status(env));

    /// <summary>Arm FRECPX in binary16.</summary>
    public static ulong FRecpX16(byte* env, ulong a) => SoftFloat<Binary16>.ReciprocalExponent(a, ref Status(env));

    /// <summary>Arm FMULX in binary32.</summary>
    public static ulong FMulX32(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.MultiplyExtended(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPS in binary32.</summary>
    public static ulong FRecpS32(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.ReciprocalStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRSQRTS in binary32.</summary>
    public static ulong FRSqrtS32(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.ReciprocalSqrtStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPE in binary32; the direction matters where the reciprocal overflows.</summary>
    public static ulong FRecpE32(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary32>.ReciprocalEstimate(a, ref Status(env));
    }

    /// <summary>Arm FRSQRTE in binary32.</summary>
    public static ulong FRSqrtE32(byte* env, ulong a) => SoftFloat<Binary32>.ReciprocalSqrtEstimate(a, ref Status(env));

    /// <summary>Arm FRECPX in binary32.</summary>
    public static ulong FRecpX32(byte* env, ulong a) => SoftFloat<Binary32>.ReciprocalExponent(a, ref Status(env));

    /// <summary>Arm FMULX in binary64.</summary>
    public static ulong FMulX64(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.MultiplyExtended(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPS in binary64.</summary>
    public static ulong FRecpS64(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.ReciprocalStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRSQRTS in binary64.</summary>
    public static ulong FRSqrtS64(byte* env, ulong a, ulong b, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.ReciprocalSqrtStep(a, b, ref Status(env));
    }

    /// <summary>Arm FRECPE in binary64; the direction matters where the reciprocal overflows.</summary>
    public static ulong FRecpE64(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return SoftFloat<Binary64>.ReciprocalEstimate(a, ref Status(env));
    }

    /// <summary>Arm FRSQRTE in binary64.</summary>
    public static ulong FRSqrtE64(byte* env, ulong a) => SoftFloat<Binary64>.ReciprocalSqrtEstimate(a, ref Status(env));

    /// <summary>Arm FRECPX in binary64.</summary>
    public static ulong FRecpX64(byte* env, ulong a) => SoftFloat<Binary64>.ReciprocalExponent(a, ref Status(env));

    /// <summary>Arm URECPE on one 32-bit lane.</summary>
    public static ulong URecpE(byte* env, ulong a) => ReciprocalTables.UnsignedReciprocal((uint)a);

    /// <summary>Arm URSQRTE on one 32-bit lane.</summary>
    public static ulong URSqrtE(byte* env, ulong a) => ReciprocalTables.UnsignedReciprocalSqrt((uint)a);
}
