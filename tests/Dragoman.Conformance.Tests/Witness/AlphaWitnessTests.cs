using System.Text;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.Alpha;
using Dragoman.Isa.Decoding;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>
/// Alpha's instructions on random operands: the state after them must be what qemu-alpha makes of it, but for what qemu-alpha.tsv explains. Branches
/// leave the slot, and qemu's VAX arithmetic loses half of each result: both are checked elsewhere.
/// </summary>
public sealed class AlphaWitnessTests(ITestOutputHelper output)
{
    private const int Seed = 8;

    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x1_00000000,
        0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000, 0xFFFFFFFF_80000000, 0xFFFFFFFF_7FFFFFFF, 0xFFFFFFFF_FFFFFFFF,
    ];

    // T and S values around everything that rounds, overflows, underflows, is denormal, infinite or a NaN; integers that just do or do not fit.
    private static readonly ulong[] s_floatEdges =
    [
        0x3FF0000000000000, 0xBFF0000000000000, 0x3FE0000000000000, 0x3FF8000000000000, 0x3FEFFFFFFFFFFFFF, 0x3FEFFFFFE0000000, 0x4008000000000000,
        0x7FEFFFFFFFFFFFFF, 0x0010000000000000, 0x000FFFFFFFFFFFFF, 0x0000000000000001, 0x8000000000000001, 0x7FF0000000000000, 0xFFF0000000000000,
        0x7FF8000000000001, 0x7FF4000000000000, 0xFFFC000000000000, 0x47EFFFFFE0000000, 0x47EFFFFFF0000000, 0x3810000000000000, 0x380FFFFFC0000000, 0x36A0000000000000,
        0x3690000000000001, 0x43E0000000000000, 0xC3E0000000000000, 0x43DFFFFFFFFFFFFF, 0x43F0000000000001, 0x41DFFFFFFFC00000, 0x4340000000000000, 0x433FFFFFFFFFFFFF,
    ];

    // The same of S alone, as they lie in memory.
    private static readonly uint[] s_singleEdges =
    [
        0, 0x80000000, 0x3F800000, 0xBF800000, 0x3F000000, 0x3FC00000, 0x3F7FFFFF, 0x40400000, 0x7F7FFFFF, 0x00800000, 0x007FFFFF, 0x00000001, 0x80000001, 0x34000000,
        0x7F800000, 0xFF800000, 0x7FC00001, 0x7FA00000, 0xFFE00000,
    ];

    private static int TrialsPerEncoding => Tools.IsLongRun ? 1_000 : 150;

    [ToolFact(QemuWitness.AlphaCompiler, QemuWitness.AlphaEmulator)]
    public void Every_instruction_does_when_interpreted_what_it_does_under_qemu()
    {
        WitnessDifferences explained = Compare(new InterpreterBackend(), TrialsPerEncoding);
        Assert.True(explained.Unused.Count == 0, "rows of qemu-alpha.tsv that nothing needed: " + string.Join(", ", explained.Unused));
    }

    [ToolFact(QemuWitness.AlphaCompiler, QemuWitness.AlphaEmulator)]
    public void Every_instruction_does_when_compiled_what_it_does_under_qemu() => Compare(new IlBackend(), TrialsPerEncoding / 5);

    private WitnessDifferences Compare(ITcgBackend backend, int trialsPerEncoding)
    {
        var random = new Random(Seed);
        List<(uint Word, byte[] Before)> trials = [];
        foreach (InstructionEncoding encoding in Description.Alpha.Encodings)
        {
            string file = Path.GetFileNameWithoutExtension(encoding.Item.Name.Span.File);
            string name = encoding.Item.Name.Text;
            bool isMemory = file == "memory" || name is "LDx" or "STx";
            if (file is "integer" or "memory" or "multimedia" or "float-memory" or "float-ieee" && name is not ("FBxx" or "MF_FPCR"))
            {
                trials.AddRange(new EncodingSampler(encoding, Seed).Sample(trialsPerEncoding * Share(file, name))
                    .Where(word => Guests.Alpha.Decoder.Decode(word) != InsnId.Undefined && !(isMemory && AddressRegister(word) == 31))
                    .Select(word => (word, Before(word, isMemory, name, random))));
            }
        }

        IReadOnlyList<byte[]> theirs = QemuWitness.Alpha().Execute(trials);
        using var machine = new AlphaMachine(backend);
        WitnessDifferences explained = WitnessDifferences.Load("qemu-alpha.tsv");
        var failures = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        for (int i = 0; i < trials.Count; i++)
        {
            (uint word, byte[] before) = trials[i];
            string mnemonic = Mnemonic(word);
            AlphaState ours = machine.Run(word, new AlphaState(before)), their = new(theirs[i]);
            string context = new AlphaState(before).Context(word);
            string[] open = [.. ours.Differences(their, IsFloatMemory(word) ? word >> 21 & 31 : word & 31).Select(part => context + part)
                .Where(part => !explained.Explain(mnemonic, part))];
            if (open.Length > 0)
            {
                string kind = $"{mnemonic} {string.Join(' ', open)}";
                (failures.TryGetValue(kind, out List<string>? list) ? list : failures[kind] = []).Add($"{word:X8} {new AlphaState(before).Operands(word)}: {ours.Difference(their)}");
            }
        }

        output.WriteLine($"{trials.Count} trials, {failures.Values.Sum(l => l.Count)} differ");
        var report = new StringBuilder();
        foreach ((string name, List<string> list) in failures)
        {
            report.AppendLine($"{name} ({list.Count}): {list[0]}");
        }

        Assert.True(failures.Count == 0, report.ToString());
        Assert.True(trials.Count > 1000, "too few trials to mean anything");
        return explained;
    }

    // Every qualifier of an operation is one encoding, and of the three registers of MT_FPCR one in 1024 samples has the same.
    private static int Share(string file, string name) => name == "MT_FPCR" ? 200 : file == "float-ieee" ? 10 : 1;

    private static string Mnemonic(uint word)
    {
        var text = new StringBuilder();
        AlphaGuest.Instance.Disassemble(BitConverter.GetBytes(word), AlphaState.Slot, text);
        return text.ToString().Split(' ')[0];
    }

    // LDF to STT.
    private static bool IsFloatMemory(uint word) => word >> 29 == 0b100;

    // Any other bits in the operands of these are no S value (2.2.6.1), and what they mean is unpredictable.
    private static bool TakesSingles(string mnemonic) => mnemonic is ['a' or 's' or 'm' or 'd' or 'n', 'd' or 'u' or 'i' or 'e', 'd' or 'b' or 'l' or 'v' or 'g', 's', ..]
        || mnemonic.StartsWith("sqrts", StringComparison.Ordinal) || mnemonic.StartsWith("cvtst", StringComparison.Ordinal);

    // 4.8.3, MAP_S.
    private static ulong Single(uint x)
    {
        uint exponent = x >> 23 & 0xFF;
        return (ulong)(x >> 31) << 63 | (exponent switch { 0 => 0UL, 255 => 2047UL, _ => exponent + 1023 - 127 } << 52) | (ulong)(x & 0x7F_FFFF) << 29;
    }

    private static int AddressRegister(uint word) => (int)(word >> 16 & 31);

    // An address register points at the scratch memory, whatever the displacement; locked accesses are aligned.
    private static byte[] Before(uint word, bool isMemory, string name, Random random)
    {
        var state = new AlphaState(new byte[AlphaState.Size]);
        for (int i = 0; i < AlphaState.Fpcr; i++)
        {
            ulong[] edges = i >= AlphaState.FirstFloat && random.Next(3) != 0 ? s_floatEdges : s_edges;
            state[i] = random.Next(2) == 0 ? edges[random.Next(edges.Length)] : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }

        if (TakesSingles(Mnemonic(word)))
        {
            for (int i = AlphaState.FirstFloat; i < AlphaState.Fpcr; i++)
            {
                state[i] = Single(random.Next(2) == 0 ? s_singleEdges[random.Next(s_singleEdges.Length)] : (uint)random.NextInt64(1L << 32));
            }
        }

        // What is reserved in FPCR is written too.
        if (name == "MT_FPCR" && (word & 31) != 31)
        {
            state[AlphaState.FirstFloat + (int)(word >> 21 & 31)] |= 0x5A5A_5A5A_5A5A;
        }

        // Rounding, status and what disables traps at random; the rest of FPCR reads as zero.
        state[AlphaState.Fpcr] = ((ulong)random.NextInt64(0, 1L << 16) << 48) & 0x7FFF_0000_0000_0000;

        random.NextBytes(state.Memory);
        if (isMemory)
        {
            int offset = random.Next(16, AlphaState.ScratchSize - 16);
            offset = name is ['L', 'D' or 'T', _, '_', 'L' or 'C'] or ['S', 'T', _, '_', 'C'] ? offset & ~7 : offset;
            state[AddressRegister(word)] = AlphaState.Scratch + (ulong)offset - (ulong)(short)word;
        }

        return state.Block;
    }
}
