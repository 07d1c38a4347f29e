using Dragoman.Isa.Auditing;
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
    /// <param name="sources">All files of one folder, with its order table if it has one; their order does not matter.</param>
    /// <param name="concerns">Any of <c>decoder disassembler encodings frontend audit oracle vectors</c>.</param>
    public static IsaResult Compile(IEnumerable<IsaSource> sources, IReadOnlyCollection<string> concerns)
    {
        var diagnostics = new DiagnosticBag();
        IsaSource[] files = [.. sources.Where(s => !s.IsOrderTable)];
        IsaSource? orders = sources.FirstOrDefault(s => s.IsOrderTable);
        Item[] items =
            [.. files.OrderBy(s => Path.GetFileName(s.Path), StringComparer.Ordinal).SelectMany(s => Parser.Parse(s.Path, s.Text, diagnostics).Items)];

        // Each phase relies on what the one before it found sound; going on would only repeat its errors.
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        items = OperandFormExpander.Expand(items, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        DecoderModel decoder = DecoderBuilder.Build(items, diagnostics);
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        IsaModel model = IsaBinder.Bind(items, decoder.Copies, diagnostics, useVectorOps: !concerns.Contains("oracle"), decoder.Bytes);
        if (diagnostics.HasErrors)
        {
            return new IsaResult([], diagnostics.Items);
        }

        if (concerns.Contains("audit"))
        {
            AuditChecker.Check(model, orders is null ? null : OrderTable.Parse(orders, diagnostics), diagnostics);
            if (diagnostics.HasErrors)
            {
                return new IsaResult([], diagnostics.Items);
            }
        }

        // Emission finds the last errors (those in tests): of a wrong description nothing is kept.
        EmittedSource[] emitted = [.. Emit(items, model, decoder, concerns, diagnostics, orders is not null, files.Sum(f => f.Text.Split('\n').Length - 1))];
        return new IsaResult(diagnostics.HasErrors ? [] : [.. emitted], diagnostics.Items);
    }

    private static IEnumerable<EmittedSource> Emit(IReadOnlyList<Item> items, IsaModel model, DecoderModel decoder, IReadOnlyCollection<string> concerns, DiagnosticBag diagnostics, bool isAudited, int descriptionLines)
    {
        // The oracle and the vectors of a test project use those of the guest's own assembly.
        if (concerns.Contains("decoder") || concerns.Contains("disassembler") || concerns.Contains("frontend"))
        {
            yield return StaticFunctionEmitter.Emit(model);
        }

        if (concerns.Contains("decoder"))
        {
            yield return DecoderEmitter.Emit(model, decoder);
            if (model.Bytes is { } bytes)
            {
                yield return InstructionEmitter.Emit(model, bytes);
                yield return new ByteDecoderEmitter(model, bytes).Emit();
            }
            yield return CpuEmitter.Emit(model);
        }

        if (concerns.Contains("disassembler"))
        {
            yield return model.Bytes is { } bytes ? RowDisassemblerEmitter.Emit(model, bytes) : DisassemblerEmitter.Emit(model, decoder);
        }

        if (concerns.Contains("encodings"))
        {
            yield return model.Bytes is { } bytes ? RowEncodingsEmitter.Emit(model, bytes) : EncodingsEmitter.Emit(model, decoder);
        }

        if (concerns.Contains("audit"))
        {
            yield return AuditEmitter.Emit(model, isAudited, descriptionLines);
        }

        if (concerns.Contains("frontend"))
        {
            yield return GuestStateEmitter.Emit(model);
            if (GuestEmitter.Emit(model, items.OfType<IsaItem>().First().Documentation, concerns.Contains("audit"), concerns.Contains("encodings")) is { } guest)
            {
                yield return guest;
            }

            foreach (EmittedSource source in FrontendEmitter.Emit(model, decoder.UnitBits))
            {
                yield return source;
            }
        }

        if (concerns.Contains("oracle"))
        {
            foreach (EmittedSource source in OracleEmitter.Emit(model, decoder.UnitBits))
            {
                yield return source;
            }
        }

        if (concerns.Contains("vectors"))
        {
            yield return new VectorEmitter(model, diagnostics).Emit(decoder.Bytes is { } bytes
                ? bytes.Rows.Select(r => r.Item).Distinct().Select(i => ((Item)i, i.Tests))
                : decoder.Encodings.Select(e => ((Item)e.Item, e.Item.Tests)));
        }
    }
}
