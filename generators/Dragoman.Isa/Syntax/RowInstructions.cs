namespace Dragoman.Isa.Syntax;

/// <summary>
/// <c>insn NAME(d: rw, s) lockable clauses { body }</c> with its rows and tests: semantics once for a mnemonic, one row for each encoding.
/// </summary>
public sealed record RowInstructionItem(
    TextSpan Span,
    Name Name,
    string? Documentation,
    IReadOnlyList<OperandParameter> Operands,
    bool IsLockable,
    bool IsImplicitlyLocked,
    RepeatClause? Repeat,
    IReadOnlyList<FeatureClause> Features,
    IReadOnlyList<LetStatement> Lets,
    Name? Group,
    Expression? Asm,
    BlockStatement Body,
    IReadOnlyList<RowSyntax> Rows,
    IReadOnlyList<TestCase> Tests) : Item(Span, Name, Documentation);

/// <summary><c>d: rw</c>; read only when no access is given.</summary>
public sealed record OperandParameter(Name Name, bool IsRead, bool IsWritten);

/// <summary><c>rep</c> or <c>rep while e</c>: repeated under the prefix that <c>repeats</c>, as long as the condition holds after an iteration.</summary>
public sealed record RepeatClause(TextSpan Span, Expression? While);

/// <summary><c>row Ev,Gv = 66 0F C1 /r ib when e feature F</c>, in the notation of Intel's manual (2A, 3.1.1).</summary>
/// <param name="Operands">Operand and width names, as written.</param>
/// <param name="Prefix"><c>VEX</c>, <c>EVEX</c>, <c>NP</c>, <c>NFx</c> or <c>REX</c>, with what follows after dots; or null.</param>
/// <param name="Bytes">Mandatory prefix, escapes, opcode, and a fixed ModRM byte.</param>
/// <param name="OpenIn">Offset among the bytes of the one whose low bits are open: <c>50+r</c>, <c>70+cc</c>; or -1.</param>
/// <param name="OpenBits">Three bits for a register, four for a condition.</param>
/// <param name="Digit">7:0 for <c>/digit</c>, -1 for <c>/r</c>, null without ModRM notation.</param>
/// <param name="Immediates">Width names: <c>b</c> for <c>ib</c>.</param>
/// <param name="When">Over the parts of the key: otherwise it is not this row.</param>
/// <param name="Unallocated">Over every field: then the instruction is undefined.</param>
public sealed record RowSyntax(
    TextSpan Span,
    IReadOnlyList<Name> Operands,
    IReadOnlyList<Name> Prefix,
    IReadOnlyList<int> Bytes,
    int OpenIn,
    int OpenBits,
    int? Digit,
    IReadOnlyList<Name> Immediates,
    IReadOnlyList<Expression> When,
    IReadOnlyList<Expression> Unallocated,
    IReadOnlyList<FeatureClause> Features);

/// <summary><c>operand E = mod == 3 ? R(rm, n) : M(n)</c>: a kind of operand, where <c>n</c> is its width; with a width of its own, <c>operand AL: b = R(0, n)</c>.</summary>
/// <param name="Form"><c>memory</c> or <c>register</c>: the ModRM forms that have it, or null for both.</param>
public sealed record OperandItem(TextSpan Span, Name Name, string? Documentation, Name? Form, Name? Width, Expression Value) : Item(Span, Name, Documentation);
