namespace Dragoman.Guests.X86;

/// <summary>The approximations of SSE, on raw bits of single precision: a denormal counts as zero, and raises nothing (Intel SDM 2B, RCPSS and RSQRTSS).</summary>
internal static unsafe partial class Helpers
{
    private const uint QuietBit = 0x0040_0000;

    public static partial ulong reciprocal(byte* env, ulong x) => Approximate((uint)x, static value => 1 / value);

    public static partial ulong reciprocal_sqrt(byte* env, ulong x) => Approximate((uint)x, static value => (float)(1 / Math.Sqrt(value)));

    private static uint Approximate(uint bits, Func<float, float> function)
    {
        float value = BitConverter.UInt32BitsToSingle(bits);
        if (float.IsNaN(value))
        {
            return bits | QuietBit;
        }

        float result = function(float.IsSubnormal(value) ? float.CopySign(0, value) : value);

        // The default NaN is negative; a tiny result is a zero.
        return float.IsNaN(result) ? 0xFFC0_0000
            : BitConverter.SingleToUInt32Bits(float.IsSubnormal(result) ? float.CopySign(0, result) : result);
    }
}
