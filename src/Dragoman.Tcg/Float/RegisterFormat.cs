namespace Dragoman.Tcg.Float;

/// <summary>Formats of values in 64-bit floating registers (Alpha ARM 2.2.5 to 2.2.7), for the ops that may trap.</summary>
public enum RegisterFormat : byte
{
    /// <summary>IEEE single with the exponent of a double and 29 zeros below its fraction.</summary>
    S = 0,

    /// <summary>IEEE double.</summary>
    T = 1,

    /// <summary>VAX single with the exponent of a G_floating and 29 zeros below its fraction.</summary>
    F = 2,

    /// <summary>VAX double with 11 bits of exponent.</summary>
    G = 3,

    /// <summary>VAX double with 8 bits of exponent.</summary>
    D = 4,

    /// <summary>A 32-bit integer with the bits of an S value: 63:62 and 58:29.</summary>
    L = 5,

    /// <summary>A 64-bit integer.</summary>
    Q = 6,
}
