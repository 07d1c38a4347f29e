using System.Reflection;

namespace Dragoman.Isa.Diagnostics;

/// <summary>Every rule, one file a series: <c>Rules.Syntax.cs</c> (ISA1xxx), <c>Rules.Patterns.cs</c> (ISA2xxx), <c>Rules.Types.cs</c> (ISA3xxx) and so on.</summary>
public static partial class Rules
{
    private static IReadOnlyList<DiagnosticRule>? _all;

    /// <summary>The whole table, ordered by id.</summary>
    public static IReadOnlyList<DiagnosticRule> All =>
        _all ??= [.. typeof(Rules).GetFields(BindingFlags.Public | BindingFlags.Static).Select(f => f.GetValue(null)).OfType<DiagnosticRule>().OrderBy(r => r.Id, StringComparer.Ordinal)];
}
