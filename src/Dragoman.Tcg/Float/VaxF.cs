namespace Dragoman.Tcg.Float;

/// <summary>VAX F_floating, its exponent above its fraction as in a register, not in memory order (Alpha ARM 2.2.5.1).</summary>
public readonly struct VaxF : IFloatFormat
{
    /// <inheritdoc/>
    public static int Width => 32;

    /// <inheritdoc/>
    public static int FractionBits => 23;

    /// <inheritdoc/>
    public static bool HasSpecials => false;

    /// <inheritdoc/>
    public static bool IsVax => true;
}
