using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static unsafe partial class FloatHelpers
{
    /// <summary>binary32 to binary64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FCvt32To64(byte* env, ulong a, ulong rounding) => FloatFast.Widen(a, ref Status(env));

    /// <summary>binary64 to binary32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong FCvt64To32(byte* env, ulong a, ulong rounding)
        => FloatFast.Narrow(a, (FpRounding)rounding, ref Status(env));

    /// <summary>binary16, or alternative half precision if the status says so, to binary32.</summary>
    public static ulong FCvt16To32(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return Status(env).AlternativeHalf
            ? SoftFloat<AlternativeHalf>.Convert<Binary32>(a, ref Status(env))
            : SoftFloat<Binary16>.Convert<Binary32>(a, ref Status(env));
    }

    /// <summary>binary32 to binary16, or to alternative half precision if the status says so.</summary>
    public static ulong FCvt32To16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return Status(env).AlternativeHalf
            ? SoftFloat<Binary32>.Convert<AlternativeHalf>(a, ref Status(env))
            : SoftFloat<Binary32>.Convert<Binary16>(a, ref Status(env));
    }

    /// <summary>binary16, or alternative half precision if the status says so, to binary64.</summary>
    public static ulong FCvt16To64(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return Status(env).AlternativeHalf
            ? SoftFloat<AlternativeHalf>.Convert<Binary64>(a, ref Status(env))
            : SoftFloat<Binary16>.Convert<Binary64>(a, ref Status(env));
    }

    /// <summary>binary64 to binary16, or to alternative half precision if the status says so.</summary>
    public static ulong FCvt64To16(byte* env, ulong a, ulong rounding)
    {
        using RoundingScope scope = new((FpRounding)rounding, ref Status(env));
        return Status(env).AlternativeHalf
            ? SoftFloat<Binary64>.Convert<AlternativeHalf>(a, ref Status(env))
            : SoftFloat<Binary64>.Convert<Binary16>(a, ref Status(env));
    }
}
