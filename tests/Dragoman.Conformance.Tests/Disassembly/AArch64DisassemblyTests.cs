using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.AArch64;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Decoder and disassembler against disassemblers of other people: the same words must have the same text, or the difference an explanation.</summary>
public sealed class AArch64DisassemblyTests(ITestOutputHelper output)
{
    private const ulong Pc = 0x1000;
    private const int Seed = 8;

    private readonly DisassemblyComparison _comparison = new(AArch64Guest.Instance, Pc, DisassemblyText.Normalize, output);

    private static int RandomWords => Tools.IsLongRun ? 8_000_000 : 200_000;

    private static int WordsPerEncoding => Tools.IsLongRun ? 4_000 : 150;

    [Fact]
    public void Every_encoding_and_random_words_read_as_Capstone_reads_them() =>
        _comparison.Compare(new CapstoneWitness(), "capstone-aarch64.tsv", EveryEncoding().Concat(Random()));

    // Random words are mostly of extensions that only objdump knows: every encoding of ours is the question here.
    [ToolFact("aarch64-linux-gnu-objdump")]
    public void Every_encoding_reads_as_objdump_reads_it() =>
        _comparison.Compare(ObjdumpWitness.AArch64, "objdump-aarch64.tsv", EveryEncoding());

    private static IEnumerable<uint> Random()
    {
        var random = new Random(Seed);
        return Enumerable.Range(0, RandomWords).Select(_ => (uint)random.NextInt64(1L << 32));
    }

    private static IEnumerable<uint> EveryEncoding() =>
        Description.AArch64.Encodings.SelectMany(encoding => new EncodingSampler(encoding, Seed).Sample(WordsPerEncoding));
}
