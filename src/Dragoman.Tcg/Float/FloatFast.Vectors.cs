using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Dragoman.Tcg.Float;

// What the lanes of a host vector show: the same questions as of a scalar, of all lanes at once.
public static partial class FloatFast
{
    /// <summary>Whether no lane is an infinity or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreFinite<T>(Vector128<T> lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => typeof(T) == typeof(double)
            ? Vector128.LessThanAll(Size64(lanes), Vector128.Create((long)Infinity64))
            : Vector128.LessThanAll(Size32(lanes), Vector128.Create((int)Infinity32));

    /// <summary>Whether every lane is finite, and too large to be the product of an underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ArePlain<T>(Vector128<T> lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        if (typeof(T) == typeof(double))
        {
            Vector128<long> size = Size64(lanes);
            return Vector128.EqualsAll(Vector128.LessThan(size, Vector128.Create((long)Infinity64)) & Vector128.GreaterThan(size, Vector128.Create((long)LeastNormal64)), Vector128<long>.AllBitsSet);
        }

        Vector128<int> narrow = Size32(lanes);
        return Vector128.EqualsAll(Vector128.LessThan(narrow, Vector128.Create((int)Infinity32)) & Vector128.GreaterThan(narrow, Vector128.Create((int)LeastNormal32)), Vector128<int>.AllBitsSet);
    }

    /// <summary>Whether no lane has a NaN: what the host finds by comparing the two, not each with itself.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreOrdered<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128.EqualsAll((Vector128.LessThanOrEqual(a, b) | Vector128.GreaterThan(a, b)).AsUInt64(), Vector128<ulong>.AllBitsSet);

    /// <summary>Whether in every lane one is smaller, or both are the same number: no NaN, and no two zeros of different signs.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreApart<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector128<T> differ = Vector128.LessThan(a, b) | Vector128.GreaterThan(a, b);
        Vector128<T> same = Vector128.Equals(a, b) & SameBits(a, b);
        return Vector128.EqualsAll((differ | same).AsUInt64(), Vector128<ulong>.AllBitsSet);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> SameBits<T>(Vector128<T> a, Vector128<T> b)
        => typeof(T) == typeof(double)
            ? Vector128.Equals(a.AsUInt64(), b.AsUInt64()).As<ulong, T>()
            : Vector128.Equals(a.AsUInt32(), b.AsUInt32()).As<uint, T>();

    // Without its sign a value compares as an integer, which reports no denormal (HostDenormals).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<long> Size64<T>(Vector128<T> lanes) => lanes.AsInt64() & Vector128.Create(long.MaxValue);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Size32<T>(Vector128<T> lanes) => lanes.AsInt32() & Vector128.Create(int.MaxValue);
}
