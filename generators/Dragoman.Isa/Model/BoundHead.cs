using Dragoman.Isa.Decoding;

namespace Dragoman.Isa.Model;

/// <summary>What decoder and disassembler need of an instruction: its conditions and its text, over the fields of the word.</summary>
/// <param name="When">All <c>when</c> clauses together; null if there are none.</param>
/// <param name="Unallocated">Any <c>unallocated</c> clause, or a <c>let</c> whose match ends in an <c>unallocated</c> arm; null if there are none.</param>
/// <param name="Text">The aliases with their conditions, then <c>asm</c>; null without <c>asm</c>.</param>
public sealed record BoundHead(InstructionEncoding Encoding, StaticMethod? When, StaticMethod? Unallocated, StaticMethod? Text);

/// <summary>Static code over an instruction's fields.</summary>
/// <param name="Fields">The fields that it reads, as locals.</param>
/// <param name="Prelude">The <c>for</c> variables and <c>let</c> names that it reads, in order.</param>
/// <param name="Choices">Results tried in order: the first whose condition is null or true.</param>
public sealed record StaticMethod(
    IReadOnlyList<(EncodingField Field, LocalSymbol Local)> Fields,
    IReadOnlyList<BoundStatement> Prelude,
    IReadOnlyList<(BoundExpression? Condition, BoundExpression Value)> Choices);
