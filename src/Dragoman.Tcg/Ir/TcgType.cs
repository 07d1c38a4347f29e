namespace Dragoman.Tcg.Ir;

/// <summary>Type of a temp.</summary>
public enum TcgType : byte
{
    I32,
    I64,

    /// <summary>A vector of 128 bits; also what a pair of 64-bit values is loaded, stored and compared-and-swapped as.</summary>
    V128,
}
