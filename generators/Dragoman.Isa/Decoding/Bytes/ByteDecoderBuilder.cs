using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>From instructions with rows to the decoder's model: rows become words over <see cref="RowKey"/>, with the checks that words have.</summary>
internal sealed class ByteDecoderBuilder
{
    private readonly ByteUnit _unit;
    private readonly DiagnosticBag _diagnostics;
    private readonly RowEncoder _encoder;
    private readonly RowSizes _sizes;
    private readonly WordConditions _conditions;
    private readonly HashSet<string> _names = [];

    private ByteDecoderBuilder(ByteUnit unit, StaticEvaluator evaluator, DiagnosticBag diagnostics)
    {
        _unit = unit;
        _diagnostics = diagnostics;
        _encoder = new RowEncoder(unit, diagnostics);
        _sizes = new RowSizes(unit, evaluator, diagnostics);
        _conditions = new WordConditions(evaluator);
    }

    public static DecoderModel Build(ByteUnit unit, IReadOnlyList<Item> items, DiagnosticBag diagnostics)
    {
        var builder = new ByteDecoderBuilder(unit, new StaticEvaluator(items), diagnostics);
        List<RowModel> rows = [];
        Dictionary<string, RowInstructionItem> names = [];
        foreach (RowInstructionItem item in items.OfType<RowInstructionItem>())
        {
            if (!names.TryAdd(item.Name.Text, item))
            {
                diagnostics.Report(Rules.DuplicateInstruction, item.Name.Span, item.Name.Text, $"{Path.GetFileName(names[item.Name.Text].Span.File)} line {names[item.Name.Text].Span.StartLine}");
                continue;
            }

            if (item.Rows.Count == 0)
            {
                diagnostics.Report(Rules.NoRows, item.Name.Span, item.Name.Text);
            }

            rows.AddRange(item.Rows.Select(row => builder.BuildRow(item, row)).OfType<RowModel>());
        }

        ExpandedInstruction[] instructions = [.. rows.Select(r => new ExpandedInstruction(r.Encoding, [r.Copy], []))];
        new OverlapChecker(builder._conditions, diagnostics, RowKey.Bits).Check(instructions);
        List<DecodePattern> patterns = DecoderBuilder.Order([.. instructions]);
        DecodeNode tree = DecisionTree.Build(patterns, RowKey.Bits);
        if (!diagnostics.HasErrors)
        {
            DecoderBuilder.ReportUnreachable(patterns, diagnostics);
        }

        return new DecoderModel(RowKey.Bits, [.. rows.Select(r => r.Encoding)], [.. rows.Select(r => r.Copy)], tree) { Bytes = new ByteDecoderModel(unit, rows) };
    }

    private RowModel? BuildRow(RowInstructionItem item, RowSyntax row)
    {
        bool hasSource = row.Operands.Count == item.Operands.Count + 1 && item.Operands.Count > 0 && item.Operands[0].IsWritten;
        if (row.Operands.Count != item.Operands.Count && !hasSource)
        {
            _diagnostics.Report(Rules.OperandCount, row.Span, item.Name.Text, item.Operands.Count, row.Operands.Count);
            return null;
        }

        RowOperand?[] operands = [.. row.Operands.Select(FindOperand)];
        foreach (Name immediate in row.Immediates.Where(i => _unit.FindWidth(i.Text) is null))
        {
            _diagnostics.Report(Rules.UnknownSize, immediate.Span, immediate.Text);
            return null;
        }

        if (operands.Any(o => o is null) || _encoder.Encode(item, row, [.. operands.OfType<RowOperand>()], TakeName(item, row)) is not { } encoded)
        {
            return null;
        }

        RowOperand[] known = [.. operands.OfType<RowOperand>()];
        RowOperand? source = hasSource ? known[1] : null;
        if (source is not null)
        {
            known = [known[0], .. known.Skip(2)];
            if (source.Kind is null || source.Size != known[0].Size)
            {
                _diagnostics.Report(Rules.SourceOperand, row.Operands[1].Span, item.Name.Text, $"'{source.Name}' and '{known[0].Name}' have one size");
                return null;
            }
        }

        string[] sizes = [.. known.Select(o => o.Size).OfType<string>().Distinct()];
        RowCopy[] copies =
        [
            .. _sizes.Combinations(encoded.Encoding, sizes).Select(combination =>
            {
                int[] widths = [.. known.Select(o => o.Size is { } size ? combination[size] : 0)];
                return new RowCopy(BodyName(item, widths), widths, combination);
            }),
        ];
        InstructionItem synthesized = encoded.Encoding.Item;
        var words = new CopyWords(encoded.Encoding.Mask, encoded.Encoding.Value, synthesized.When.Count == 0, true);
        var copy = new InstructionCopy(encoded.Encoding, synthesized.Name.Text, new Dictionary<string, object>(), new Dictionary<string, long>(), [words]);
        return new RowModel(item, row, copy, encoded.HasModRm, known, copies)
        {
            LacksVectorOperand = RowKey.Space.Extract(encoded.Encoding.Value) != 0 && _unit.FindField("vvvv") is not null && !known.Any(ReadsVector) && !(source is not null && ReadsVector(source)),
            Source = source,
            HasParts = known.Any(o => _unit.IsEach(o.Size)),
        };
    }

    /// <summary>The operand of a name: declared whole, or as a kind and a size, or a size alone.</summary>
    private RowOperand? FindOperand(Name name)
    {
        string text = name.Text;
        if (_unit.Operands.TryGetValue(text, out OperandItem whole))
        {
            return new RowOperand(text, whole, whole.Width?.Text);
        }

        if (_unit.FindWidth(text) is not null)
        {
            return new RowOperand(text, null, text);
        }

        for (int length = text.Length - 1; length > 0; length--)
        {
            if (_unit.Operands.TryGetValue(text.Substring(0, length), out OperandItem kind) && kind.Width is null && _unit.FindWidth(text.Substring(length)) is not null)
            {
                return new RowOperand(text, kind, text.Substring(length));
            }
        }

        _diagnostics.Report(Rules.UnknownOperand, name.Span, text);
        return null;
    }

    private static bool ReadsVector(RowOperand operand)
    {
        HashSet<string> names = [];
        FreeNames.Collect(operand.Kind?.Value, names);
        return names.Contains("vvvv");
    }

    private static string BodyName(RowInstructionItem item, IReadOnlyList<int> widths)
    {
        int[] present = [.. widths.Where(w => w > 0)];
        return item.Name.Text + string.Concat((present.Distinct().Count() == 1 && present.Length == widths.Count ? present.Take(1) : widths).Select(w => "_" + w));
    }

    // Named after the mnemonic and its operands; rows that differ in the encoding alone carry it.
    private string TakeName(RowInstructionItem item, RowSyntax row)
    {
        string name = item.Name.Text + string.Concat(row.Operands.Select(o => "_" + o.Text));
        string[] more = ["_" + string.Concat(row.Bytes.Select(b => b.ToString("X2"))), row.Digit is >= 0 ? "_" + row.Digit : "", string.Concat(row.Prefix.Select(p => "_" + p.Text)), "_"];
        for (int i = 0; !_names.Add(name); i++)
        {
            name += more[Math.Min(i, more.Length - 1)];
        }

        return name;
    }
}
