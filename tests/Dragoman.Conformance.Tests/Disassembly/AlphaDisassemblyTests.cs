using System.Diagnostics;
using System.Runtime.InteropServices;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.Alpha;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Alpha's decoder and disassembler against GNU objdump: every encoding, random words, and all the code of Debian's C library.</summary>
public sealed class AlphaDisassemblyTests(ITestOutputHelper output)
{
    private const string Objdump = "alpha-linux-gnu-objdump";
    private const string Objcopy = "alpha-linux-gnu-objcopy";
    private const string Library = "/usr/alpha-linux-gnu/lib/libc.so.6.1";
    private const ulong Pc = 0x1000000;
    private const int Seed = 8;

    private readonly DisassemblyComparison _comparison = new(AlphaGuest.Instance, Pc, text => text, output);

    private static int RandomWords => Tools.IsLongRun ? 8_000_000 : 200_000;

    private static int WordsPerEncoding => Tools.IsLongRun ? 4_000 : 300;

    [ToolFact(Objdump)]
    public void Every_encoding_and_random_words_read_as_objdump_reads_them()
    {
        var random = new Random(Seed);
        _comparison.Compare(
            ObjdumpWitness.Alpha, "objdump-alpha.tsv",
            Description.Alpha.Encodings.SelectMany(encoding => new EncodingSampler(encoding, Seed).Sample(WordsPerEncoding))
                .Concat(Enumerable.Range(0, RandomWords).Select(_ => (uint)random.NextInt64(1L << 32))));
    }

    [ToolFact(Objdump, Objcopy, Library)]
    public void The_C_library_reads_as_objdump_reads_it()
    {
        string file = Path.GetTempFileName();
        try
        {
            using var copy = Process.Start(Objcopy, ["-O", "binary", "-j", ".text", Library, file]);
            copy.WaitForExit();
            Assert.Equal(0, copy.ExitCode);
            _comparison.Compare(ObjdumpWitness.Alpha, "objdump-alpha.tsv", MemoryMarshal.Cast<byte, uint>(File.ReadAllBytes(file)).ToArray());
        }
        finally
        {
            File.Delete(file);
        }
    }
}
