using System.Text;
using Dragoman.Conformance.Tests;
using Dragoman.Conformance.Tests.Disassembly;
using Dragoman.Guests.Tests.Witness;
using Dragoman.Guests.X86;

namespace Dragoman.Guests.Tests;

/// <summary>
/// Decoder and disassembler against Iced: over every row with prefixes and every form of ModRM, and over random bytes, in 64-bit and 32-bit mode.
/// What ours leaves undefined because it is not described is counted, not compared; what Iced calls invalid must be undefined.
/// </summary>
public sealed class DisassemblyTests(ITestOutputHelper output)
{
    private const ulong Pc = 0x401000;
    private const int Seed = 8;

    private static int PerRow => Tools.IsLongRun ? 8_000 : 150;

    private static int RandomStrings => Tools.IsLongRun ? 8_000_000 : 150_000;

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void Every_row_reads_as_Iced_reads_it(int bitness)
    {
        var random = new Random(Seed);
        Compare(bitness, RowSampler.X86.Rows.SelectMany(row => RowSampler.Sample(row, PerRow, random)), describedShare: 0.5);
    }

    [Theory]
    [InlineData(64)]
    [InlineData(32)]
    public void Random_bytes_read_as_Iced_reads_them(int bitness)
    {
        var random = new Random(Seed);
        Compare(bitness, Enumerable.Range(0, RandomStrings).Select(_ =>
        {
            byte[] code = new byte[random.Next(1, 16)];
            random.NextBytes(code);
            return code;
        }), describedShare: 0.2);
    }

    private void Compare(int bitness, IEnumerable<byte[]> codes, double describedShare)
    {
        var witness = new IcedWitness(bitness);
        X86Guest guest = bitness == 64 ? X86Guest.Intel64 : X86Guest.I386;
        var explained = ExplainedDifferences.Load("iced-x86.tsv");
        var unexplained = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        int count = 0, alike = 0, undescribed = 0, explainedCount = 0;
        var text = new StringBuilder();
        foreach (byte[] code in codes)
        {
            count++;
            text.Clear();
            int length = guest.Disassemble(code, Pc, text);
            string ours = text.ToString();
            Iced.Intel.Instruction instruction = witness.Decode(code, Pc);
            string theirs = instruction.IsInvalid ? "(bad)" : witness.Text(instruction);
            if (ours == theirs && (instruction.IsInvalid || length == instruction.Length))
            {
                alike += instruction.IsInvalid ? 0 : 1;
            }
            else if (ours == "(bad)" && !IsDescribed(instruction))
            {
                undescribed++;
            }
            else if (explained.Explain(ours, theirs) && (instruction.IsInvalid || ours == "(bad)" || length == instruction.Length))
            {
                explainedCount++;
            }
            else
            {
                string kind = $"{ours.Split(' ')[0]} / {theirs.Split(' ')[0]}";
                (unexplained.TryGetValue(kind, out List<string>? list) ? list : unexplained[kind] = [])
                    .Add($"{Convert.ToHexString(code)}  ours {ours} ({length})  theirs {theirs} ({instruction.Length})");
            }
        }

        output.WriteLine($"{count} strings, {alike} instructions alike, {undescribed} not described, {explainedCount} differences explained, {unexplained.Values.Sum(l => l.Count)} not");
        var report = new StringBuilder();
        foreach ((string kind, List<string> list) in unexplained)
        {
            report.AppendLine($"{kind} ({list.Count}): {list[0]}");
        }

        Assert.True(unexplained.Count == 0, report.ToString());
        Assert.True(alike > count * describedShare, $"only {alike} of {count} are instructions to both");
    }

    // A mnemonic that some instruction of the description has must be decoded in all its forms, but for those of AVX-512 and AMD's.
    private static bool IsDescribed(in Iced.Intel.Instruction instruction) =>
        instruction.Encoding is Iced.Intel.EncodingKind.Legacy or Iced.Intel.EncodingKind.VEX && s_described.Contains(instruction.Mnemonic.ToString().ToLowerInvariant());

    private static readonly HashSet<string> s_described = [.. RowSampler.X86.Rows.SelectMany(r => Mnemonics(r.Item.Name.Text))];

    private static IEnumerable<string> Mnemonics(string name)
    {
        string stem = name.Split("__")[0].ToLowerInvariant();
        if (!stem.EndsWith("cc", StringComparison.Ordinal))
        {
            return [stem, "v" + stem];
        }

        string[] conditions = ["o", "no", "b", "ae", "e", "ne", "be", "a", "s", "ns", "p", "np", "l", "ge", "le", "g"];
        return conditions.Select(c => stem[..^2] + c);
    }
}
