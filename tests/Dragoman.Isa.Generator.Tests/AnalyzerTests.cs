using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>Warnings come from the analyzer, at their place in the description.</summary>
public sealed class AnalyzerTests
{
    [Fact]
    public async Task An_instruction_without_text_and_tests_is_warned_of()
    {
        ImmutableArray<Diagnostic> found = await Analyze("isa T { insn 32 little; pc PC }\ninsn A = 0000 x:28 { nop }\n");
        Assert.Equal(["ISA6001", "ISA6006"], found.Select(d => d.Id).Order(StringComparer.Ordinal));
        Assert.All(found, d => Assert.Equal(new LinePosition(1, 5), d.Location.GetLineSpan().StartLinePosition));
    }

    [Fact]
    public async Task Errors_are_left_to_the_generator() =>
        Assert.Empty(await Analyze("isa T { insn 32 little; pc PC }\ninsn A = 0000 x:27 asm \"a\" { nop }\n"));

    private static Task<ImmutableArray<Diagnostic>> Analyze(string text) =>
        CSharpCompilation.Create("guest", options: new CSharpCompilationOptions(OutputKind.DynamicallyLinkedLibrary))
            .WithAnalyzers([new IsaAnalyzer()], new AnalyzerOptions([new Description(text)]))
            .GetAnalyzerDiagnosticsAsync();

    private sealed class Description(string text) : AdditionalText
    {
        public override string Path => "/g/a.isa";

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }
}
