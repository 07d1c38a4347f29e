namespace Dragoman.Runtime.Guests;

/// <summary>A set of one-bit flags kept as a 32-bit 0 or 1 each.</summary>
/// <param name="Name">Name of the set (<c>NZCV</c>).</param>
/// <param name="Offsets">Bytes from <c>env</c>, most significant flag first.</param>
public sealed record FlagSet(string Name, IReadOnlyList<int> Offsets);
