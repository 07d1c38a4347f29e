namespace Dragoman.Tcg.Ir;

/// <summary>What a context knows of one temp.</summary>
public struct TempInfo
{
    /// <summary>Type of its value.</summary>
    public TcgType Type;

    /// <summary>Lifetime.</summary>
    public TempKind Kind;

    /// <summary>Globals: bytes from <c>env</c>.</summary>
    public int Offset;

    /// <summary>Constants: the value masked to the type (low 64 bits of a V128).</summary>
    public ulong Value;

    /// <summary>Constants of type V128: the high 64 bits.</summary>
    public ulong ValueHigh;
}
