namespace Dragoman.Isa.Syntax;

/// <summary>A type as written.</summary>
public abstract record TypeSyntax(TextSpan Span);

/// <summary><c>int</c>, <c>bool</c>, <c>str</c>, <c>void</c> (helpers only).</summary>
public sealed record NamedTypeSyntax(TextSpan Span, string Name) : TypeSyntax(Span);

/// <summary><c>u64</c> or <c>u(expr)</c>.</summary>
public sealed record BitsTypeSyntax(TextSpan Span, Expression Width) : TypeSyntax(Span);

/// <summary><c>(a, b)</c>.</summary>
public sealed record TupleTypeSyntax(TextSpan Span, IReadOnlyList<TypeSyntax> Elements) : TypeSyntax(Span);
