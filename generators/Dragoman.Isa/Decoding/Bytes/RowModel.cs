using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>One row of an instruction: the encoding that the decision tree knows, its operands, and the copies of the body that it may mean.</summary>
/// <param name="Item">The instruction, whose body all its rows share.</param>
/// <param name="Copy">The row as a member of <c>InsnId</c>.</param>
/// <param name="HasModRm">A ModRM byte follows the opcode.</param>
public sealed record RowModel(
    RowInstructionItem Item, RowSyntax Syntax, InstructionCopy Copy, bool HasModRm, IReadOnlyList<RowOperand> Operands, IReadOnlyList<RowCopy> Copies)
{
    public InstructionEncoding Encoding => Copy.Encoding;

    /// <summary>It stands behind a vector prefix and has no operand in <c>vvvv</c>, which must then be as if it named register 0.</summary>
    public bool LacksVectorOperand { get; init; }

    /// <summary>Where the first operand is read, in a row with one operand more than the instruction has; else null: where it is written.</summary>
    public RowOperand? Source { get; init; }

    /// <summary>The body is done for each part.</summary>
    public bool HasParts { get; init; }

    /// <summary>What is read behind the opcode, and what operands are made of it: rows of one shape share their code.</summary>
    public string Shape => (HasModRm ? "/r " : "") + (LacksVectorOperand ? "vvvv=0 " : "") + string.Concat(Syntax.Immediates.Select(i => "i" + i.Text + " ")) + string.Concat(Syntax.Unallocated.Select(e => $"unless {Path.GetFileName(e.Span.File)}:{e.Span.StartLine} ")) + (Source is null ? "" : "from " + Source.Name + " ") + string.Join(",", Operands.Select(o => o.Name));
}

/// <summary>An operand of a row.</summary>
/// <param name="Name">As written: <c>Ev</c>.</param>
/// <param name="Kind">Null for a row that names a size only.</param>
/// <param name="Size">Name of its width among the sizes; null if it has none (an address).</param>
public sealed record RowOperand(string Name, OperandItem? Kind, string? Size);

/// <summary>One copy of an instruction's body: the width of each operand (0 for none).</summary>
/// <param name="Sizes">Values of the sizes that the row's operands name, by which the copy is chosen.</param>
public sealed record RowCopy(string BodyName, IReadOnlyList<int> Widths, IReadOnlyDictionary<string, int> Sizes);
