using System.Text;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.AArch64;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Decoder and disassembler against disassemblers of other people: the same words must have the same text, or the difference an explanation.</summary>
public sealed class AArch64DisassemblyTests(ITestOutputHelper output)
{
    private const ulong Pc = 0x1000;
    private const int Seed = 8;

    private static int RandomWords => Tools.IsLongRun ? 8_000_000 : 200_000;

    private static int WordsPerEncoding => Tools.IsLongRun ? 4_000 : 150;

    [Fact]
    public void Every_encoding_and_random_words_read_as_Capstone_reads_them() =>
        Compare(new CapstoneWitness(), "capstone-aarch64.tsv", EveryEncoding().Concat(Random()));

    // Random words are mostly of extensions that only objdump knows: every encoding of ours is the question here.
    [ToolFact("aarch64-linux-gnu-objdump")]
    public void Every_encoding_reads_as_objdump_reads_it() =>
        Compare(new ObjdumpWitness(), "objdump-aarch64.tsv", EveryEncoding());

    private static IEnumerable<uint> Random()
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, RandomWords).Select(_ => (uint)random.NextInt64(1L << 32));
    }

    private static IEnumerable<uint> EveryEncoding() =>
        Description.AArch64.Encodings.SelectMany(encoding => new EncodingSampler(encoding, Seed).Sample(WordsPerEncoding));

    private void Compare(IDisassemblyWitness witness, string table, IEnumerable<uint> words)
    {
        var explained = ExplainedDifferences.Load(table);
        var unexplained = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        int count = 0, explainedCount = 0, both = 0;
        foreach (uint[] chunk in words.Chunk(100_000))
        {
            IReadOnlyList<string> theirs = witness.Disassemble(chunk, Pc);
            for (int i = 0; i < chunk.Length; i++, count++)
            {
                string ours = Disassemble(chunk[i]);
                if (ours == theirs[i])
                {
                    both += ours == DisassemblyText.Undefined ? 0 : 1;
                }
                else if (explained.Explain(ours, theirs[i]))
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
        if (Tools.IsLongRun)
        {
            Assert.Empty(explained.Unused);
        }
    }

    private static string Disassemble(uint word)
    {
        var text = new StringBuilder();
        AArch64Guest.Instance.Disassemble(BitConverter.GetBytes(word), Pc, text);
        string all = text.ToString();
        return all.StartsWith('.') ? DisassemblyText.Undefined : DisassemblyText.Normalize(all);
    }
}
