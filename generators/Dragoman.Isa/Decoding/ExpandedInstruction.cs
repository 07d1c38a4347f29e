namespace Dragoman.Isa.Decoding;

/// <summary>An instruction's copies, and the words of its pattern that <c>unallocated</c> refuses: matching ends there.</summary>
public sealed record ExpandedInstruction(InstructionEncoding Encoding, IReadOnlyList<InstructionCopy> Copies, IReadOnlyList<CopyWords> Refused);
