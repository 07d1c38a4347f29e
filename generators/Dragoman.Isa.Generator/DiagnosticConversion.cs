using Dragoman.Isa.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Dragoman.Isa.Generator;

/// <summary>From the language's diagnostics to Roslyn's, at the position in the <c>.isa</c> file.</summary>
internal static class DiagnosticConversion
{
    public static DiagnosticDescriptor Descriptor(DiagnosticRule rule) =>
        new(rule.Id, rule.Title, "{0}", "Dragoman.Isa", rule.IsError ? DiagnosticSeverity.Error : DiagnosticSeverity.Warning, isEnabledByDefault: true);

    public static Diagnostic ToRoslyn(DiagnosticInfo info)
    {
        var lines = new LinePositionSpan(
            new LinePosition(Math.Max(info.Span.StartLine - 1, 0), Math.Max(info.Span.StartColumn - 1, 0)),
            new LinePosition(Math.Max(info.Span.EndLine - 1, 0), Math.Max(info.Span.EndColumn - 1, 0)));
        return Diagnostic.Create(Descriptor(info.Rule), Location.Create(info.Span.File, default, lines), info.Message);
    }
}
