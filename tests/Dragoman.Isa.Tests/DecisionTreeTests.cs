using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Tests;

/// <summary>The tree finds what trying every pattern in order of specificity finds, for every word.</summary>
public sealed class DecisionTreeTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void The_tree_agrees_with_trying_each_pattern(int seed)
    {
        var random = new Random(seed);
        List<DecodePattern> patterns = [.. Enumerable.Range(0, 120).Select(i => Pattern(i, random)).OrderByDescending(p => ulong.PopCount(p.Mask))];
        DecodeNode tree = DecisionTree.Build(patterns, 16);
        for (ulong word = 0; word < 1 << 16; word++)
        {
            string expected = Names(patterns.Where(p => ((word ^ p.Value) & p.Mask) == 0));
            string actual = Names(Leaf(tree, word).Where(t => ((word ^ t.Value) & t.Mask) == 0).Select(t => t.Pattern));
            Assert.Equal(expected, actual);
        }
    }

    /// <summary>What may be tried: everything up to the first that no condition can refuse.</summary>
    private static string Names(IEnumerable<DecodePattern> matching)
    {
        List<string> names = [];
        foreach (DecodePattern pattern in matching)
        {
            names.Add(pattern.Encoding.Item.Name.Text);
            if (!pattern.Conditional)
            {
                break;
            }
        }

        return string.Join(" ", names);
    }

    private static IReadOnlyList<DecodeTest> Leaf(DecodeNode node, ulong word)
    {
        while (node is DecodeSwitch choice)
        {
            ulong value = (word >> choice.Low) & ((1UL << choice.Width) - 1);
            if (choice.Cases.FirstOrDefault(c => c.Values.Contains(value)) is not { } branch)
            {
                return [];
            }

            node = branch.Node;
        }

        return ((DecodeLeaf)node).Tests;
    }

    private static DecodePattern Pattern(int index, Random random)
    {
        ulong mask = 0;
        for (int bits = random.Next(3, 14); bits > 0; bits--)
        {
            mask |= 1UL << random.Next(16);
        }

        ulong value = (ulong)random.Next(1 << 16) & mask;
        var item = (InstructionItem)Parser.Parse("a.isa", $"insn I{index} = x:16 {{ }}", new DiagnosticBag()).Items[0];
        return new DecodePattern(InstructionEncoding.Create(item, 16, new DiagnosticBag())!, null, new CopyWords(mask, value, random.Next(3) > 0, true));
    }
}
