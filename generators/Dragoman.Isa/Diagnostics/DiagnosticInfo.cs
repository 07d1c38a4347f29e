using System.Globalization;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Diagnostics;

/// <summary>One thing wrong at one place. Equal by value, so that a generator step that finds the same again is cached.</summary>
public sealed class DiagnosticInfo : IEquatable<DiagnosticInfo>
{
    public DiagnosticInfo(DiagnosticRule rule, TextSpan span, params object[] arguments)
    {
        Rule = rule;
        Span = span;
        Message = string.Format(CultureInfo.InvariantCulture, rule.Format, arguments);
    }

    public DiagnosticRule Rule { get; }

    public TextSpan Span { get; }

    public string Message { get; }

    public bool Equals(DiagnosticInfo? other) => other is not null && Rule == other.Rule && Span == other.Span && Message == other.Message;

    public override bool Equals(object? obj) => Equals(obj as DiagnosticInfo);

    public override int GetHashCode() => (Rule.Id.GetHashCode() * 31 + Span.GetHashCode()) * 31 + Message.GetHashCode();

    public override string ToString() => $"{Span}: {(Rule.IsError ? "error" : "warning")} {Rule.Id}: {Message}";
}
