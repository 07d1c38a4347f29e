using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>Arm FRECPE: an 8-bit estimate of <c>1 / a</c> (FPRecipEstimate).</summary>
    public static ulong ReciprocalEstimate(ulong a, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        if (x.IsNan)
        {
            return PropagateNan(x, ref status);
        }

        if (x.IsInfinity)
        {
            return WithSign(x.Sign, 0);
        }

        if (x.IsZero)
        {
            status.Exceptions |= FpExceptions.DivideByZero;
            return WithSign(x.Sign, InfinityBits);
        }

        // Below a quarter of the least normal number the reciprocal overflows.
        if (x.Exponent < -Bias - 1)
        {
            return Overflow(x.Sign, ref status);
        }

        if (Flushes(in status, status.FlushOutputs) && x.Exponent >= Bias - 1)
        {
            status.Exceptions |= FpExceptions.Underflow;
            return WithSign(x.Sign, 0);
        }

        int estimate = ReciprocalTables.Reciprocal((int)(x.Significand >> 55));
        int field = Bias - 1 - x.Exponent;
        ulong significand = (ulong)estimate << (FractionBits - 8);
        ulong magnitude = field > 0 ? ((ulong)(field - 1) << FractionBits) + significand : significand >> (1 - field);
        return WithSign(x.Sign, magnitude);
    }

    /// <summary>Arm FRSQRTE: an 8-bit estimate of <c>1 / √a</c> (FPRSqrtEstimate).</summary>
    public static ulong ReciprocalSqrtEstimate(ulong a, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        if (x.IsNan)
        {
            return PropagateNan(x, ref status);
        }

        if (x.IsZero)
        {
            status.Exceptions |= FpExceptions.DivideByZero;
            return WithSign(x.Sign, InfinityBits);
        }

        if (x.Sign)
        {
            return Invalid(ref status);
        }

        if (x.IsInfinity)
        {
            return 0;
        }

        // The operand is brought to [1/4, 1) by an even power of two; nine or eight of its leading bits index the estimate.
        bool evenField = ((x.Exponent + Bias) & 1) == 0;
        int scaled = (int)(x.Significand >> (evenField ? 55 : 56));
        int field = ((3 * Bias) - 1 - (x.Exponent + Bias)) >> 1;
        ulong fraction = (ulong)(ReciprocalTables.ReciprocalSqrt(scaled) & 0xFF) << (FractionBits - 8);
        return ((ulong)field << FractionBits) | fraction;
    }

    /// <summary>Arm FRECPX: a power of two near the reciprocal, by inverting the exponent field (FPRecpX).</summary>
    public static ulong ReciprocalExponent(ulong a, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        if (x.IsNan)
        {
            return PropagateNan(x, ref status);
        }

        int field = (int)(a >> FractionBits) & ExponentMask;
        ulong inverted = field == 0 ? (ulong)(ExponentMask - 1) : (ulong)(~field & ExponentMask);
        return WithSign(x.Sign, inverted << FractionBits);
    }
}
