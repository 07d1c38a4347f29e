namespace Dragoman.Isa.Generator;

/// <summary>All files of one description, and what the project wants of it.</summary>
/// <param name="Concerns">The metadata <c>IsaEmit</c> of its files.</param>
internal sealed record IsaFolder(string Path, string Concerns, EquatableArray<IsaSource> Sources);
