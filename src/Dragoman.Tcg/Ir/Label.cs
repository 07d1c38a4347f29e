namespace Dragoman.Tcg.Ir;

/// <summary>Handle of a label in a <see cref="TcgContext"/>. The default value is no label.</summary>
public readonly record struct Label
{
    private readonly int _indexPlusOne;

    internal Label(int index) => _indexPlusOne = index + 1;

    /// <summary>Index in the context's label table.</summary>
    public int Index => _indexPlusOne - 1;

    /// <summary>False for the default value.</summary>
    public bool IsValid => _indexPlusOne != 0;
}
