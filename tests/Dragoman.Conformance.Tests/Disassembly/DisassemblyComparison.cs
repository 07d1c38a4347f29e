using System.Text;
using Dragoman.Runtime.Guests;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Compares a guest's disassembler with a witness: the same words must have the same text, or the difference an explanation.</summary>
/// <param name="guest">Whose decoder and disassembler are tried.</param>
/// <param name="pc">Where every word stands.</param>
/// <param name="normalize">The form in which texts are compared.</param>
public sealed class DisassemblyComparison(IGuest guest, ulong pc, Func<string, string> normalize, ITestOutputHelper output)
{
    /// <summary>Fails with one example of each kind of unexplained difference.</summary>
    /// <param name="witness">The other disassembler.</param>
    /// <param name="table">The file of the differences that are explained.</param>
    /// <param name="words">What both read.</param>
    /// <param name="areAll">Whether the words are so many that in a long run every row of the table must explain one.</param>
    public void Compare(IDisassemblyWitness witness, string table, IEnumerable<uint> words, bool areAll = true)
    {
        var explained = ExplainedDifferences.Load(table);
        var unexplained = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        int count = 0, explainedCount = 0, both = 0;
        foreach (uint[] chunk in words.Chunk(100_000))
        {
            IReadOnlyList<string> theirs = witness.Disassemble(chunk, pc);
            for (int i = 0; i < chunk.Length; i++, count++)
            {
                string ours = Disassemble(chunk[i]);
                if (ours == theirs[i])
                {
                    both += ours == DisassemblyText.Undefined ? 0 : 1;
                }
                else if (explained.Explain(ours, theirs[i], chunk[i]))
                {
                    explainedCount++;
                }
                else
                {
                    string kind = $"{ours.Split(' ')[0]} / {theirs[i].Split(' ')[0]}";
                    (unexplained.TryGetValue(kind, out List<string>? list) ? list : unexplained[kind] = []).Add($"{chunk[i]:X8}  ours {ours}  theirs {theirs[i]}");
                }
            }
        }

        output.WriteLine($"{count} words, {both} instructions alike, {explainedCount} differences explained, {unexplained.Values.Sum(l => l.Count)} not");
        var report = new StringBuilder();
        foreach ((string kind, List<string> list) in unexplained)
        {
            report.AppendLine($"{kind} ({list.Count}): {list[0]}");
        }

        Assert.True(unexplained.Count == 0, report.ToString());
        Assert.True(both > count / 20, $"only {both} of {count} words are instructions to both");
        if (Tools.IsLongRun && areAll)
        {
            Assert.True(explained.Unused.Count == 0, $"rows that explain nothing: {string.Join(", ", explained.Unused)}");
        }
    }

    private string Disassemble(uint word)
    {
        var text = new StringBuilder();
        guest.Disassemble(BitConverter.GetBytes(word), pc, text);
        string all = text.ToString();
        return all.StartsWith('.') ? DisassemblyText.Undefined : normalize(all);
    }
}
