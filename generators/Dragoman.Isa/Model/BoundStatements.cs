using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Model;

/// <summary>A statement whose names, types and times are settled.</summary>
public abstract record BoundStatement(TextSpan Span);

/// <summary>Statements in order.</summary>
public sealed record BoundBlock(TextSpan Span, IReadOnlyList<BoundStatement> Statements) : BoundStatement(Span);

/// <summary>Declares a local.</summary>
public sealed record BoundLet(TextSpan Span, LocalSymbol Local, BoundExpression Value) : BoundStatement(Span);

/// <summary>Declares several locals from one tuple.</summary>
public sealed record BoundTupleLet(TextSpan Span, IReadOnlyList<LocalSymbol> Locals, BoundExpression Value) : BoundStatement(Span);

/// <summary>Assigns a variable.</summary>
public sealed record BoundSetLocal(TextSpan Span, LocalSymbol Local, BoundExpression Value) : BoundStatement(Span);

/// <summary>Writes a register at the end of the instruction.</summary>
public sealed record BoundRegisterWrite(TextSpan Span, RegisterSymbol Register, BoundExpression? Index, BoundExpression Value) : BoundStatement(Span);

/// <summary>Writes part of a register at the end of the instruction; parts compose. A sticky write only sets bits, and accumulates.</summary>
public sealed record BoundPartWrite(TextSpan Span, RegisterSymbol Register, BoundExpression? Index, BoundExpression Position, int Width, BoundExpression Value, bool IsSticky)
    : BoundStatement(Span);

/// <summary>Evaluates for its effect.</summary>
public sealed record BoundEffect(TextSpan Span, BoundExpression Value) : BoundStatement(Span);

/// <summary>A choice made while translating.</summary>
public sealed record BoundStaticIf(TextSpan Span, BoundExpression Condition, BoundStatement Then, BoundStatement? Else) : BoundStatement(Span);

/// <summary>
/// A choice made when the guest runs. Without <paramref name="HasEffects"/> both sides are evaluated and their writes selected;
/// with it (memory verbs, exceptions) it is a branch in the IR.
/// </summary>
public sealed record BoundRunIf(TextSpan Span, BoundExpression Condition, BoundStatement Then, BoundStatement? Else, bool HasEffects) : BoundStatement(Span);

/// <summary>A loop with bounds known while translating.</summary>
public sealed record BoundFor(TextSpan Span, LocalSymbol Variable, BoundExpression From, BoundExpression To, BoundStatement Body) : BoundStatement(Span);

/// <summary>Leaves a function.</summary>
public sealed record BoundReturn(TextSpan Span, BoundExpression? Value) : BoundStatement(Span);

/// <summary>Raises a guest exception.</summary>
public sealed record BoundRaise(TextSpan Span, string Kind, BoundExpression? Argument, bool After) : BoundStatement(Span);

/// <summary>Branches at the end of the instruction.</summary>
public sealed record BoundBranch(TextSpan Span, BranchKind Kind, BoundExpression Target) : BoundStatement(Span);

/// <summary>Leaves through the dispatcher after this instruction.</summary>
public sealed record BoundEndTb(TextSpan Span) : BoundStatement(Span);

/// <summary>Remembers, while translating, which producer set the flags and from what.</summary>
public sealed record BoundProduced(TextSpan Span, string Producer, int Width, IReadOnlyList<BoundExpression> Arguments) : BoundStatement(Span);
