using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Diagnostics;

/// <summary>Collects diagnostics of one description.</summary>
public sealed class DiagnosticBag
{
    private readonly List<DiagnosticInfo> _items = [];

    /// <summary>In the order found.</summary>
    public IReadOnlyList<DiagnosticInfo> Items => _items;

    /// <summary>True when nothing may be emitted.</summary>
    public bool HasErrors { get; private set; }

    public void Report(DiagnosticRule rule, TextSpan span, params object[] arguments)
    {
        _items.Add(new DiagnosticInfo(rule, span, arguments));
        HasErrors |= rule.IsError;
    }

    /// <summary>Adds what another phase found.</summary>
    public void AddRange(IEnumerable<DiagnosticInfo> diagnostics)
    {
        foreach (DiagnosticInfo diagnostic in diagnostics)
        {
            _items.Add(diagnostic);
            HasErrors |= diagnostic.Rule.IsError;
        }
    }
}
