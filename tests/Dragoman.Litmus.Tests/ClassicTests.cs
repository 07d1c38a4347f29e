using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Running;
using Dragoman.Litmus.Syntax;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Interpreter;

namespace Dragoman.Litmus.Tests;

/// <summary>
/// The tests in <c>tests/litmus</c>. A file's condition is its known verdict: <c>exists</c> what the architecture allows, <c>~exists</c> what it forbids,
/// <c>forall</c> what it promises.
/// </summary>
public sealed class ClassicTests
{
    // Their threads wait for each other: a run takes a turn of the host's scheduler for each where cores are wanting.
    private static readonly string[] s_waiting = ["aarch64/ABA+poll.litmus", "alpha/ABA.litmus", "x86/MP+poll.litmus"];

    // What the models say of a file, for both tests of it. One test runs at a time.
    private static readonly Dictionary<string, (LitmusProgram Program, LitmusReport Report)> s_judged = [];

    public static TheoryData<string> Files()
    {
        TheoryData<string> data = [];
        foreach (string file in Directory.EnumerateFiles(Described.Folder, "*.litmus", SearchOption.AllDirectories).Order(StringComparer.Ordinal))
        {
            data.Add(Path.GetRelativePath(Described.Folder, file));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void The_model_agrees_with_the_known_verdict_and_so_do_the_lowerings(string file)
    {
        (LitmusProgram program, LitmusReport report) = Judged(file);
        Proposition asked = program.Test.Condition.Proposition;
        Assert.Equal(Path.GetFileNameWithoutExtension(file), program.Test.Name);
        Assert.NotEmpty(report.Allowed);
        switch (program.Test.Condition.Quantifier)
        {
            case Quantifier.Exists:
                Assert.Contains(report.Allowed, o => asked.Holds(o.Values));
                break;
            case Quantifier.NotExists:
                Assert.DoesNotContain(report.Allowed, o => asked.Holds(o.Values));
                break;
            default:
                Assert.All(report.Allowed, o => Assert.True(asked.Holds(o.Values)));
                break;
        }

        Assert.Empty(report.ForbiddenOnHosts);
        Assert.All(report.OnHosts, h => Assert.NotEmpty(h.Outcomes));
    }

    [Theory]
    [MemberData(nameof(Files))]
    public void No_run_shows_what_the_model_forbids(string file)
    {
        (LitmusProgram program, LitmusReport judged) = Judged(file);
        long runs = (Described.IsLong, s_waiting.Contains(file)) switch { (true, true) => 10_000, (true, false) => 250_000, (false, true) => 200, _ => 1_000 };
        foreach (RunSettings settings in new[] { new RunSettings(runs, Auto), new RunSettings(Math.Min(runs, Described.IsLong ? 3_000 : 300), Interpreter) })
        {
            LitmusReport report = judged with { Seen = LitmusRunner.Run(program, settings) };
            Assert.Equal(settings.Runs, report.Seen.Values.Sum());
            Assert.True(report.ForbiddenSeen.Count == 0, string.Join(" ", report.ForbiddenSeen.Select(o => o.Text(program.Test))));
        }
    }

    private static (LitmusProgram Program, LitmusReport Report) Judged(string file)
    {
        if (!s_judged.TryGetValue(file, out (LitmusProgram Program, LitmusReport Report) judged))
        {
            LitmusProgram program = Described.File(file);
            s_judged.Add(file, judged = (program, LitmusReport.Make(program, settings: null)));
        }

        return judged;
    }

    /// <summary>QEMU's two holes: STLR then LDAR on x86 hosts, and a store-exclusive after a remote A-B-A.</summary>
    [Theory]
    [InlineData("aarch64/SB+rel-acqs.litmus", 20_000, 10_000_000)]
    [InlineData("aarch64/ABA.litmus", 20_000, 1_000_000)]
    [InlineData("aarch64/ABA+poll.litmus", 1_000, 100_000)]
    [InlineData("alpha/ABA.litmus", 1_000, 100_000)]
    public void The_holes_of_QEMU_stay_closed(string file, int few, int many)
    {
        LitmusProgram program = Described.File(file);
        LitmusReport report = LitmusReport.Make(program, new RunSettings(Described.IsLong ? many : few, Auto, Seed: 7));
        Assert.Empty(report.ForbiddenSeen);
        FinalCondition condition = program.Test.Condition;
        Assert.All(report.Allowed, o => Assert.Equal(condition.Quantifier == Quantifier.Forall, condition.Proposition.Holds(o.Values)));
    }

    /// <summary>
    /// The stress is worth something: it shows x64's store buffers where no fence is. Only the long run has the machine to itself for long enough to ask for it.
    /// </summary>
    [Fact]
    public void Store_buffering_is_seen_where_it_is_allowed()
    {
        LitmusProgram program = Described.File("aarch64/SB.litmus");
        IReadOnlyDictionary<Outcome, long> seen = LitmusRunner.Run(program, new RunSettings(Described.IsLong ? 1_000_000 : 50_000, Auto));
        Assert.True(seen.Count > 1);
        if (Described.IsLong)
        {
            Assert.Contains(seen.Keys, o => program.Test.Condition.Proposition.Holds(o.Values));
        }
    }

    private static (ITcgBackend Cold, ITcgBackend? Hot) Auto() => (new InterpreterBackend(), new IlBackend());

    private static (ITcgBackend Cold, ITcgBackend? Hot) Interpreter() => (new InterpreterBackend(), null);
}
