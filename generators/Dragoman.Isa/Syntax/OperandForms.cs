namespace Dragoman.Isa.Syntax;

/// <summary><c>operand NAME:9 = pattern => value text "..", pattern => value text ".."</c>: an operand that is encoded in one of several ways.</summary>
public sealed record OperandFormItem(TextSpan Span, Name Name, string? Documentation, int Width, IReadOnlyList<OperandAlternative> Alternatives)
    : Item(Span, Name, Documentation);

/// <summary>One way to encode an operand.</summary>
public sealed record OperandAlternative(TextSpan Span, IReadOnlyList<EncodingPart> Pattern, Expression Value, Expression Text);
