namespace Dragoman.Isa.Decoding;

/// <summary>One alternative that the decision tree tells apart: a copy under one mask and value, or without a copy words that are unallocated.</summary>
public sealed record DecodePattern(InstructionEncoding Encoding, InstructionCopy? Copy, CopyWords Words)
{
    public ulong Mask => Words.Mask;

    public ulong Value => Words.Value;

    /// <summary>It has a <c>when</c> to test: matching may go on after it.</summary>
    public bool Conditional => !Words.WhenHolds;

    /// <summary>Whether a word can match this and another pattern.</summary>
    public bool Meets(ulong mask, ulong value) => ((Value ^ value) & Mask & mask) == 0;
}
