using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>
    /// Converts to another format (Arm FPConvert). <typeparamref name="TTo"/> or <typeparamref name="TFormat"/> may be
    /// <see cref="AlternativeHalf"/>; a NaN then becomes zero and an infinity the largest number, both invalid.
    /// </summary>
    public static ulong Convert<TTo>(ulong a, ref FpStatus status)
        where TTo : struct, IFloatFormat
    {
        // FPUnpackCV and FPRoundCV: conversions never flush a half.
        bool flushHalf = status.FlushHalf;
        status.FlushHalf = false;
        FloatParts x = Unpack(a, ref status);
        ReportDenormals(x, x, ref status);
        ulong result = SoftFloat<TTo>.FromParts(x, ref status);
        status.FlushHalf = flushHalf;
        return result;
    }

    /// <summary>Rounds a value that was unpacked from another format into this one.</summary>
    private static ulong FromParts(FloatParts x, ref FpStatus status)
    {
        switch (x.Class)
        {
            case FloatClass.Zero:
                return WithSign(x.Sign, 0);
            case FloatClass.Finite:
                return Round(x.Sign, x.Exponent, x.Significand, 0, ref status);
            case FloatClass.Infinity when TFormat.HasSpecials:
                return WithSign(x.Sign, InfinityBits);
            case FloatClass.Infinity:
                status.Exceptions |= FpExceptions.Invalid;
                return WithSign(x.Sign, LargestBits);
            default:
                if (!TFormat.HasSpecials)
                {
                    status.Exceptions |= FpExceptions.Invalid;
                    return WithSign(x.Sign, 0);
                }

                return PropagateNan(x, ref status);
        }
    }
}
