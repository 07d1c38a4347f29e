using System.Collections.Immutable;
using Dragoman.Isa.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;

namespace Dragoman.Isa.Generator;

/// <summary>Reports warnings about <c>*.isa</c> files; <see cref="IsaGenerator"/> reports errors.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
public sealed class IsaAnalyzer : DiagnosticAnalyzer
{
    /// <inheritdoc/>
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [.. Rules.All.Where(r => !r.IsError).Select(DiagnosticConversion.Descriptor)];

    /// <inheritdoc/>
    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationAction(Report);
    }

    private static void Report(CompilationAnalysisContext context)
    {
        AnalyzerOptions options = context.Options;
        ImmutableArray<(IsaSource, string)> files =
            [.. options.AdditionalFiles.Where(f => IsaGenerator.IsDescription(f.Path)).Select(f => IsaGenerator.Read(f, options.AnalyzerConfigOptionsProvider, context.CancellationToken))];
        foreach (IsaFolder folder in IsaGenerator.Group(files))
        {
            foreach (DiagnosticInfo warning in IsaCompiler.Compile(folder.Sources, []).Diagnostics.Where(d => !d.Rule.IsError))
            {
                context.ReportDiagnostic(DiagnosticConversion.ToRoslyn(warning));
            }
        }
    }
}
