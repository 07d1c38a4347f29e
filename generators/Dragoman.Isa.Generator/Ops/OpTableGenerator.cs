using System.Collections.Generic;
using System.IO;
using Dragoman.Isa.Ops;
using Dragoman.Isa.Ops.Emit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Text;

namespace Dragoman.Isa.Generator.Ops;

/// <summary>
/// Emits opcodes, builder, folder, interpreter cases and IL emission from <c>*.tcg</c> op tables among the additional files.
/// The metadata <c>IsaEmit</c> of the file says which: <c>ops</c>, <c>interpreter</c>, <c>il</c>, separated by semicolons.
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed class OpTableGenerator : IIncrementalGenerator
{
    private static readonly DiagnosticDescriptor BadTable = new(
        "ISA1900", "The op table is wrong", "{0}", "Dragoman.Isa", DiagnosticSeverity.Error, isEnabledByDefault: true);

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<OpTableInput> inputs = context.AdditionalTextsProvider
            .Where(static text => Path.GetExtension(text.Path) == ".tcg")
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => new OpTableInput(
                pair.Left.Path,
                pair.Left.GetText(cancellation)?.ToString() ?? "",
                pair.Right.GetOptions(pair.Left).TryGetValue("build_metadata.AdditionalFiles.IsaEmit", out string? emit) ? emit : ""))
            .WithTrackingName("OpTable");

        context.RegisterSourceOutput(inputs, static (output, input) => Emit(output, input));
    }

    private static void Emit(SourceProductionContext output, OpTableInput input)
    {
        try
        {
            OpTable table = OpTable.Parse(input.Text);
            foreach (string concern in input.Emit.Split(';'))
            {
                foreach ((string hintName, string text) in OpEmission.Emit(table, concern.Trim()))
                {
                    output.AddSource(hintName, SourceText.From(text, System.Text.Encoding.UTF8));
                }
            }
        }
        catch (OpTableException error)
        {
            var position = new LinePosition(error.Line - 1, error.Column - 1);
            Location location = Location.Create(input.Path, default, new LinePositionSpan(position, position));
            output.ReportDiagnostic(Diagnostic.Create(BadTable, location, error.Message));
        }
    }

    private sealed record OpTableInput(string Path, string Text, string Emit);
}
