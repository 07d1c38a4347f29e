namespace Dragoman.Isa.Syntax;

/// <summary>A statement as written. The cases below are all there are.</summary>
public abstract record Statement(TextSpan Span);

/// <summary><c>{ .. }</c>; the span includes the braces.</summary>
public sealed record BlockStatement(TextSpan Span, IReadOnlyList<Statement> Statements) : Statement(Span);

/// <summary><c>let x = e</c>, <c>let (a, b) = e</c> or, <paramref name="IsVariable"/>, <c>var x = e</c>; optionally typed: <c>var x: u64 = 0</c>.</summary>
public sealed record LetStatement(TextSpan Span, bool IsVariable, IReadOnlyList<Name> Names, TypeSyntax? Type, Expression Value) : Statement(Span);

/// <summary><c>target = e</c> or, <paramref name="IsSticky"/>, <c>target |= e</c>.</summary>
public sealed record AssignStatement(TextSpan Span, Expression Target, bool IsSticky, Expression Value) : Statement(Span);

/// <summary><c>if c { } else { }</c>; an <c>else if</c> is a block of one statement.</summary>
public sealed record IfStatement(TextSpan Span, Expression Condition, BlockStatement Then, BlockStatement? Else) : Statement(Span);

/// <summary><c>for k in from..to { }</c>, half-open.</summary>
public sealed record ForStatement(TextSpan Span, Name Variable, Expression From, Expression To, BlockStatement Body) : Statement(Span);

/// <summary><c>return e</c>.</summary>
public sealed record ReturnStatement(TextSpan Span, Expression? Value) : Statement(Span);

/// <summary><c>raise NAME(args)</c>, or <c>raise.after NAME(args)</c>.</summary>
public sealed record RaiseStatement(TextSpan Span, bool After, Name Exception, IReadOnlyList<Expression> Arguments) : Statement(Span);

/// <summary><c>branch(t)</c>, <c>branch.call(t)</c>, <c>branch.ret(t)</c>.</summary>
public sealed record BranchStatement(TextSpan Span, BranchKind Kind, Expression Target) : Statement(Span);

/// <summary><c>end_tb</c>.</summary>
public sealed record EndTbStatement(TextSpan Span) : Statement(Span);

/// <summary><c>nop</c>.</summary>
public sealed record NopStatement(TextSpan Span) : Statement(Span);

/// <summary>A call for its effect: memory verb, fence, statement <c>fn</c>, helper.</summary>
public sealed record ExpressionStatement(TextSpan Span, Expression Value) : Statement(Span);

/// <summary>What a branch is, for return prediction.</summary>
public enum BranchKind
{
    Jump,
    Call,
    Return,
}
