namespace Dragoman.Tcg.Float;

/// <summary>VAX D_floating in register order (Alpha ARM 2.2.5.3).</summary>
public readonly struct VaxD : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 64;

    /// <inheritdoc/>
    public static int FractionBits => 55;

    /// <inheritdoc/>
    public static bool HasSpecials => false;

    /// <inheritdoc/>
    public static bool IsVax => true;
}
