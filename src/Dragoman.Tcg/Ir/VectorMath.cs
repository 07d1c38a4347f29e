using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Dragoman.Tcg.Ir;

/// <summary>
/// What vector ops compute, on <c>Vector128&lt;byte&gt;</c>; the number at the end of a name is the lane's width in bits. The part with
/// expressions is generated from <c>isa/tcg/ops.tcg</c>. Lane 0 is the least significant.
/// </summary>
public static partial class VectorMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Concat(ulong low, ulong high) => Vector128.Create(low, high).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Low(Vector128<byte> v) => v.AsUInt64().ToScalar();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong High(Vector128<byte> v) => v.AsUInt64().GetElement(1);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> DupVec8(ulong x) => Vector128.Create((byte)x);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> DupVec16(ulong x) => Vector128.Create((ushort)x).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> DupVec32(ulong x) => Vector128.Create((uint)x).AsByte();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> DupVec64(ulong x) => Vector128.Create(x).AsByte();

    /// <summary>Lane <paramref name="k"/>, zero-extended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LaneGet8(Vector128<byte> v, ulong k) => v.GetElement((int)k);

    /// <inheritdoc cref="LaneGet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LaneGet16(Vector128<byte> v, ulong k) => v.AsUInt16().GetElement((int)k);

    /// <inheritdoc cref="LaneGet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LaneGet32(Vector128<byte> v, ulong k) => v.AsUInt32().GetElement((int)k);

    /// <inheritdoc cref="LaneGet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LaneGet64(Vector128<byte> v, ulong k) => v.AsUInt64().GetElement((int)k);

    /// <summary>Lane <paramref name="k"/> replaced by the low bits of <paramref name="x"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LaneSet8(Vector128<byte> v, ulong x, ulong k) => v.WithElement((int)k, (byte)x);

    /// <inheritdoc cref="LaneSet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LaneSet16(Vector128<byte> v, ulong x, ulong k) => v.AsUInt16().WithElement((int)k, (ushort)x).AsByte();

    /// <inheritdoc cref="LaneSet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LaneSet32(Vector128<byte> v, ulong x, ulong k) => v.AsUInt32().WithElement((int)k, (uint)x).AsByte();

    /// <inheritdoc cref="LaneSet8"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> LaneSet64(Vector128<byte> v, ulong x, ulong k) => v.AsUInt64().WithElement((int)k, x).AsByte();

    /// <summary>
    /// Byte <c>indices[i]</c> of the 32 bytes <paramref name="b"/>:<paramref name="a"/> for each byte i of the result; 0 where the index is 32 or more.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<byte> Shuffle(Vector128<byte> a, Vector128<byte> b, Vector128<byte> indices)
    {
        Vector128<byte> upper = indices - Vector128.Create((byte)16);
        if (Ssse3.IsSupported)
        {
            // pshufb looks at four bits and gives zero only where bit 7 is set.
            Vector128<byte> outside = Vector128.Create((byte)0x70);
            return Ssse3.Shuffle(a, Sse2.AddSaturate(indices, outside)) | Ssse3.Shuffle(b, Sse2.AddSaturate(upper, outside));
        }

        return Vector128.Shuffle(a, indices) | Vector128.Shuffle(b, upper);
    }
}
