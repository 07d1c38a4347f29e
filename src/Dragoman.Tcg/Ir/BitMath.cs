using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.CompilerServices;

namespace Dragoman.Tcg.Ir;

/// <summary>
/// The functions of the op table's language that are no C# operator. Folder, interpreter and IL all call these; RyuJIT makes
/// one or two host instructions of each. Shifts are total: a count of the width or more gives 0, or the sign.
/// </summary>
public static class BitMath
{
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LeadingZeroCount(uint a) => (uint)BitOperations.LeadingZeroCount(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LeadingZeroCount(ulong a) => (ulong)BitOperations.LeadingZeroCount(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint TrailingZeroCount(uint a) => (uint)BitOperations.TrailingZeroCount(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong TrailingZeroCount(ulong a) => (ulong)BitOperations.TrailingZeroCount(a);

    /// <summary>Number of bits below the sign bit that equal it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint LeadingSignCount(uint a) => (uint)BitOperations.LeadingZeroCount(a ^ (uint)((int)a >> 31)) - 1;

    /// <inheritdoc cref="LeadingSignCount(uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong LeadingSignCount(ulong a) => (ulong)BitOperations.LeadingZeroCount(a ^ (ulong)((long)a >> 63)) - 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint PopCount(uint a) => (uint)BitOperations.PopCount(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong PopCount(ulong a) => (ulong)BitOperations.PopCount(a);

    public static uint ReverseBits(uint a)
    {
        a = ((a >> 1) & 0x55555555) | ((a & 0x55555555) << 1);
        a = ((a >> 2) & 0x33333333) | ((a & 0x33333333) << 2);
        a = ((a >> 4) & 0x0F0F0F0F) | ((a & 0x0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(a);
    }

    public static ulong ReverseBits(ulong a)
    {
        a = ((a >> 1) & 0x5555555555555555) | ((a & 0x5555555555555555) << 1);
        a = ((a >> 2) & 0x3333333333333333) | ((a & 0x3333333333333333) << 2);
        a = ((a >> 4) & 0x0F0F0F0F0F0F0F0F) | ((a & 0x0F0F0F0F0F0F0F0F) << 4);
        return BinaryPrimitives.ReverseEndianness(a);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReverseBytes(uint a) => BinaryPrimitives.ReverseEndianness(a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReverseBytes(ulong a) => BinaryPrimitives.ReverseEndianness(a);

    /// <summary>The low four bytes reversed, zero-extended.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ReverseBytes32(uint a) => BinaryPrimitives.ReverseEndianness(a);

    /// <inheritdoc cref="ReverseBytes32(uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ReverseBytes32(ulong a) => BinaryPrimitives.ReverseEndianness((uint)a);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MultiplyHighSigned(uint a, uint b) => (uint)(((long)(int)a * (int)b) >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHighSigned(ulong a, ulong b) => (ulong)Math.BigMul((long)a, (long)b, out _);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint MultiplyHigh(uint a, uint b) => (uint)(((ulong)a * b) >> 32);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong MultiplyHigh(ulong a, ulong b) => Math.BigMul(a, b, out _);

    /// <summary>The low half of the unsigned quotient of hi:lo by <paramref name="b"/>, which is not 0.</summary>
    public static uint DivideWide(uint lo, uint hi, uint b) => (uint)((((ulong)hi << 32) | lo) / b);

    /// <inheritdoc cref="DivideWide(uint, uint, uint)"/>
    public static ulong DivideWide(ulong lo, ulong hi, ulong b) => hi == 0 ? lo / b : (ulong)(new UInt128(hi, lo) / b);

    /// <summary>The unsigned remainder of hi:lo by <paramref name="b"/>, which is not 0.</summary>
    public static uint RemainderWide(uint lo, uint hi, uint b) => (uint)((((ulong)hi << 32) | lo) % b);

    /// <inheritdoc cref="RemainderWide(uint, uint, uint)"/>
    public static ulong RemainderWide(ulong lo, ulong hi, ulong b) => hi == 0 ? lo % b : (ulong)(new UInt128(hi, lo) % b);

    /// <summary>The low half of the signed quotient of hi:lo by <paramref name="b"/>, which is not 0, toward 0.</summary>
    public static uint DivideWideSigned(uint lo, uint hi, uint b)
    {
        // The least number by -1 overflows 64 bits too, and the processor's division would trap.
        long dividend = (long)(((ulong)hi << 32) | lo);
        return b == uint.MaxValue ? 0 - lo : (uint)(dividend / (int)b);
    }

    /// <inheritdoc cref="DivideWideSigned(uint, uint, uint)"/>
    public static ulong DivideWideSigned(ulong lo, ulong hi, ulong b)
    {
        if (b == ulong.MaxValue)
        {
            return 0 - lo;
        }

        return hi == (ulong)((long)lo >> 63) ? (ulong)((long)lo / (long)b) : (ulong)((Int128)new UInt128(hi, lo) / (long)b);
    }

    /// <summary>The signed remainder of hi:lo by <paramref name="b"/>, which is not 0; its sign is the dividend's.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RemainderWideSigned(uint lo, uint hi, uint b) => lo - (DivideWideSigned(lo, hi, b) * b);

    /// <inheritdoc cref="RemainderWideSigned(uint, uint, uint)"/>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RemainderWideSigned(ulong lo, ulong hi, ulong b) => lo - (DivideWideSigned(lo, hi, b) * b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RotateLeft(uint a, uint count) => BitOperations.RotateLeft(a, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateLeft(ulong a, ulong count) => BitOperations.RotateLeft(a, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint RotateRight(uint a, uint count) => BitOperations.RotateRight(a, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong RotateRight(ulong a, ulong count) => BitOperations.RotateRight(a, (int)count);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftLeft(uint a, uint count) => count < 32 ? a << (int)count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong a, ulong count) => count < 64 ? a << (int)count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftLeft(uint a, int count) => (uint)count < 32 ? a << count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftLeft(ulong a, int count) => (uint)count < 64 ? a << count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRight(uint a, uint count) => count < 32 ? a >> (int)count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong a, ulong count) => count < 64 ? a >> (int)count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRight(uint a, int count) => (uint)count < 32 ? a >> count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRight(ulong a, int count) => (uint)count < 64 ? a >> count : 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRightSigned(uint a, uint count) => (uint)((int)a >> (int)Math.Min(count, 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightSigned(ulong a, ulong count) => (ulong)((long)a >> (int)Math.Min(count, 63));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint ShiftRightSigned(uint a, int count) => (uint)((int)a >> Math.Min(count, 31));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong ShiftRightSigned(ulong a, int count) => (ulong)((long)a >> Math.Min(count, 63));

    /// <summary>A number with its low <paramref name="count"/> bits set, 1 to 32.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static uint Ones32(int count) => uint.MaxValue >> (32 - count);

    /// <summary>A number with its low <paramref name="count"/> bits set, 1 to 64.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static ulong Ones64(int count) => ulong.MaxValue >> (64 - count);
}
