using System.Collections.Immutable;
using System.Text;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Dragoman.Isa.Generator;

public sealed partial class IsaGenerator
{
    internal static bool IsDescription(string path) => path.EndsWith(".isa", StringComparison.OrdinalIgnoreCase) || Path.GetFileName(path).Equals("order.tsv", StringComparison.OrdinalIgnoreCase);

    internal static (IsaSource Source, string Concerns) Read(AdditionalText text, AnalyzerConfigOptionsProvider options, CancellationToken cancellation)
    {
        options.GetOptions(text).TryGetValue("build_metadata.AdditionalFiles.IsaEmit", out string? concerns);
        return (new IsaSource(text.Path, text.GetText(cancellation)?.ToString() ?? ""), concerns ?? "");
    }

    internal static IEnumerable<IsaFolder> Group(ImmutableArray<(IsaSource Source, string Concerns)> files) =>
        files
            .GroupBy(f => Path.GetDirectoryName(f.Source.Path) ?? "")
            .OrderBy(g => g.Key, StringComparer.Ordinal)
            .Select(g => new IsaFolder(
                g.Key,
                string.Join(",", g.SelectMany(f => Concerns(f.Concerns)).Distinct().OrderBy(c => c, StringComparer.Ordinal)),
                new EquatableArray<IsaSource>([.. g.Select(f => f.Source).OrderBy(s => s.Path, StringComparer.Ordinal)])));

    internal static IsaOutput Compile(IsaFolder folder, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        IsaResult result = IsaCompiler.Compile(folder.Sources, [.. Concerns(folder.Concerns)]);
        return new IsaOutput(new EquatableArray<EmittedSource>([.. result.Sources]), new EquatableArray<DiagnosticInfo>([.. result.Diagnostics]));
    }

    private static IEnumerable<string> Concerns(string list) => list.Split(',', ';', '|').Select(c => c.Trim()).Where(c => c.Length > 0);

    private static void AddSource(SourceProductionContext output, EmittedSource source) =>
        output.AddSource(source.HintName, SourceText.From(source.Text, Encoding.UTF8));
}
