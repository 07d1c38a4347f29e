using System.Text.RegularExpressions;

namespace Dragoman.Isa.Tests;

/// <summary>
/// The corpus <c>Wrong/*.isa</c>: each file says in comments <c>// expect ISA2004 (3,6)</c> which diagnostics it must give, and it must give no other. A <c>.tsv</c> of
/// the same name is its table of the manual's orders.
/// </summary>
public sealed partial class WrongFileTests
{
    public static TheoryData<string> Files =>
        [.. Names];

    private static IEnumerable<string> Names =>
        Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wrong"), "*.isa").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal);

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_file_gives_its_diagnostics(string file)
    {
        (string[] expected, string[] actual, IsaResult result) = Compile(file);
        Assert.NotEmpty(expected);
        Assert.True(expected.SequenceEqual(actual), $"expected {string.Join(", ", expected)}\nfound\n{string.Join("\n", result.Diagnostics)}");
        Assert.Empty(result.Diagnostics.Any(d => d.Rule.IsError) ? result.Sources : []);
    }

    [Fact]
    public void Every_rule_has_a_wrong_file()
    {
        string all = string.Concat(Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wrong"), "*.isa").Select(File.ReadAllText));
        IEnumerable<string> missing = Diagnostics.Rules.All.Select(r => r.Id).Where(id => !all.Contains("expect " + id, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    /// <summary>Each of the audit's rules (ISA4xxx) is broken by a file that gives, at the lines and columns that it says, that rule and no other but what a table then misses.</summary>
    [Fact]
    public void Every_rule_of_the_audit_is_broken_by_a_file_of_its_own()
    {
        HashSet<string> broken = [];
        foreach (string file in Names)
        {
            (string[] expected, string[] actual, _) = Compile(file);
            string[] ids = [.. actual.Select(a => a[..7]).Distinct()];
            string unmet = Diagnostics.Rules.OrderRowUnmet.Id;
            if (ids.Length == 1 || ids.Length == 2 && ids.Contains(unmet))
            {
                broken.UnionWith(expected.SequenceEqual(actual) ? ids : []);
            }
        }

        Assert.Empty(Diagnostics.Rules.All.Select(r => r.Id).Where(id => id.StartsWith("ISA4", StringComparison.Ordinal)).Except(broken));
    }

    private static (string[] Expected, string[] Actual, IsaResult Result) Compile(string file)
    {
        string path = Path.Combine(AppContext.BaseDirectory, "Wrong", file);
        string text = File.ReadAllText(path);
        string table = Path.ChangeExtension(path, ".tsv");
        IEnumerable<IsaSource> tables = File.Exists(table) ? [new IsaSource(Path.GetFileName(table), File.ReadAllText(table))] : [];
        IsaResult result = IsaCompiler.Compile([new IsaSource(file, text), .. tables], ["audit", "decoder", "vectors"]);

        // Instructions of the corpus have neither text nor tests: those warnings count only where they are the subject.
        string[] actual = [.. result.Diagnostics.Where(d => d.Rule.IsError || text.Contains("expect " + d.Rule.Id, StringComparison.Ordinal)).Select(d => $"{d.Rule.Id} ({d.Span.StartLine},{d.Span.StartColumn})").Order()];
        return ([.. Expectation().Matches(text).Select(m => $"{m.Groups[1].Value} ({m.Groups[2].Value},{m.Groups[3].Value})").Order()], actual, result);
    }

    [Fact]
    public void Ids_are_unique_and_in_their_series()
    {
        string[] ids = [.. Diagnostics.Rules.All.Select(r => r.Id)];
        Assert.Equal(ids.Distinct(), ids);
        Assert.All(ids, id => Assert.Matches("^ISA[1-6][0-9]{3}$", id));
    }

    [GeneratedRegex(@"expect (ISA\d{4}) \((\d+),(\d+)\)")]
    private static partial Regex Expectation();
}
