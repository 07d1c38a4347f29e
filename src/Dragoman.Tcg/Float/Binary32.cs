namespace Dragoman.Tcg.Float;

/// <summary>IEEE 754-2019 binary32 (single precision).</summary>
public readonly struct Binary32 : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 32;

    /// <inheritdoc/>
    public static int FractionBits => 23;

    /// <inheritdoc/>
    public static bool HasSpecials => true;
}
