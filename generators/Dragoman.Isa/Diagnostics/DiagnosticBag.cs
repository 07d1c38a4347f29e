using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Diagnostics;

/// <summary>Collects diagnostics of one description.</summary>
public sealed class DiagnosticBag
{
    private readonly List<DiagnosticInfo> _items = [];
    private readonly HashSet<DiagnosticInfo> _seen = [];

    /// <summary>In the order found. The copies of an instruction find the same things: each stands here once.</summary>
    public IReadOnlyList<DiagnosticInfo> Items => _items;

    /// <summary>True when nothing may be emitted.</summary>
    public bool HasErrors { get; private set; }

    public void Report(DiagnosticRule rule, TextSpan span, params object[] arguments) => Add(new DiagnosticInfo(rule, span, arguments));

    /// <summary>Adds what another phase found.</summary>
    public void AddRange(IEnumerable<DiagnosticInfo> diagnostics)
    {
        foreach (DiagnosticInfo diagnostic in diagnostics)
        {
            Add(diagnostic);
        }
    }

    private void Add(DiagnosticInfo diagnostic)
    {
        if (_seen.Add(diagnostic))
        {
            _items.Add(diagnostic);
            HasErrors |= diagnostic.Rule.IsError;
        }
    }
}
