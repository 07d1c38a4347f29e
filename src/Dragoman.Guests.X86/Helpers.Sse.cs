using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;

namespace Dragoman.Guests.X86;

/// <summary>The approximations of SSE, on raw bits of single precision: a denormal counts as zero, and raises nothing (Intel SDM 2B, RCPSS and RSQRTSS).</summary>
internal static unsafe partial class Helpers
{
    private const uint QuietBit = 0x0040_0000, SignBit = 0x8000_0000, Infinity = 0x7F80_0000, LeastNormal = 0x0080_0000;

    public static partial ulong reciprocal(byte* env, ulong x) => Approximate((uint)x, static value => 1 / value);

    public static partial ulong reciprocal_sqrt(byte* env, ulong x) => Approximate((uint)x, static value => (float)(1 / Math.Sqrt(value)));

    private static uint Flush(uint bits) => (bits & ~SignBit) < LeastNormal ? bits & SignBit : bits;

    private static uint Approximate(uint bits, Func<float, float> function)
    {
        if ((bits & ~SignBit) > Infinity)
        {
            return bits | QuietBit;
        }

        // The default NaN is negative; a tiny result is a zero.
        uint result = BitConverter.SingleToUInt32Bits(function(BitConverter.UInt32BitsToSingle(Flush(bits))));
        return (result & ~SignBit) > Infinity ? 0xFFC0_0000 : Flush(result);
    }
}
