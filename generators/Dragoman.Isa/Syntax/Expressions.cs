using System.Numerics;

namespace Dragoman.Isa.Syntax;

/// <summary>An expression as written. The cases below are all there are.</summary>
public abstract record Expression(TextSpan Span);

/// <summary><c>12</c>, <c>0x1F</c>, <c>0b0110</c>. <paramref name="Digits"/> is the number of binary digits written (<c>0b</c> only), else 0.</summary>
public sealed record NumberExpression(TextSpan Span, BigInteger Value, int Digits) : Expression(Span);

/// <summary><c>true</c> or <c>false</c>.</summary>
public sealed record BoolExpression(TextSpan Span, bool Value) : Expression(Span);

/// <summary>A string with holes, in textual order.</summary>
public sealed record StringExpression(TextSpan Span, IReadOnlyList<StringPart> Parts) : Expression(Span);

/// <summary>A piece of a string.</summary>
public abstract record StringPart(TextSpan Span);

/// <summary>Text between holes, escapes resolved.</summary>
public sealed record TextPart(TextSpan Span, string Text) : StringPart(Span);

/// <summary><c>{expr}</c> or <c>{expr:format}</c>.</summary>
public sealed record HolePart(TextSpan Span, Expression Value, Name? Format) : StringPart(Span);

/// <summary>An identifier in use: field, register, local, constant, parameter.</summary>
public sealed record NameExpression(TextSpan Span, string Name) : Expression(Span);

/// <summary><c>@p</c> in a test: the address of scratch memory <c>p</c>.</summary>
public sealed record AddressExpression(TextSpan Span, string Name) : Expression(Span);

/// <summary><c>x.field</c>.</summary>
public sealed record MemberExpression(TextSpan Span, Expression Target, Name Member) : Expression(Span);

/// <summary><c>x[i]</c>: one bit, or an element of a register array.</summary>
public sealed record IndexExpression(TextSpan Span, Expression Target, Expression Index) : Expression(Span);

/// <summary><c>x[high:low]</c>, both ends included.</summary>
public sealed record SliceExpression(TextSpan Span, Expression Target, Expression High, Expression Low) : Expression(Span);

/// <summary><c>x[position +: width]</c>.</summary>
public sealed record PartSelectExpression(TextSpan Span, Expression Target, Expression Position, Expression Width) : Expression(Span);

/// <summary>
/// A call of any kind: <c>fn</c>, view, built-in, memory or floating-point verb.
/// <c>rmw.add[o]&lt;n&gt;(addr, value, align)</c> has name <c>rmw</c>, modifier <c>add</c>, selector <c>o</c>, width <c>n</c>, two arguments and an option.
/// </summary>
public sealed record CallExpression(
    TextSpan Span,
    Name Name,
    IReadOnlyList<Name> Modifiers,
    CallSelector? Selector,
    IReadOnlyList<Expression> Widths,
    IReadOnlyList<Argument> Arguments,
    IReadOnlyList<CallOption> Options) : Expression(Span)
{
    /// <summary>Name and modifiers joined with dots: <c>load.acq</c>.</summary>
    public string FullName => Modifiers.Count == 0 ? Name.Text : Name.Text + "." + string.Join(".", Modifiers.Select(m => m.Text));
}

/// <summary>One argument, with its label in <c>order(acq: e)</c>.</summary>
public sealed record Argument(Name? Label, Expression Value);

/// <summary><c>align</c> or <c>atom w</c> after the address of a memory verb.</summary>
public sealed record CallOption(Name Name, Expression? Value);

/// <summary><c>[o]</c> after a verb: an order, or <c>[env with round = e]</c>.</summary>
public sealed record CallSelector(TextSpan Span, Expression Value, IReadOnlyList<SelectorOverride> Overrides);

/// <summary><c>round = e</c> after <c>with</c>.</summary>
public sealed record SelectorOverride(Name Name, Expression Value);

/// <summary>Prefix operators.</summary>
public sealed record UnaryExpression(TextSpan Span, UnaryOperator Operator, Expression Operand) : Expression(Span);

/// <summary>Infix operators.</summary>
public sealed record BinaryExpression(TextSpan Span, BinaryOperator Operator, Expression Left, Expression Right) : Expression(Span);

/// <summary><c>c ? a : b</c>.</summary>
public sealed record ConditionalExpression(TextSpan Span, Expression Condition, Expression WhenTrue, Expression WhenFalse) : Expression(Span);

/// <summary><c>match e { patterns: value, .. }</c>.</summary>
public sealed record MatchExpression(TextSpan Span, Expression Value, IReadOnlyList<MatchArm> Arms) : Expression(Span);

/// <summary>One arm of a match.</summary>
public sealed record MatchArm(TextSpan Span, IReadOnlyList<MatchPattern> Patterns, Expression Value);

/// <summary><c>a -> b</c>: accesses before and after a fence.</summary>
public sealed record ArrowExpression(TextSpan Span, Expression From, Expression To) : Expression(Span);

/// <summary><c>(a, b) => body</c> or <c>a => body</c>.</summary>
public sealed record LambdaExpression(TextSpan Span, IReadOnlyList<Name> Parameters, Expression Body) : Expression(Span);

/// <summary><c>k in from..to: body</c>, the argument of <c>vec</c>.</summary>
public sealed record ComprehensionExpression(TextSpan Span, Name Variable, Expression From, Expression To, Expression Body) : Expression(Span);

/// <summary><c>(a, b, ..)</c>, two elements or more.</summary>
public sealed record TupleExpression(TextSpan Span, IReadOnlyList<Expression> Elements) : Expression(Span);

/// <summary><c>unallocated</c> as the value of a match arm.</summary>
public sealed record UnallocatedExpression(TextSpan Span) : Expression(Span);

/// <summary>Stands where an expression was expected and none was found; already reported.</summary>
public sealed record ErrorExpression(TextSpan Span) : Expression(Span);
