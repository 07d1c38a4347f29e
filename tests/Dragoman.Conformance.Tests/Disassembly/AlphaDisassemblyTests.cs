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
                .Concat(EveryFunction())
                .Concat(Enumerable.Range(0, RandomWords).Select(_ => (uint)random.NextInt64(1L << 32))));
    }

    // Every opcode with every function that its format has room for (3.3, appendix C), each register that matters once 31 and once not: what only objdump knows shows here.
    private static IEnumerable<uint> EveryFunction()
    {
        for (uint opcode = 0; opcode < 64; opcode++)
        {
            (int count, int shift) = opcode switch
            {
                0x00 or 0x10 or 0x11 or 0x12 or 0x13 or 0x1C => (256, opcode == 0 ? 0 : 5),
                >= 0x14 and <= 0x17 => (2048, 5),
                0x18 => (1024, 6),
                0x1A => (4, 14),
                _ => (1, 0),
            };
            for (uint function = 0; function < count; function++)
            {
                foreach (uint registers in (uint[])[1 << 5 | 2, 1 << 5 | 31, 31 << 5 | 2, 31 << 5 | 31, 3 << 5 | 3])
                {
                    yield return opcode << 26 | (opcode == 0 ? 0 : registers << 16) | function << shift | (shift == 5 ? 3u : 0);
                }
            }
        }
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
            _comparison.Compare(ObjdumpWitness.Alpha, "objdump-alpha.tsv", MemoryMarshal.Cast<byte, uint>(File.ReadAllBytes(file)).ToArray(), areAll: false);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
