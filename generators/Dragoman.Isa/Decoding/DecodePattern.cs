namespace Dragoman.Isa.Decoding;

/// <summary>One alternative that the decision tree tells apart: a copy under one mask and value.</summary>
/// <param name="Conditional">Its instruction has <c>when</c>: matching may go on after it.</param>
public sealed record DecodePattern(InstructionCopy Copy, ulong Mask, ulong Value, bool Conditional)
{
    /// <summary>Whether a word can match this and another pattern.</summary>
    public bool Meets(ulong mask, ulong value) => ((Value ^ value) & Mask & mask) == 0;
}
