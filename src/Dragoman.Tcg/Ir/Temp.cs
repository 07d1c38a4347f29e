namespace Dragoman.Tcg.Ir;

/// <summary>Handle of a temp in a <see cref="TcgContext"/>. The default value is no temp.</summary>
public readonly record struct Temp
{
    private readonly int _indexPlusOne;

    internal Temp(int index) => _indexPlusOne = index + 1;

    /// <summary>Index in the context's temp table.</summary>
    public int Index => _indexPlusOne - 1;

    /// <summary>False for the default value.</summary>
    public bool IsValid => _indexPlusOne != 0;
}
