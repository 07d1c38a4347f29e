namespace Dragoman.Tcg.Float;

/// <summary>IEEE 754-2019 binary16 (half precision).</summary>
public readonly struct Binary16 : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 16;

    /// <inheritdoc/>
    public static int FractionBits => 10;

    /// <inheritdoc/>
    public static bool HasSpecials => true;
}
