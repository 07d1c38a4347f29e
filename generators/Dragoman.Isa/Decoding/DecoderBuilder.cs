using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>From instruction items to the decoder's model, with the checks of series ISA2xxx.</summary>
public static class DecoderBuilder
{
    /// <param name="items">Every item of the description (consts and static functions serve <c>for</c> and <c>when</c>).</param>
    public static DecoderModel Build(IReadOnlyList<Item> items, DiagnosticBag diagnostics)
    {
        if (ByteUnit.Create(items, diagnostics) is { } bytes)
        {
            return ByteDecoderBuilder.Build(bytes, items, diagnostics);
        }

        foreach (RowInstructionItem stray in items.OfType<RowInstructionItem>())
        {
            diagnostics.Report(Rules.NotWithoutBytes, stray.Name.Span);
        }

        UnitEntry? unit = items.OfType<IsaItem>().SelectMany(i => i.Entries).OfType<UnitEntry>().FirstOrDefault();
        int unitBits = unit?.Size ?? 32;
        if (unitBits is not (8 or 16 or 32 or 64))
        {
            diagnostics.Report(Rules.UnitWidth, unit!.Span, unit.Size);
            return new DecoderModel(32, [], [], new DecodeLeaf([]));
        }

        var evaluator = new StaticEvaluator(items);
        var expander = new CopyExpander(evaluator, diagnostics);
        List<ExpandedInstruction> instructions = [];
        Dictionary<string, InstructionItem> names = [];
        foreach (InstructionItem item in items.OfType<InstructionItem>().Where(i => i.Name.Text.Length > 0))
        {
            if (names.TryGetValue(item.Name.Text, out InstructionItem first))
            {
                diagnostics.Report(Rules.DuplicateInstruction, item.Name.Span, item.Name.Text, Place(first));
                continue;
            }

            names[item.Name.Text] = item;
            if (InstructionEncoding.Create(item, unitBits, diagnostics) is { } encoding)
            {
                ExpandedInstruction instruction = expander.Expand(encoding);
                instructions.Add(instruction);
                foreach (InstructionCopy copy in instruction.Copies)
                {
                    if (copy.Name != item.Name.Text && names.TryGetValue(copy.Name, out InstructionItem other))
                    {
                        diagnostics.Report(Rules.DuplicateInstruction, item.Name.Span, copy.Name, Place(other));
                    }

                    names[copy.Name] = item;
                }
            }
        }

        var conditions = new WordConditions(evaluator);
        new OverlapChecker(conditions, diagnostics, unitBits).Check(instructions);
        List<DecodePattern> patterns = Order(instructions);
        DecodeNode tree = DecisionTree.Build(patterns, unitBits);
        if (!diagnostics.HasErrors)
        {
            ReportUnreachable(patterns, diagnostics);
            var tests = new TestWordChecker(conditions, diagnostics, unitBits);
            instructions.ForEach(i => tests.Check(i.Encoding, tree));
        }

        return new DecoderModel(unitBits, [.. instructions.Select(i => i.Encoding)], [.. instructions.SelectMany(i => i.Copies)], tree);
    }

    /// <summary>Most specific first. Refused words only count where a less specific pattern would take them.</summary>
    internal static List<DecodePattern> Order(List<ExpandedInstruction> instructions)
    {
        IEnumerable<DecodePattern> copies = instructions.SelectMany(i => i.Copies).SelectMany(c => c.Words.Select(w => new DecodePattern(c.Encoding, c, w)));
        IEnumerable<DecodePattern> refused = instructions
            .SelectMany(i => i.Refused.Select(w => new DecodePattern(i.Encoding, null, w)))
            .Where(r => instructions.Any(i => i.Encoding != r.Encoding && r.Meets(i.Encoding.Mask, i.Encoding.Value) && (i.Encoding.Mask & ~r.Encoding.Mask) == 0));
        return [.. copies.Concat(refused).OrderByDescending(p => PopCount(p.Encoding.Mask)).ThenByDescending(p => p.Conditional)];
    }

    internal static void ReportUnreachable(List<DecodePattern> patterns, DiagnosticBag diagnostics)
    {
        HashSet<InstructionEncoding> reached = [];
        for (int i = 0; i < patterns.Count; i++)
        {
            DecodePattern pattern = patterns[i];
            if (!reached.Contains(pattern.Encoding)
                && !IsCovered(pattern.Mask, pattern.Value, [.. patterns.Take(i).Where(p => !p.Conditional && pattern.Meets(p.Mask, p.Value))]))
            {
                reached.Add(pattern.Encoding);
            }
        }

        foreach (IGrouping<InstructionEncoding, DecodePattern> instruction in patterns.GroupBy(p => p.Encoding).Where(g => !reached.Contains(g.Key)))
        {
            IEnumerable<string> takers = patterns
                .TakeWhile(p => p.Encoding != instruction.Key)
                .Where(p => instruction.Any(i => i.Meets(p.Mask, p.Value)))
                .Select(p => p.Encoding.Item.Name.Text).Distinct().Take(4);
            Name name = instruction.Key.Item.Name;
            diagnostics.Report(Rules.Unreachable, name.Span, name.Text, string.Join(", ", takers));
        }
    }

    /// <summary>Whether every word under mask and value is taken by one of the patterns: halves the words on a bit that a pattern fixes until that is plain.</summary>
    private static bool IsCovered(ulong mask, ulong value, List<DecodePattern> takers)
    {
        if (takers.Count == 0)
        {
            return false;
        }

        if (takers.Any(t => (t.Mask & ~mask) == 0))
        {
            return true;
        }

        ulong open = takers[0].Mask & ~mask;
        ulong bit = open & (0 - open);
        return new[] { 0UL, bit }.All(half => IsCovered(mask | bit, value | half, [.. takers.Where(t => ((t.Value ^ (value | half)) & t.Mask & (mask | bit)) == 0)]));
    }

    /// <summary>File and line for a message that is reported elsewhere.</summary>
    internal static string Place(InstructionItem item) => $"{Path.GetFileName(item.Name.Span.File)} line {item.Name.Span.StartLine}";

    internal static int PopCount(ulong value)
    {
        int count = 0;
        for (; value != 0; value &= value - 1)
        {
            count++;
        }

        return count;
    }
}
