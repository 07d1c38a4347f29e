using System.Globalization;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>Checks that the word of each <c>test</c> is decoded as the instruction that the test stands after.</summary>
internal sealed class TestWordChecker(WordConditions conditions, DiagnosticBag diagnostics, int unitBits)
{
    public void Check(InstructionEncoding encoding, DecodeNode tree)
    {
        InstructionItem item = encoding.Item;
        if (item.Asm is null)
        {
            diagnostics.Report(Rules.NoAsm, item.Name.Span, item.Name.Text);
        }

        if (item.Tests.Count == 0)
        {
            diagnostics.Report(Rules.NoTests, item.Name.Span, item.Name.Text);
        }

        foreach (TestCase test in item.Tests)
        {
            string digits = test.Code.Text;
            if (digits.Length != unitBits / 4 || !ulong.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out ulong word))
            {
                diagnostics.Report(Rules.BadTestWord, test.Code.Span, digits, unitBits / 4);
            }
            else if (((word ^ encoding.Value) & encoding.Mask) is var difference and not 0)
            {
                diagnostics.Report(Rules.TestDoesNotMatch, test.Code.Span, digits, item.Name.Text, string.Join(", ", Enumerable.Range(0, unitBits).Where(i => (difference >> i & 1) == 1).Reverse()));
            }
            else if (Decode(tree, word) is var taken && taken?.Encoding != encoding)
            {
                diagnostics.Report(Rules.TestTaken, test.Code.Span, digits, taken is null ? "undefined" : taken.Encoding.Item.Name.Text, item.Name.Text);
            }
        }
    }

    /// <summary>The alternative that takes a word, or null if it is undefined.</summary>
    private DecodePattern? Decode(DecodeNode node, ulong word)
    {
        while (node is DecodeSwitch choice)
        {
            ulong value = word >> choice.Low & ((1UL << choice.Width) - 1);
            if (choice.Cases.FirstOrDefault(c => c.Values.Contains(value)) is not { } branch)
            {
                return null;
            }

            node = branch.Node;
        }

        DecodePattern? taken = ((DecodeLeaf)node).Tests
            .Select(t => t.Pattern)
            .FirstOrDefault(p => ((word ^ p.Value) & p.Mask) == 0 && (!p.Conditional || conditions.WhenMayHold(p.Encoding, word)));
        return taken?.Copy is null || conditions.IsUnallocated(taken.Encoding, word) ? null : taken;
    }
}
