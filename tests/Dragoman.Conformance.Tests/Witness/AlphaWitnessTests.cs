using System.Text;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.Alpha;
using Dragoman.Isa.Decoding;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>
/// Alpha's integer and memory instructions on random operands: the state after them must be what qemu-alpha makes of it. Branches leave the slot,
/// and floating point has qemu's own ideas of what is unpredictable: both are checked elsewhere.
/// </summary>
public sealed class AlphaWitnessTests(ITestOutputHelper output)
{
    private const int Seed = 8;

    private static readonly ulong[] s_edges =
    [
        0, 1, 2, 7, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF, 0x1_00000000,
        0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000, 0xFFFFFFFF_80000000, 0xFFFFFFFF_7FFFFFFF, 0xFFFFFFFF_FFFFFFFF,
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
            if (file is "integer" or "memory" or "multimedia")
            {
                trials.AddRange(new EncodingSampler(encoding, Seed).Sample(trialsPerEncoding)
                    .Where(word => Guests.Alpha.Decoder.Decode(word) != InsnId.Undefined && !(file == "memory" && AddressRegister(word) == 31))
                    .Select(word => (word, Before(word, file == "memory", encoding.Item.Name.Text, random))));
            }
        }

        IReadOnlyList<byte[]> theirs = QemuWitness.Alpha().Execute(trials);
        using var machine = new AlphaMachine(backend);
        var failures = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        for (int i = 0; i < trials.Count; i++)
        {
            (uint word, byte[] before) = trials[i];
            string difference = machine.Run(word, new AlphaState(before)).Difference(new AlphaState(theirs[i]));
            if (difference.Length > 0)
            {
                string name = Guests.Alpha.Decoder.Decode(word).ToString();
                (failures.TryGetValue(name, out List<string>? list) ? list : failures[name] = []).Add($"{word:X8}: {difference}");
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
    }

    private static int AddressRegister(uint word) => (int)(word >> 16 & 31);

    // An address register points at the scratch memory, whatever the displacement; locked accesses are aligned.
    private static byte[] Before(uint word, bool isMemory, string name, Random random)
    {
        var state = new AlphaState(new byte[AlphaState.Size]);
        for (int i = 0; i < AlphaState.Fpcr; i++)
        {
            state[i] = random.Next(2) == 0 ? s_edges[random.Next(s_edges.Length)] : (ulong)random.NextInt64(long.MinValue, long.MaxValue);
        }

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
