using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Emit;
using Microsoft.CodeAnalysis;

namespace Dragoman.Isa.Generator;

/// <summary>
/// Emits guests from <c>*.isa</c> among the additional files, one description a folder. Their metadata <c>IsaEmit</c> names the concerns, separated by
/// commas (a semicolon would start a comment in the file that MSBuild hands to the compiler).
/// </summary>
[Generator(LanguageNames.CSharp)]
public sealed partial class IsaGenerator : IIncrementalGenerator
{
    /// <summary>Step names, as tests ask for them.</summary>
    public static class Steps
    {
        /// <summary>One value a file: path, text, concerns.</summary>
        public const string Sources = "IsaSources";

        /// <summary>One value a folder.</summary>
        public const string Folders = "IsaFolders";

        /// <summary>One value a folder: all its sources and diagnostics.</summary>
        public const string Compiled = "IsaCompiled";

        /// <summary>One value a generated file.</summary>
        public const string Emitted = "IsaEmitted";

        /// <summary>One value a diagnostic that is an error.</summary>
        public const string Errors = "IsaErrors";
    }

    /// <inheritdoc/>
    public void Initialize(IncrementalGeneratorInitializationContext context)
    {
        IncrementalValuesProvider<(IsaSource Source, string Concerns)> sources = context.AdditionalTextsProvider
            .Where(static text => IsDescription(text.Path))
            .Combine(context.AnalyzerConfigOptionsProvider)
            .Select(static (pair, cancellation) => Read(pair.Left, pair.Right, cancellation))
            .WithTrackingName(Steps.Sources);

        IncrementalValuesProvider<IsaFolder> folders = sources
            .Collect()
            .SelectMany(static (files, _) => Group(files))
            .WithTrackingName(Steps.Folders);

        IncrementalValuesProvider<IsaOutput> compiled = folders
            .Select(static (folder, cancellation) => Compile(folder, cancellation))
            .WithTrackingName(Steps.Compiled);

        IncrementalValuesProvider<EmittedSource> emitted = compiled
            .SelectMany(static (output, _) => output.Sources)
            .WithTrackingName(Steps.Emitted);

        // Errors are reported here and not by the analyzer: when the sources are missing, the compiler stops at its own errors before it runs analyzers.
        IncrementalValuesProvider<DiagnosticInfo> errors = compiled
            .SelectMany(static (output, _) => output.Diagnostics.Where(d => d.Rule.IsError))
            .WithTrackingName(Steps.Errors);

        context.RegisterSourceOutput(emitted, static (output, source) => AddSource(output, source));
        context.RegisterSourceOutput(errors, static (output, error) => output.ReportDiagnostic(DiagnosticConversion.ToRoslyn(error)));
    }
}
