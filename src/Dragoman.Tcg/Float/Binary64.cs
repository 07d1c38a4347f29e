namespace Dragoman.Tcg.Float;

/// <summary>IEEE 754-2019 binary64 (double precision).</summary>
public readonly struct Binary64 : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 64;

    /// <inheritdoc/>
    public static int FractionBits => 52;

    /// <inheritdoc/>
    public static bool HasSpecials => true;
}
