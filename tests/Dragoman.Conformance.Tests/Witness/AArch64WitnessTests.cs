using System.Text;
using Dragoman.Conformance.Tests.Descriptions;
using Dragoman.Guests.AArch64;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>Every instruction on random operands: the state after it must be what qemu-aarch64 makes of it, but for what qemu-aarch64.tsv explains.</summary>
public sealed class AArch64WitnessTests(ITestOutputHelper output)
{
    private const int Seed = 8;
    private const ulong FlushToZero = 1 << 24;

    private static int TrialsPerEncoding => Tools.IsLongRun ? 2_000 : 40;

    // The long run would be one test of ten minutes: the encodings are dealt out.
    private static int PartCount => Tools.IsLongRun ? 8 : 1;

    public static TheoryData<int> Parts { get; } = new(Enumerable.Range(0, PartCount));

    [ToolTheory(QemuWitness.Compiler, QemuWitness.Emulator)]
    [MemberData(nameof(Parts))]
    public void Every_instruction_does_when_interpreted_what_it_does_under_qemu(int part) => Compare(new InterpreterBackend(), TrialsPerEncoding, part);

    // A compiled TB costs some hundred microseconds: fewer trials say as much, since the ops are those that the interpreter was given.
    [ToolTheory(QemuWitness.Compiler, QemuWitness.Emulator)]
    [MemberData(nameof(Parts))]
    public void Every_instruction_does_when_compiled_what_it_does_under_qemu(int part) => Compare(new IlBackend(), TrialsPerEncoding / 3, part);

    private void Compare(ITcgBackend backend, int trialsPerEncoding, int part)
    {
        List<Trial> trials = [];
        List<string> names = [];
        foreach (TrialGenerator generator in Description.AArch64.Encodings.Where((_, index) => index % PartCount == part).Select(e => new TrialGenerator(e, Seed)).Where(g => g.IsTried))
        {
            int found = 0;
            for (int attempt = 0; found < trialsPerEncoding && attempt < trialsPerEncoding * 50; attempt++)
            {
                Trial trial = generator.Next();
                InsnId id = Guests.AArch64.Decoder.Decode(trial.Word);
                if (id != InsnId.Undefined)
                {
                    trials.Add(trial);
                    names.Add(id.ToString());
                    found++;
                }
            }
        }

        MachineState[] theirs = [.. QemuWitness.AArch64().Execute([.. trials.Select(t => (t.Word, t.Before.Block))]).Select(b => new MachineState(b))];
        using var machine = new TranslatedMachine(backend);
        WitnessDifferences explained = WitnessDifferences.Load("qemu-aarch64.tsv");
        var failures = new SortedDictionary<string, List<string>>(StringComparer.Ordinal);
        for (int i = 0; i < trials.Count; i++)
        {
            string difference = machine.Execute(trials[i]).Difference(theirs[i]);
            string kind = (trials[i].Before.Fpcr & FlushToZero) != 0 ? "flush. " + difference : difference;
            if (difference.Length > 0 && !explained.Explain(names[i], kind))
            {
                (failures.TryGetValue(names[i], out List<string>? list) ? list : failures[names[i]] = []).Add($"{trials[i].Word:X8}: {difference}");
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
        if (Tools.IsLongRun)
        {
            string[] unused = [.. explained.Unused.Where(row => names.Contains(row.Split(' ')[0]))];
            Assert.True(unused.Length == 0, "rows of qemu-aarch64.tsv that nothing needed: " + string.Join(", ", unused));
        }
    }
}
