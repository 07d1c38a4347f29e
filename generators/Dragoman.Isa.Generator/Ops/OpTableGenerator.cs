using System.Collections.Generic;
using System.Collections.Immutable;
using System.IO;
using System.Linq;
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
    private const string CaseAttribute = "Dragoman.Tcg.Interpreter.InterpreterCaseAttribute";

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

        IncrementalValuesProvider<InterpreterCase> cases = context.SyntaxProvider.ForAttributeWithMetadataName(
            CaseAttribute,
            static (_, _) => true,
            static (found, _) =>
            {
                var method = (IMethodSymbol)found.TargetSymbol;
                return new InterpreterCase(method.Name, method.ReturnType.ToDisplayString(), method.Parameters.Length > 2);
            })
            .WithTrackingName("InterpreterCases");

        context.RegisterSourceOutput(inputs, static (output, input) =>
            Emit(output, input, (table, concern) => OpEmission.Emit(table, concern)));
        context.RegisterSourceOutput(inputs.Combine(cases.Collect()), static (output, pair) =>
            Emit(output, pair.Left, (table, concern) => concern == "interpreter" ? InterpreterEmitter.Emit(table, Sorted(pair.Right)) : []));
    }

    private static List<InterpreterCase> Sorted(ImmutableArray<InterpreterCase> cases) =>
        cases.OrderBy(c => c.Name, System.StringComparer.Ordinal).ToList();

    private static void Emit(
        SourceProductionContext output,
        OpTableInput input,
        System.Func<OpTable, string, IReadOnlyList<(string HintName, string Text)>> emit)
    {
        try
        {
            OpTable table = OpTable.Parse(input.Text);
            foreach (string concern in input.Emit.Split(';'))
            {
                foreach ((string hintName, string text) in emit(table, concern.Trim()))
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
