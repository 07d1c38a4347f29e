namespace Dragoman.Isa.Syntax;

/// <summary>
/// <c>insn NAME = pattern clauses { body }</c> and the tests that follow it.
/// Clauses keep textual order within each kind.
/// </summary>
public sealed record InstructionItem(
    TextSpan Span,
    Name Name,
    string? Documentation,
    IReadOnlyList<EncodingPart> Pattern,
    IReadOnlyList<ForClause> For,
    IReadOnlyList<Expression> When,
    IReadOnlyList<Expression> Unallocated,
    IReadOnlyList<UnpredictableClause> Unpredictable,
    IReadOnlyList<FeatureClause> Features,
    IReadOnlyList<LetStatement> Lets,
    Name? Group,
    Expression? Asm,
    IReadOnlyList<AliasClause> Aliases,
    BlockStatement Body,
    IReadOnlyList<TestCase> Tests) : Item(Span, Name, Documentation);

/// <summary>One variable of <c>for n = e, m = e</c>.</summary>
public sealed record ForClause(Name Variable, Expression Value);

/// <summary><c>unpredictable c => choice</c>.</summary>
public sealed record UnpredictableClause(Expression Condition, UnpredictableChoice Choice);

/// <summary>What is done where the architecture leaves it open.</summary>
public enum UnpredictableChoice
{
    AsWritten,
    Undefined,
    Nop,
}

/// <summary><c>feature NAME [else nop]</c>.</summary>
public sealed record FeatureClause(Name Feature, bool ElseNop);

/// <summary><c>alias text [when c]</c>.</summary>
public sealed record AliasClause(Expression Text, Expression? When);

/// <summary><c>test HEX "text" { before => after }</c>.</summary>
public sealed record TestCase(TextSpan Span, Name Code, string Text, TextSpan TextSpan, IReadOnlyList<StateAssignment> Before, IReadOnlyList<StateAssignment> After);

/// <summary><c>X1 = 5</c>, <c>NZCV.N = 1</c> or <c>[p]:u64 = 7</c> (then <paramref name="MemoryType"/> is given and the target is the address).</summary>
public sealed record StateAssignment(TextSpan Span, Expression Target, TypeSyntax? MemoryType, Expression Value);
