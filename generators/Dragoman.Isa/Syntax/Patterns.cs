using System.Numerics;

namespace Dragoman.Isa.Syntax;

/// <summary>One alternative of a match arm.</summary>
public abstract record MatchPattern(TextSpan Span);

/// <summary><c>_</c>.</summary>
public sealed record AnyPattern(TextSpan Span) : MatchPattern(Span);

/// <summary>A value known at build time.</summary>
public sealed record ValuePattern(TextSpan Span, Expression Value) : MatchPattern(Span);

/// <summary><c>4..7</c>, both ends included.</summary>
public sealed record RangePattern(TextSpan Span, Expression From, Expression To) : MatchPattern(Span);

/// <summary><c>0b1??0</c>: bits of <paramref name="Mask"/> must equal <paramref name="Value"/>, and no bit may be set beyond <paramref name="Width"/>.</summary>
public sealed record BitsPattern(TextSpan Span, BigInteger Mask, BigInteger Value, int Width) : MatchPattern(Span);

/// <summary>A token of an encoding pattern, most significant first.</summary>
public abstract record EncodingPart(TextSpan Span, int Width);

/// <summary>A run of <c>0</c> and <c>1</c>.</summary>
public sealed record FixedBits(TextSpan Span, int Width, string Digits) : EncodingPart(Span, Width);

/// <summary><c>(0)</c>, <c>(1)</c>: should be so, ignored in matching.</summary>
public sealed record ShouldBeBits(TextSpan Span, int Width, string Digits) : EncodingPart(Span, Width);

/// <summary><c>-</c>.</summary>
public sealed record IgnoredBits(TextSpan Span, int Width) : EncodingPart(Span, Width);

/// <summary><c>name:5</c>, or <c>name:s19</c> for a signed field.</summary>
public sealed record FieldBits(TextSpan Span, int Width, Name Name, bool Signed) : EncodingPart(Span, Width);

/// <summary><c>b:Opb</c>: bits that an <see cref="OperandFormItem"/> reads. Its width is that of the form.</summary>
public sealed record FormBits(TextSpan Span, Name Name, Name Form) : EncodingPart(Span, 0);
