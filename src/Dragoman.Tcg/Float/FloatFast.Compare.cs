using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class FloatFast
{
    /// <summary>Compares two binary64 values. The host settles every ordered pair; NaNs, and denormals that are flushed, go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FpRelation Compare64(ulong a, ulong b, bool signalling, ref FpStatus status)
    {
        if (!Flushes(ref status))
        {
            if (F64(a) < F64(b))
            {
                return FpRelation.Less;
            }

            if (F64(a) > F64(b))
            {
                return FpRelation.Greater;
            }

            if (F64(a) == F64(b))
            {
                return FpRelation.Equal;
            }
        }

        return SoftFloat<Binary64>.Compare(a, b, signalling, ref status);
    }

    /// <summary>Compares two binary32 values. The host settles every ordered pair; NaNs, and denormals that are flushed, go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static FpRelation Compare32(ulong a, ulong b, bool signalling, ref FpStatus status)
    {
        if (!Flushes(ref status))
        {
            if (F32(a) < F32(b))
            {
                return FpRelation.Less;
            }

            if (F32(a) > F32(b))
            {
                return FpRelation.Greater;
            }

            if (F32(a) == F32(b))
            {
                return FpRelation.Equal;
            }
        }

        return SoftFloat<Binary32>.Compare(a, b, signalling, ref status);
    }

    /// <summary>The smaller of two binary64 values; equal ones (zeros of either sign among them) and NaNs go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min64(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F64(a) < F64(b) ? a
            : !Flushes(ref status) && F64(a) > F64(b) ? b
            : SoftFloat<Binary64>.Min(a, b, ref status);

    /// <summary>As <see cref="Min64"/>, but a number wins over a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MinNumber64(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F64(a) < F64(b) ? a
            : !Flushes(ref status) && F64(a) > F64(b) ? b
            : SoftFloat<Binary64>.MinNumber(a, b, ref status);

    /// <summary>The larger of two binary64 values; equal ones (zeros of either sign among them) and NaNs go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max64(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F64(a) < F64(b) ? b
            : !Flushes(ref status) && F64(a) > F64(b) ? a
            : SoftFloat<Binary64>.Max(a, b, ref status);

    /// <summary>As <see cref="Max64"/>, but a number wins over a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MaxNumber64(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F64(a) < F64(b) ? b
            : !Flushes(ref status) && F64(a) > F64(b) ? a
            : SoftFloat<Binary64>.MaxNumber(a, b, ref status);

    /// <summary>The smaller of two binary32 values; equal ones (zeros of either sign among them) and NaNs go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Min32(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F32(a) < F32(b) ? a
            : !Flushes(ref status) && F32(a) > F32(b) ? b
            : SoftFloat<Binary32>.Min(a, b, ref status);

    /// <summary>As <see cref="Min32"/>, but a number wins over a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MinNumber32(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F32(a) < F32(b) ? a
            : !Flushes(ref status) && F32(a) > F32(b) ? b
            : SoftFloat<Binary32>.MinNumber(a, b, ref status);

    /// <summary>The larger of two binary32 values; equal ones (zeros of either sign among them) and NaNs go to the exact code.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Max32(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F32(a) < F32(b) ? b
            : !Flushes(ref status) && F32(a) > F32(b) ? a
            : SoftFloat<Binary32>.Max(a, b, ref status);

    /// <summary>As <see cref="Max32"/>, but a number wins over a quiet NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MaxNumber32(ulong a, ulong b, ref FpStatus status)
        => !Flushes(ref status) && F32(a) < F32(b) ? b
            : !Flushes(ref status) && F32(a) > F32(b) ? a
            : SoftFloat<Binary32>.MaxNumber(a, b, ref status);
}
