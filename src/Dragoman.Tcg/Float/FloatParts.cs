namespace Dragoman.Tcg.Float;

/// <summary>
/// An unpacked value. Finite: <c>±Significand · 2^(Exponent-63)</c>, bit 63 of the significand set. NaN: the significand is the
/// fraction aligned to bit 62, where its quiet bit stands whatever the format.
/// </summary>
internal readonly record struct FloatParts(FloatClass Class, bool Sign, int Exponent, ulong Significand)
{
    public bool IsZero => Class == FloatClass.Zero;

    public bool IsInfinity => Class == FloatClass.Infinity;

    public bool IsNan => Class >= FloatClass.QuietNan;

    public bool IsSignalling => Class == FloatClass.SignallingNan;

    public static FloatParts Zero(bool sign) => new(FloatClass.Zero, sign, 0, 0);

    public static FloatParts Finite(bool sign, int exponent, ulong significand) => new(FloatClass.Finite, sign, exponent, significand);
}
