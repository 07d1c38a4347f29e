using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>From instruction items to the decoder's model, with the checks of series ISA2xxx.</summary>
public static class DecoderBuilder
{
    /// <param name="items">Every item of the description (consts and static functions serve <c>for</c> and <c>when</c>).</param>
    public static DecoderModel Build(IReadOnlyList<Item> items, DiagnosticBag diagnostics)
    {
        UnitEntry? unit = items.OfType<IsaItem>().SelectMany(i => i.Entries).OfType<UnitEntry>().FirstOrDefault();
        int unitBits = unit?.Size ?? 32;
        if (unit is { IsBytes: true } || unitBits is not (8 or 16 or 32 or 64))
        {
            diagnostics.Report(Rules.UnitWidth, unit!.Span, unit.Size);
            return new DecoderModel(32, [], [], new DecodeLeaf([]));
        }

        var evaluator = new StaticEvaluator(items);
        var expander = new CopyExpander(evaluator, diagnostics);
        List<InstructionEncoding> encodings = [];
        List<InstructionCopy> copies = [];
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
                encodings.Add(encoding);
                foreach (InstructionCopy copy in expander.Expand(encoding))
                {
                    if (copy.Name != item.Name.Text && names.TryGetValue(copy.Name, out InstructionItem other))
                    {
                        diagnostics.Report(Rules.DuplicateInstruction, item.Name.Span, copy.Name, Place(other));
                    }

                    names[copy.Name] = item;
                    copies.Add(copy);
                }
            }
        }

        new OverlapChecker(evaluator, diagnostics, unitBits).Check(encodings, copies);
        List<DecodePattern> patterns =
        [
            .. copies
                .SelectMany(c => c.Words.Select(w => new DecodePattern(c, w)))
                .OrderByDescending(p => PopCount(p.Copy.Encoding.Mask))
                .ThenByDescending(p => p.Conditional),
        ];
        DecodeNode tree = DecisionTree.Build(patterns, unitBits);
        if (!diagnostics.HasErrors)
        {
            ReportUnreachable(tree, patterns, diagnostics);
        }

        return new DecoderModel(unitBits, encodings, copies, tree);
    }

    private static void ReportUnreachable(DecodeNode tree, List<DecodePattern> patterns, DiagnosticBag diagnostics)
    {
        HashSet<InstructionEncoding> reached = [];
        Collect(tree);
        foreach (IGrouping<InstructionEncoding, DecodePattern> instruction in patterns.GroupBy(p => p.Copy.Encoding).Where(g => !reached.Contains(g.Key)))
        {
            IEnumerable<string> takers = patterns
                .TakeWhile(p => p.Copy.Encoding != instruction.Key)
                .Where(p => instruction.Any(i => i.Meets(p.Mask, p.Value)))
                .Select(p => p.Copy.Encoding.Item.Name.Text).Distinct().Take(4);
            Name name = instruction.Key.Item.Name;
            diagnostics.Report(Rules.Unreachable, name.Span, name.Text, string.Join(", ", takers));
        }

        void Collect(DecodeNode node)
        {
            if (node is DecodeLeaf leaf)
            {
                reached.UnionWith(leaf.Tests.Select(t => t.Pattern.Copy.Encoding));
                return;
            }

            foreach (DecodeCase branch in ((DecodeSwitch)node).Cases)
            {
                Collect(branch.Node);
            }
        }
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
