using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;

namespace Dragoman.Isa.Generator.Tests;

/// <summary>A compilation with additional files and the generator's driver, edited and run again as an IDE does.</summary>
internal sealed class GeneratorRun
{
    private readonly Options _options;
    private CSharpCompilation _compilation;
    private GeneratorDriver _driver;

    public GeneratorRun(string concerns, params (string Path, string Text)[] files)
        : this(new IsaGenerator(), concerns, files)
    {
    }

    public GeneratorRun(IIncrementalGenerator generator, string concerns, params (string Path, string Text)[] files)
    {
        _options = new Options(concerns);
        _compilation = CSharpCompilation.Create("guest", [CSharpSyntaxTree.ParseText("class C;")]);
        _driver = CSharpGeneratorDriver.Create(
            [generator.AsSourceGenerator()],
            files.Select(f => (AdditionalText)new Text(f.Path, f.Text)),
            optionsProvider: _options,
            driverOptions: new GeneratorDriverOptions(IncrementalGeneratorOutputKind.None, trackIncrementalGeneratorSteps: true));
        Texts = files.ToDictionary(f => f.Path, f => (AdditionalText)new Text(f.Path, f.Text));
        _driver = _driver.ReplaceAdditionalTexts([.. Texts.Values]);
        Run();
    }

    private Dictionary<string, AdditionalText> Texts { get; }

    public GeneratorRunResult Result { get; private set; }

    public IEnumerable<string> HintNames => Result.GeneratedSources.Select(s => s.HintName).Order(StringComparer.Ordinal);

    public string Source(string hintName) => Result.GeneratedSources.Single(s => s.HintName == hintName).SourceText.ToString();

    /// <summary>Replaces one file and runs again.</summary>
    public void Edit(string path, string text)
    {
        var replacement = new Text(path, text);
        _driver = _driver.ReplaceAdditionalText(Texts[path], replacement);
        Texts[path] = replacement;
        Run();
    }

    /// <summary>Edits the C# of the project, which has nothing to do with the description.</summary>
    public void EditCSharp(string text)
    {
        _compilation = _compilation.ReplaceSyntaxTree(_compilation.SyntaxTrees[0], CSharpSyntaxTree.ParseText(text));
        Run();
    }

    /// <summary>Why each output of a step is as it is in the last run.</summary>
    public IReadOnlyList<IncrementalStepRunReason> Reasons(string step) =>
        Result.TrackedSteps.TryGetValue(step, out ImmutableArray<IncrementalGeneratorRunStep> steps) ? [.. steps.SelectMany(s => s.Outputs).Select(o => o.Reason)] : [];

    /// <summary>Why each generated file was or was not added again, by hint name.</summary>
    public IReadOnlyDictionary<string, IncrementalStepRunReason> EmittedReasons() =>
        Result.TrackedSteps[IsaGenerator.Steps.Emitted].SelectMany(s => s.Outputs).ToDictionary(o => ((Emit.EmittedSource)o.Value).HintName, o => o.Reason);

    private void Run()
    {
        _driver = _driver.RunGenerators(_compilation);
        Result = _driver.GetRunResult().Results.Single();
    }

    private sealed class Text(string path, string text) : AdditionalText
    {
        public override string Path { get; } = path;

        public override SourceText GetText(CancellationToken cancellationToken = default) => SourceText.From(text);
    }

    private sealed class Options(string concerns) : AnalyzerConfigOptionsProvider
    {
        private readonly AnalyzerConfigOptions _file = new Values(new() { ["build_metadata.AdditionalFiles.IsaEmit"] = concerns });

        public override AnalyzerConfigOptions GlobalOptions { get; } = new Values([]);

        public override AnalyzerConfigOptions GetOptions(SyntaxTree tree) => GlobalOptions;

        public override AnalyzerConfigOptions GetOptions(AdditionalText textFile) => _file;
    }

    private sealed class Values(Dictionary<string, string> values) : AnalyzerConfigOptions
    {
        public override bool TryGetValue(string key, [System.Diagnostics.CodeAnalysis.NotNullWhen(true)] out string? value) => values.TryGetValue(key, out value);
    }
}
