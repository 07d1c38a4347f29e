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
        => Vector128.LessThanAll(Vector128.Abs(lanes), Vector128.Create(T.PositiveInfinity));

    /// <summary>Whether every lane is finite, and too large to be the product of an underflow.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool ArePlain<T>(Vector128<T> lanes)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
    {
        Vector128<T> size = Vector128.Abs(lanes);
        Vector128<T> plain = Vector128.LessThan(size, Vector128.Create(T.PositiveInfinity)) & Vector128.GreaterThan(size, LeastNormal<T>());
        return Vector128.EqualsAll(plain.AsUInt64(), Vector128<ulong>.AllBitsSet);
    }

    /// <summary>Whether no lane has a NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool AreOrdered<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged, IBinaryFloatingPointIeee754<T>
        => Vector128.EqualsAll((Vector128.Equals(a, a) & Vector128.Equals(b, b)).AsUInt64(), Vector128<ulong>.AllBitsSet);

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> LeastNormal<T>()
        => typeof(T) == typeof(double)
            ? Vector128.Create(LeastNormal64).As<ulong, T>()
            : Vector128.Create(LeastNormal32).As<uint, T>();
}
