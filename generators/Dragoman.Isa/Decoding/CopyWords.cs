namespace Dragoman.Isa.Decoding;

/// <summary>Words of one copy.</summary>
/// <param name="WhenHolds">Every <c>when</c> is known to hold for all of them, so that none is tested.</param>
/// <param name="Allocated">Every <c>unallocated</c> is known not to.</param>
public sealed record CopyWords(ulong Mask, ulong Value, bool WhenHolds, bool Allocated);
