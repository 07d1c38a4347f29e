namespace Dragoman.Tcg.Float;

/// <summary>VAX G_floating in register order (Alpha ARM 2.2.5.2).</summary>
public readonly struct VaxG : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 64;

    /// <inheritdoc/>
    public static int FractionBits => 52;

    /// <inheritdoc/>
    public static bool HasSpecials => false;

    /// <inheritdoc/>
    public static bool IsVax => true;
}
