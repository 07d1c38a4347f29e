using Dragoman.Tcg.Helpers;

namespace Dragoman.Guests.AArch64;

/// <summary>What the cryptographic instructions need of a table or of a loop over bits.</summary>
internal static unsafe partial class Helpers
{
    public static partial ulong aes_sub_bytes(byte* env, ulong x) => GaloisField.SubBytes(x);

    public static partial ulong aes_inverse_sub_bytes(byte* env, ulong x) => GaloisField.InverseSubBytes(x);

    public static partial ulong polynomial_multiply_low(byte* env, ulong a, ulong b) => (ulong)GaloisField.Multiply(a, b);

    public static partial ulong polynomial_multiply_high(byte* env, ulong a, ulong b) => (ulong)(GaloisField.Multiply(a, b) >> 64);
}
