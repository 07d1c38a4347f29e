namespace Dragoman.Isa;

/// <summary>One file of a description: <c>.isa</c>, or its <c>order.tsv</c>. Equal by value: unchanged text is unchanged work.</summary>
public sealed record IsaSource(string Path, string Text)
{
    /// <summary>What the manual says of each access (a table), and no part of the description.</summary>
    public bool IsOrderTable => Path.EndsWith(".tsv", StringComparison.OrdinalIgnoreCase);
}
