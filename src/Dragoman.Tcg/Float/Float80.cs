namespace Dragoman.Tcg.Float;

/// <summary>A value of the x87's double extended format as its 80 bits, valid encoding or not (Intel SDM vol. 1, 4.2.2 and 8.2.2).</summary>
/// <param name="SignExponent">Sign in bit 15, biased exponent below.</param>
/// <param name="Significand">Integer bit in bit 63, fraction below.</param>
public readonly record struct Float80(ushort SignExponent, ulong Significand)
{
    /// <summary>The real indefinite: the default NaN.</summary>
    public static readonly Float80 Indefinite = new(0xFFFF, 0xC000_0000_0000_0000);

    /// <summary>Exponent of infinities and NaNs.</summary>
    internal const int ExponentMask = 0x7FFF;

    internal const ulong IntegerBit = 1UL << 63;

    internal const ulong QuietBit = 1UL << 62;

    internal bool Sign => SignExponent >> 15 != 0;

    internal int Exponent => SignExponent & ExponentMask;

    internal bool IsZero => Exponent == 0 && Significand == 0;

    internal bool IsInfinity => Exponent == ExponentMask && Significand == IntegerBit;

    internal bool IsNan => Exponent == ExponentMask && Significand > IntegerBit;

    internal bool IsSignalling => IsNan && (Significand & QuietBit) == 0;

    /// <summary>Denormal or pseudo-denormal: an exponent of zero that stands for one.</summary>
    internal bool IsDenormal => Exponent == 0 && Significand != 0;

    /// <summary>Unnormal, pseudo-infinity or pseudo-NaN: no operand for the processor (SDM vol. 1, table 8-3).</summary>
    internal bool IsUnsupported => Exponent != 0 && (Significand & IntegerBit) == 0;

    internal static Float80 Zero(bool sign) => new(sign ? (ushort)0x8000 : (ushort)0, 0);

    internal static Float80 Infinity(bool sign) => new(sign ? (ushort)0xFFFF : (ushort)0x7FFF, IntegerBit);
}
