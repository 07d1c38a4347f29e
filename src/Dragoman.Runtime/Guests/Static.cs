using System.Globalization;
using System.Numerics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>
/// The description language's operations on values known while translating. Ints are 64-bit signed; values with a width are kept masked to it
/// in a <c>ulong</c>, or above 64 bits in a <see cref="UInt128"/>.
/// </summary>
public static class Static
{
    /// <summary>What is thrown when a body is translated for fields that its <c>match</c> calls unallocated: the decoder refused them before.</summary>
    public static Exception Unallocated() => new InvalidOperationException("The decoder let an unallocated encoding through.");

    /// <summary>The order of an access from its two halves.</summary>
    public static MemOp Order(bool acquire, bool release) => (acquire ? MemOp.Acquire : 0) | (release ? MemOp.Release : 0);

    /// <summary>
    /// An access in an MMU mode of its own. A description's accesses hold the mode plus one, so that 0 is the mode of the <c>tbstate</c>; <see cref="InsnBuilder"/>
    /// makes a mode of it.
    /// </summary>
    public static MemOp InMode(long mode) => default(MemOp).InMode((int)mode + 1);

    /// <summary>Ones in the low <paramref name="count"/> bits.</summary>
    public static ulong Ones(long count) => count >= 64 ? ulong.MaxValue : count <= 0 ? 0 : (1UL << (int)count) - 1;

    /// <summary>Bits of an int.</summary>
    public static long Bits(long value, long position, long width) => (long)((ulong)Shr(value, position) & Ones(width));

    /// <summary>Bits of a value with a width.</summary>
    public static ulong Bits(int n, ulong value, long position, long width) => (position >= 64 ? 0 : value >> (int)position) & Ones(width);

    /// <summary>Bits of a wide value.</summary>
    public static ulong Bits(int n, UInt128 value, long position, long width) => (ulong)(value >> (int)position) & Ones(width);

    /// <summary>Truncates an int to at most 64 bits.</summary>
    public static ulong ToBits(int n, long value) => (ulong)value & Ones(n);

    /// <summary>Sign-extends an int to more than 64 bits.</summary>
    public static UInt128 ToBits128(int n, long value) => Mask(n, (UInt128)(Int128)value);

    public static long Shl(long value, long count) => count is < 0 or > 63 ? 0 : value << (int)count;

    public static long Shr(long value, long count) => count is < 0 or > 63 ? (value < 0 ? -1 : 0) : value >> (int)count;

    public static ulong Shl(int n, ulong value, long count) => count < 0 || count >= n ? 0 : value << (int)count & Ones(n);

    public static ulong Shr(int n, ulong value, long count) => count < 0 || count >= n ? 0 : value >> (int)count;

    public static ulong Sar(int n, ulong value, long count) => (ulong)(Signed(n, value) >> (int)Math.Clamp(count < 0 ? 63 : count, 0, 63)) & Ones(n);

    public static ulong Ror(int n, ulong value, long count)
    {
        int k = (int)((count % n + n) % n);
        return k == 0 ? value : (value >> k | value << (n - k)) & Ones(n);
    }

    public static ulong Rol(int n, ulong value, long count) => Ror(n, value, -count);

    public static UInt128 Shl(int n, UInt128 value, long count) => count < 0 || count >= n ? 0 : Mask(n, value << (int)count);

    public static UInt128 Shr(int n, UInt128 value, long count) => count < 0 || count >= n ? 0 : value >> (int)count;

    public static ulong Add(int n, ulong a, ulong b) => (a + b) & Ones(n);

    public static ulong Sub(int n, ulong a, ulong b) => (a - b) & Ones(n);

    public static UInt128 Neg(int n, UInt128 a) => Mask(n, -a);

    public static ulong Mul(int n, ulong a, ulong b) => (a * b) & Ones(n);

    public static ulong DivU(int n, ulong a, ulong b) => b == 0 ? 0 : a / b;

    public static ulong RemU(int n, ulong a, ulong b) => b == 0 ? a : a % b;

    public static UInt128 Add(int n, UInt128 a, UInt128 b) => Mask(n, a + b);

    public static UInt128 Sub(int n, UInt128 a, UInt128 b) => Mask(n, a - b);

    public static ulong Neg(int n, ulong a) => (0 - a) & Ones(n);

    public static ulong Not(int n, ulong a) => ~a & Ones(n);

    public static UInt128 Not(int n, UInt128 a) => Mask(n, ~a);

    public static ulong Abs(int n, ulong a) => Signed(n, a) < 0 ? Neg(n, a) : a;

    public static ulong Sx(int from, int to, ulong a) => (ulong)Signed(from, a) & Ones(to);

    /// <summary>Sign-extends to more than 64 bits.</summary>
    public static UInt128 Sx128(int from, int to, ulong a) => Mask(to, (UInt128)(Int128)Signed(from, a));

    /// <summary>Joins two values; at most 64 bits.</summary>
    public static ulong Cat(int highWidth, int lowWidth, ulong high, ulong low) => high << lowWidth | low;

    public static UInt128 Cat(int highWidth, int lowWidth, UInt128 high, UInt128 low) => high << lowWidth | low;

    /// <summary>Repeats a value to <paramref name="to"/> bits.</summary>
    public static ulong Fill(int from, int to, ulong value)
    {
        ulong result = 0;
        for (int i = 0; i < to && i < 64; i += from)
        {
            result |= value << i;
        }

        return result & Ones(to);
    }

    /// <summary>Repeats a value to more than 64 bits.</summary>
    public static UInt128 Fill128(int from, int to, ulong value)
    {
        UInt128 result = 0;
        for (int i = 0; i < to; i += from)
        {
            result |= (UInt128)value << i;
        }

        return Mask(to, result);
    }

    public static ulong Clz(int n, ulong a) => (ulong)(BitOperations.LeadingZeroCount(a) - (64 - n));

    public static ulong Ctz(int n, ulong a) => a == 0 ? (ulong)n : (ulong)BitOperations.TrailingZeroCount(a);

    public static ulong PopCount(int n, ulong a) => (ulong)BitOperations.PopCount(a);

    public static bool LtS(int n, ulong a, ulong b) => Signed(n, a) < Signed(n, b);

    public static bool LeS(int n, ulong a, ulong b) => Signed(n, a) <= Signed(n, b);

    public static bool GtS(int n, ulong a, ulong b) => Signed(n, a) > Signed(n, b);

    public static bool GeS(int n, ulong a, ulong b) => Signed(n, a) >= Signed(n, b);

    public static long Min(long a, long b) => Math.Min(a, b);

    public static long Max(long a, long b) => Math.Max(a, b);

    public static long Abs(long a) => Math.Abs(a);

    /// <summary>The exponent of the greatest power of two that is not above <paramref name="a"/>.</summary>
    public static long Lg2(long a) => BitOperations.Log2((ulong)a);

    /// <summary>Hexadecimal text, <c>0x1f</c>.</summary>
    public static string Hex(long value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Hex(long)"/>
    public static string Hex(ulong value) => "0x" + value.ToString("x", CultureInfo.InvariantCulture);

    /// <summary>An absolute address as <c>#0x1f</c>.</summary>
    public static string Label(long address) => "#0x" + address.ToString("x", CultureInfo.InvariantCulture);

    /// <inheritdoc cref="Label(long)"/>
    public static string Label(ulong address) => Label((long)address);

    private static long Signed(int n, ulong a) => (long)(a << (64 - n)) >> (64 - n);

    private static UInt128 Mask(int n, UInt128 value) => n >= 128 ? value : value & ((UInt128.One << n) - 1);
}
