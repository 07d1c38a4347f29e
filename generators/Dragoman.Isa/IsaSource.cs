namespace Dragoman.Isa;

/// <summary>One <c>.isa</c> file. Equal by value: unchanged text is unchanged work.</summary>
public sealed record IsaSource(string Path, string Text);
