using Dragoman.Isa.Decoding;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>One build-time copy of an instruction with its semantics: a C# method of the frontend that takes every field in pattern order.</summary>
/// <param name="Copy">Name, field constants and <c>for</c> values.</param>
/// <param name="Fields">One local a field of the pattern, in its order.</param>
/// <param name="Body">Null when it could not be bound; the reasons are reported.</param>
public sealed record BoundInstruction(InstructionCopy Copy, IReadOnlyList<LocalSymbol> Fields, BoundFunction Body)
{
    public InstructionItem Syntax => Copy.Encoding.Item;

    public string Name => Copy.Name;
}
