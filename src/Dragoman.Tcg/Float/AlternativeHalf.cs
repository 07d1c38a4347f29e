namespace Dragoman.Tcg.Float;

/// <summary>Arm's alternative half precision (Arm ARM A1.4.2): binary16 whose largest exponent holds numbers, so no infinities or NaNs. Conversions only.</summary>
public readonly struct AlternativeHalf : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 16;

    /// <inheritdoc/>
    public static int FractionBits => 10;

    /// <inheritdoc/>
    public static bool HasSpecials => false;
}
