namespace Dragoman.Tcg.Float;

/// <summary>A positive number with 128 bits: <c>Significand * 2^(Power - 127)</c>, the significand's highest bit set. Results are cut off.</summary>
internal readonly record struct WideReal(UInt128 Significand, int Power)
{
    /// <summary>An integer times a power of 2.</summary>
    public static WideReal Of(UInt128 value, int scale)
    {
        int shift = (int)UInt128.LeadingZeroCount(value);
        return new WideReal(value << shift, scale + 127 - shift);
    }

    /// <summary>A number in units of 2^-126.</summary>
    public static WideReal OfFixed(UInt128 value) => Of(value, -Fixed126.Bits);

    public static WideReal operator *(WideReal a, WideReal b) => Of(Fixed126.MultiplyHigh(a.Significand, b.Significand), a.Power + b.Power - 126);

    /// <summary>The quotient: by a reciprocal.</summary>
    public static WideReal operator /(WideReal a, WideReal b) => a * Inverse(b);

    /// <summary>In units of 2^-126; less than 4.</summary>
    public UInt128 ToFixed() => Power >= 1 ? Significand : Power < -126 ? 0 : Significand >> (1 - Power);

    private static WideReal Inverse(WideReal a)
    {
        WideReal inverse = OfFixed(Fixed126.Invert(a.Significand >> 1));
        return inverse with { Power = inverse.Power - a.Power };
    }
}
