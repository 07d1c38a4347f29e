using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Syntax;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Running;

/// <summary>What is known of a test: the outcomes that its model allows, those that the lowering lets hosts show, and those that were seen.</summary>
/// <param name="Test">The test.</param>
/// <param name="Allowed">Outcomes that the guest's model allows.</param>
/// <param name="OnHosts">For each host the outcomes that its model allows of the lowered test.</param>
/// <param name="Seen">How often each outcome was seen; empty when the test was not run.</param>
public sealed record LitmusReport(
    LitmusTest Test, IReadOnlySet<Outcome> Allowed, IReadOnlyList<(string Host, IReadOnlySet<Outcome> Outcomes)> OnHosts, IReadOnlyDictionary<Outcome, long> Seen)
{
    /// <summary>Outcomes that were seen although the model forbids them.</summary>
    public IReadOnlyList<Outcome> ForbiddenSeen => [.. Seen.Keys.Where(o => !Allowed.Contains(o)).Order()];

    /// <summary>Outcomes that a host may show although the guest's model forbids them.</summary>
    public IReadOnlyList<(string Host, Outcome Outcome)> ForbiddenOnHosts =>
        [.. OnHosts.SelectMany(h => h.Outcomes.Where(o => !Allowed.Contains(o)).Order().Select(o => (h.Host, o)))];

    /// <summary>Whether the guest's model lets some outcome satisfy the condition's proposition.</summary>
    public bool ModelAllows => Allowed.Any(o => Test.Condition.Proposition.Holds(o.Values));

    /// <summary>Judges a test, and runs it when there are settings for that.</summary>
    public static LitmusReport Make(LitmusProgram program, RunSettings? settings)
    {
        IReadOnlySet<Outcome> allowed = program.Allowed(GuestOrder.Of(program.Guest));
        return new LitmusReport(
            program.Test,
            allowed,
            [.. HostLowering.All.Select(lowering => (lowering.Host, program.Allowed(new HostOrder(lowering))))],
            settings is null ? new Dictionary<Outcome, long>() : LitmusRunner.Run(program, settings));
    }

    /// <summary>Writes it, much as litmus7 does.</summary>
    public void Write(TextWriter output)
    {
        Proposition asked = Test.Condition.Proposition;
        output.WriteLine($"Test {Test.Name} {(ModelAllows ? "Allowed" : "Forbidden")}");
        List<Outcome> states = [.. Seen.Keys.Union(Allowed).Order()];
        output.WriteLine($"Histogram ({Seen.Count} states seen, {Allowed.Count} allowed)");
        foreach (Outcome state in states)
        {
            char mark = asked.Holds(state.Values) ? '*' : ':';
            output.WriteLine($"{Seen.GetValueOrDefault(state),-10} {mark}> {state.Text(Test)}{(Allowed.Contains(state) ? "" : "  forbidden by the model")}");
        }

        if (Seen.Count > 0)
        {
            long positive = Seen.Where(s => asked.Holds(s.Key.Values)).Sum(s => s.Value);
            long negative = Seen.Values.Sum() - positive;
            bool holds = Test.Condition.Quantifier switch
            {
                Quantifier.Exists => positive > 0,
                Quantifier.NotExists => positive == 0,
                _ => negative == 0,
            };
            output.WriteLine(holds ? "Ok" : "No");
            output.WriteLine($"Witnesses\nPositive: {positive} Negative: {negative}");
            output.WriteLine($"Condition {Test.Condition} is {(holds ? "" : "not ")}validated");
            output.WriteLine($"Observation {Test.Name} {(positive == 0 ? "Never" : negative == 0 ? "Always" : "Sometimes")} {positive} {negative}");
        }

        foreach ((string host, IReadOnlySet<Outcome> outcomes) in OnHosts)
        {
            output.WriteLine($"Lowered to {host}: {(outcomes.Any(o => asked.Holds(o.Values)) ? "Allowed" : "Forbidden")}, {outcomes.Count} states");
        }

        foreach ((string host, Outcome outcome) in ForbiddenOnHosts)
        {
            output.WriteLine($"UNSOUND on {host}: {outcome.Text(Test)} is forbidden by the guest's model");
        }

        foreach (Outcome outcome in ForbiddenSeen)
        {
            output.WriteLine($"FORBIDDEN outcome seen: {outcome.Text(Test)}");
        }
    }
}
