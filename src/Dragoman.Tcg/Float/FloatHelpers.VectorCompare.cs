using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dragoman.Tcg.Float;

// Comparisons, minima and maxima of lanes: the host's vectors where no lane is unordered and nothing is flushed, else lane by lane.
public static unsafe partial class FloatHelpers
{
    /// <summary>All ones in each lane of binary32 where <paramref name="a"/> is equal; quiet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FEqVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsSingle(), b.AsSingle())
            ? Vector128.Equals(a.AsSingle(), b.AsSingle()).AsByte()
            : (-EachLane32(env, a, b, &FEq32)).AsByte();

    /// <summary>All ones in each lane of binary32 where <paramref name="a"/> is greater or equal; signalling.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FGeVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsSingle(), b.AsSingle())
            ? Vector128.GreaterThanOrEqual(a.AsSingle(), b.AsSingle()).AsByte()
            : (-EachLane32(env, a, b, &FGe32)).AsByte();

    /// <summary>All ones in each lane of binary32 where <paramref name="a"/> is greater; signalling.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FGtVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsSingle(), b.AsSingle())
            ? Vector128.GreaterThan(a.AsSingle(), b.AsSingle()).AsByte()
            : (-EachLane32(env, a, b, &FGt32)).AsByte();

    /// <summary>In each lane of binary32 the smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMinVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsSingle(), b.AsSingle())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()), a.AsSingle(), b.AsSingle()).AsByte()
            : EachLane32(env, a, b, &FMin32).AsByte();

    /// <summary>In each lane of binary32 the larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMaxVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsSingle(), b.AsSingle())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()), b.AsSingle(), a.AsSingle()).AsByte()
            : EachLane32(env, a, b, &FMax32).AsByte();

    /// <summary>In each lane of binary32 the smaller, a number before a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMinNmVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsSingle(), b.AsSingle())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()), a.AsSingle(), b.AsSingle()).AsByte()
            : EachLane32(env, a, b, &FMinNm32).AsByte();

    /// <summary>In each lane of binary32 the larger, a number before a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMaxNmVec32(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsSingle(), b.AsSingle())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsSingle(), b.AsSingle()), b.AsSingle(), a.AsSingle()).AsByte()
            : EachLane32(env, a, b, &FMaxNm32).AsByte();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<uint> EachLane32(byte* env, Vector128<byte> a, Vector128<byte> b, delegate*<byte*, ulong, ulong, ulong> operation)
    {
        Vector128<uint> result = default;
        for (int k = 0; k < 4; k++)
        {
            result = result.WithElement(k, (uint)operation(env, a.AsUInt32()[k], b.AsUInt32()[k]));
        }

        return result;
    }

    /// <summary>All ones in each lane of binary64 where <paramref name="a"/> is equal; quiet.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FEqVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsDouble(), b.AsDouble())
            ? Vector128.Equals(a.AsDouble(), b.AsDouble()).AsByte()
            : (-EachLane64(env, a, b, &FEq64)).AsByte();

    /// <summary>All ones in each lane of binary64 where <paramref name="a"/> is greater or equal; signalling.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FGeVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsDouble(), b.AsDouble())
            ? Vector128.GreaterThanOrEqual(a.AsDouble(), b.AsDouble()).AsByte()
            : (-EachLane64(env, a, b, &FGe64)).AsByte();

    /// <summary>All ones in each lane of binary64 where <paramref name="a"/> is greater; signalling.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FGtVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreOrdered(a.AsDouble(), b.AsDouble())
            ? Vector128.GreaterThan(a.AsDouble(), b.AsDouble()).AsByte()
            : (-EachLane64(env, a, b, &FGt64)).AsByte();

    /// <summary>In each lane of binary64 the smaller.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMinVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsDouble(), b.AsDouble())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()), a.AsDouble(), b.AsDouble()).AsByte()
            : EachLane64(env, a, b, &FMin64).AsByte();

    /// <summary>In each lane of binary64 the larger.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMaxVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsDouble(), b.AsDouble())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()), b.AsDouble(), a.AsDouble()).AsByte()
            : EachLane64(env, a, b, &FMax64).AsByte();

    /// <summary>In each lane of binary64 the smaller, a number before a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMinNmVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsDouble(), b.AsDouble())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()), a.AsDouble(), b.AsDouble()).AsByte()
            : EachLane64(env, a, b, &FMinNm64).AsByte();

    /// <summary>In each lane of binary64 the larger, a number before a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> FMaxNmVec64(byte* env, Vector128<byte> a, Vector128<byte> b)
        => !FloatFast.Flushes(ref Status(env)) && FloatFast.AreApart(a.AsDouble(), b.AsDouble())
            ? Vector128.ConditionalSelect(Vector128.LessThan(a.AsDouble(), b.AsDouble()), b.AsDouble(), a.AsDouble()).AsByte()
            : EachLane64(env, a, b, &FMaxNm64).AsByte();

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static Vector128<ulong> EachLane64(byte* env, Vector128<byte> a, Vector128<byte> b, delegate*<byte*, ulong, ulong, ulong> operation)
    {
        Vector128<ulong> result = default;
        for (int k = 0; k < 2; k++)
        {
            result = result.WithElement(k, operation(env, a.AsUInt64()[k], b.AsUInt64()[k]));
        }

        return result;
    }
}
