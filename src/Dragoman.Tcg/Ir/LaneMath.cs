using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dragoman.Tcg.Ir;

/// <summary>
/// Lane functions that <see cref="Vector128"/> lacks: shifts that are total (a count of the lane's width or more gives 0, or the sign)
/// by one count or by a count for each lane, and comparisons by <see cref="TcgCond"/>. <c>T</c> is an unsigned lane.
/// </summary>
public static class LaneMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> ShiftLeft<T>(Vector128<T> a, int count)
        where T : unmanaged =>
        (uint)count < (uint)Bits<T>() ? Shift(a, count, Direction.Left) : Vector128<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> ShiftRight<T>(Vector128<T> a, int count)
        where T : unmanaged =>
        (uint)count < (uint)Bits<T>() ? Shift(a, count, Direction.Right) : Vector128<T>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> ShiftRightSigned<T>(Vector128<T> a, int count)
        where T : unmanaged =>
        Shift(a, Math.Min(count, Bits<T>() - 1), Direction.RightSigned);

    /// <summary>Each lane of <paramref name="a"/> shifted by the unsigned number in the same lane of <paramref name="count"/>.</summary>
    public static Vector128<T> ShiftLeft<T>(Vector128<T> a, Vector128<T> count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        // VPSLLV gives 0 for counts of the width or more: total as it is.
        if (Avx2.IsSupported && typeof(T) == typeof(uint))
        {
            return Avx2.ShiftLeftLogicalVariable(a.AsUInt32(), count.AsUInt32()).As<uint, T>();
        }

        if (Avx2.IsSupported && typeof(T) == typeof(ulong))
        {
            return Avx2.ShiftLeftLogicalVariable(a.AsUInt64(), count.AsUInt64()).As<ulong, T>();
        }

        return EachLane(a, count, static (x, n) => n < T.CreateTruncating(Bits<T>()) ? x << int.CreateTruncating(n) : T.Zero);
    }

    /// <inheritdoc cref="ShiftLeft{T}(Vector128{T}, Vector128{T})"/>
    public static Vector128<T> ShiftRight<T>(Vector128<T> a, Vector128<T> count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T>
    {
        if (Avx2.IsSupported && typeof(T) == typeof(uint))
        {
            return Avx2.ShiftRightLogicalVariable(a.AsUInt32(), count.AsUInt32()).As<uint, T>();
        }

        if (Avx2.IsSupported && typeof(T) == typeof(ulong))
        {
            return Avx2.ShiftRightLogicalVariable(a.AsUInt64(), count.AsUInt64()).As<ulong, T>();
        }

        return EachLane(a, count, static (x, n) => n < T.CreateTruncating(Bits<T>()) ? x >>> int.CreateTruncating(n) : T.Zero);
    }

    /// <inheritdoc cref="ShiftLeft{T}(Vector128{T}, Vector128{T})"/>
    public static Vector128<T> ShiftRightSigned<T>(Vector128<T> a, Vector128<T> count)
        where T : unmanaged, IBinaryInteger<T>, IUnsignedNumber<T> =>
        EachLane(a, count, static (x, n) =>
        {
            int bits = Bits<T>();
            int shift = n < T.CreateTruncating(bits) ? int.CreateTruncating(n) : bits - 1;
            long wide = (long)(ulong.CreateTruncating(x) << (64 - bits)) >> (64 - bits);
            return T.CreateTruncating((ulong)(wide >> shift));
        });

    /// <summary>All ones in each lane where <paramref name="cond"/> holds, else 0.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<T> Compare<T>(TcgCond cond, Vector128<T> a, Vector128<T> b)
        where T : unmanaged => cond switch
    {
        TcgCond.Never => Vector128<T>.Zero,
        TcgCond.Always => Vector128<T>.AllBitsSet,
        TcgCond.Eq => Vector128.Equals(a, b),
        TcgCond.Ne => ~Vector128.Equals(a, b),
        TcgCond.Lt => SignedGreater(b, a),
        TcgCond.Ge => ~SignedGreater(b, a),
        TcgCond.Le => ~SignedGreater(a, b),
        TcgCond.Gt => SignedGreater(a, b),
        TcgCond.Ltu => Vector128.LessThan(a, b),
        TcgCond.Geu => Vector128.GreaterThanOrEqual(a, b),
        TcgCond.Leu => Vector128.LessThanOrEqual(a, b),
        TcgCond.Gtu => Vector128.GreaterThan(a, b),
        TcgCond.TstEq => Vector128.Equals(a & b, Vector128<T>.Zero),
        _ => ~Vector128.Equals(a & b, Vector128<T>.Zero),
    };

    private static int Bits<T>()
        where T : unmanaged => Unsafe.SizeOf<T>() * 8;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> SignedGreater<T>(Vector128<T> a, Vector128<T> b)
        where T : unmanaged => Unsafe.SizeOf<T>() switch
    {
        1 => Vector128.GreaterThan(a.AsSByte(), b.AsSByte()).As<sbyte, T>(),
        2 => Vector128.GreaterThan(a.AsInt16(), b.AsInt16()).As<short, T>(),
        4 => Vector128.GreaterThan(a.AsInt32(), b.AsInt32()).As<int, T>(),
        _ => Vector128.GreaterThan(a.AsInt64(), b.AsInt64()).As<long, T>(),
    };

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<T> Shift<T>(Vector128<T> a, int count, Direction direction)
        where T : unmanaged => (Unsafe.SizeOf<T>(), direction) switch
    {
        (1, Direction.Left) => Vector128.ShiftLeft(a.AsByte(), count).As<byte, T>(),
        (2, Direction.Left) => Vector128.ShiftLeft(a.AsUInt16(), count).As<ushort, T>(),
        (4, Direction.Left) => Vector128.ShiftLeft(a.AsUInt32(), count).As<uint, T>(),
        (8, Direction.Left) => Vector128.ShiftLeft(a.AsUInt64(), count).As<ulong, T>(),
        (1, Direction.Right) => Vector128.ShiftRightLogical(a.AsByte(), count).As<byte, T>(),
        (2, Direction.Right) => Vector128.ShiftRightLogical(a.AsUInt16(), count).As<ushort, T>(),
        (4, Direction.Right) => Vector128.ShiftRightLogical(a.AsUInt32(), count).As<uint, T>(),
        (8, Direction.Right) => Vector128.ShiftRightLogical(a.AsUInt64(), count).As<ulong, T>(),
        (1, _) => Vector128.ShiftRightArithmetic(a.AsSByte(), count).As<sbyte, T>(),
        (2, _) => Vector128.ShiftRightArithmetic(a.AsInt16(), count).As<short, T>(),
        (4, _) => Vector128.ShiftRightArithmetic(a.AsInt32(), count).As<int, T>(),
        _ => Vector128.ShiftRightArithmetic(a.AsInt64(), count).As<long, T>(),
    };

    private static Vector128<T> EachLane<T>(Vector128<T> a, Vector128<T> b, Func<T, T, T> function)
        where T : unmanaged
    {
        Vector128<T> result = default;
        for (int i = 0; i < Vector128<T>.Count; i++)
        {
            result = result.WithElement(i, function(a.GetElement(i), b.GetElement(i)));
        }

        return result;
    }

    private enum Direction
    {
        Left,
        Right,
        RightSigned,
    }
}
