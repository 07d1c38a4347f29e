namespace Dragoman.Tcg.Ir;

/// <summary>Type of a temp.</summary>
public enum TcgType : byte
{
    I32,
    I64,

    /// <summary>A 128-bit scalar, only moved, joined, split, loaded, stored and compared-and-swapped.</summary>
    I128,
    V64,
    V128,
    V256,
}
