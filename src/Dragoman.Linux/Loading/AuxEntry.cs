namespace Dragoman.Linux.Loading;

/// <summary>One entry of the auxiliary vector.</summary>
public sealed record AuxEntry(AuxType Type, ulong Value);
