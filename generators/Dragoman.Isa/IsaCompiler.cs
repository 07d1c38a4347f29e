using Dragoman.Isa.Binding;
using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Emit;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa;

/// <summary>From the files of one description to the sources of the concerns that a project asked for. No state: may be called from any thread.</summary>
public static class IsaCompiler
{
    /// <param name="sources">All files of one folder; their order does not matter.</param>
    /// <param name="concerns">Any of <c>decoder disassembler frontend audit oracle vectors</c>.</param>
    public static IsaResult Compile(IEnumerable<IsaSource> sources, IReadOnlyCollection<string> concerns)
    {
        var diagnostics = new DiagnosticBag();
        List<Item> items = [];
        foreach (IsaSource source in sources.OrderBy(s => Path.GetFileName(s.Path), StringComparer.Ordinal))
        {
            items.AddRange(Parser.Parse(source.Path, source.Text, diagnostics).Items);
        }

        // Patterns with syntax errors in them would only be reported again as having the wrong width.
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        DecoderModel decoder = DecoderBuilder.Build(items, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        IsaModel model = IsaBinder.Bind(items, decoder.Copies, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        List<EmittedSource> emitted = [];
        if (concerns.Contains("decoder"))
        {
            emitted.Add(DecoderEmitter.Emit(model.Name, decoder));
            emitted.Add(DecoderConditionEmitter.Emit(model, decoder, diagnostics));
        }

        if (concerns.Contains("decoder") || concerns.Contains("disassembler") || concerns.Contains("frontend"))
        {
            emitted.Add(StaticFunctionEmitter.Emit(model));
        }

        if (concerns.Contains("frontend"))
        {
            emitted.Add(GuestStateEmitter.Emit(model));
            emitted.AddRange(FrontendEmitter.Emit(model, decoder.UnitBits));
        }

        return new IsaResult(emitted, diagnostics.Items);
    }
}
