using System.Numerics;

namespace Dragoman.Tcg.Helpers;

/// <summary>What cryptographic instructions of every guest need of a table or a loop over bits: arithmetic of polynomials over GF(2). Pure; any thread may call.</summary>
public static class GaloisField
{
    private static readonly byte[] s_box = MakeBox();
    private static readonly byte[] s_inverse = Invert(s_box);

    /// <summary>The S-box of AES, on each of eight bytes (FIPS 197, 5.1.1).</summary>
    public static ulong SubBytes(ulong x) => Substitute(s_box, x);

    /// <summary>Its inverse (FIPS 197, 5.3.2).</summary>
    public static ulong InverseSubBytes(ulong x) => Substitute(s_inverse, x);

    /// <summary>The product of two polynomials, without reduction.</summary>
    public static UInt128 Multiply(ulong a, ulong b)
    {
        UInt128 product = 0;
        for (; b != 0; b &= b - 1)
        {
            product ^= (UInt128)a << BitOperations.TrailingZeroCount(b);
        }

        return product;
    }

    private static ulong Substitute(byte[] box, ulong x)
    {
        ulong result = 0;
        for (int i = 0; i < 64; i += 8)
        {
            result |= (ulong)box[(byte)(x >> i)] << i;
        }

        return result;
    }

    // Powers of the generator 3 and of its inverse 0xF6 meet at each element and its reciprocal.
    private static byte[] MakeBox()
    {
        var box = new byte[256];
        byte p = 1;
        byte q = 1;
        do
        {
            p = (byte)(p ^ (p << 1) ^ ((p & 0x80) != 0 ? 0x1B : 0));
            q ^= (byte)(q << 1);
            q ^= (byte)(q << 2);
            q ^= (byte)(q << 4);
            q ^= (byte)((q & 0x80) != 0 ? 0x09 : 0);
            box[p] = (byte)(q ^ RotateLeft(q, 1) ^ RotateLeft(q, 2) ^ RotateLeft(q, 3) ^ RotateLeft(q, 4) ^ 0x63);
        }
        while (p != 1);
        box[0] = 0x63;
        return box;
    }

    private static byte RotateLeft(byte value, int count) => (byte)(value << count | value >> (8 - count));

    private static byte[] Invert(byte[] box)
    {
        var inverse = new byte[256];
        for (int i = 0; i < 256; i++)
        {
            inverse[box[i]] = (byte)i;
        }

        return inverse;
    }
}
