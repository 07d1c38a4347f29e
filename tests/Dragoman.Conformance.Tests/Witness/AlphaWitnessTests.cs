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

    private static int TrialsPerEncoding => Tools.IsLongRun ? 4_000 : 150;

    [ToolFact(QemuWitness.AlphaCompiler, QemuWitness.AlphaEmulator)]
    public void Every_instruction_does_when_interpreted_what_it_does_under_qemu() => Compare(new InterpreterBackend(), TrialsPerEncoding);

    [ToolFact(QemuWitness.AlphaCompiler, QemuWitness.AlphaEmulator)]
    public void Every_instruction_does_when_compiled_what_it_does_under_qemu() => Compare(new IlBackend(), TrialsPerEncoding / 5);

    private void Compare(ITcgBackend backend, int trialsPerEncoding)
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
                trials.AddRange(new EncodingSampler(encoding, Seed).Sample(file == "float-ieee" ? trialsPerEncoding * FloatShare : trialsPerEncoding)
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
            var text = new StringBuilder();
            AlphaGuest.Instance.Disassemble(BitConverter.GetBytes(word), AlphaState.Slot, text);
            string mnemonic = text.ToString().Split(' ')[0];
            AlphaState ours = machine.Run(word, new AlphaState(before)), their = new(theirs[i]);
            string[] open = [.. ours.Differences(their, (int)(word & 31)).Where(part => !explained.Explain(mnemonic, part))];
            if (open.Length > 0)
            {
                (failures.TryGetValue(mnemonic, out List<string>? list) ? list : failures[mnemonic] = [])
                    .Add($"{string.Join(' ', open)} {word:X8} {new AlphaState(before).Operands(word)}: {ours.Difference(their)}");
            }
        }

        output.WriteLine($"{trials.Count} trials, {failures.Values.Sum(l => l.Count)} differ");
        var report = new StringBuilder();
        foreach ((string name, List<string> list) in failures)
        {
            report.AppendLine($"{name} ({list.Count}): {list[0]}");
        }

        Assert.True(failures.Count == 0, report.ToString());
        Assert.True(!Tools.IsLongRun || explained.Unused.Count == 0, "rows of qemu-alpha.tsv that nothing needed: " + string.Join(", ", explained.Unused));
        Assert.True(trials.Count > 1000, "too few trials to mean anything");
    }

    // Every qualifier of an operation is one encoding.
    private const int FloatShare = 10;

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
