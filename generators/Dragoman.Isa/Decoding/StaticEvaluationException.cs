using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>A static expression has no value at build time. Never leaves the phase that evaluates: it becomes a diagnostic at <see cref="Span"/>.</summary>
public sealed class StaticEvaluationException(TextSpan span, string message, bool isUnallocated = false) : Exception(message)
{
    public TextSpan Span { get; } = span;

    /// <summary>The expression is <c>unallocated</c> for these values: no copy.</summary>
    public bool IsUnallocated { get; } = isUnallocated;
}
