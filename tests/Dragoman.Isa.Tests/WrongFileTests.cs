using System.Text.RegularExpressions;

namespace Dragoman.Isa.Tests;

/// <summary>
/// The corpus <c>Wrong/*.isa</c>: each file says in comments <c>// expect ISA2004 (3,6)</c> which diagnostics it must give, and it must give no other. A <c>.tsv</c> of
/// the same name is its table of the manual's orders.
/// </summary>
public sealed partial class WrongFileTests
{
    public static TheoryData<string> Files =>
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Wrong"), "*.isa").Select(f => Path.GetFileName(f)).Order(StringComparer.Ordinal)];

    [Theory]
    [MemberData(nameof(Files))]
    public void A_wrong_file_gives_its_diagnostics(string file)
    {
        string text = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Wrong", file));
        string[] expected = [.. Expectation().Matches(text).Select(m => $"{m.Groups[1].Value} ({m.Groups[2].Value},{m.Groups[3].Value})").Order()];

        string table = Path.ChangeExtension(Path.Combine(AppContext.BaseDirectory, "Wrong", file), ".tsv");
        IEnumerable<IsaSource> tables = File.Exists(table) ? [new IsaSource(Path.GetFileName(table), File.ReadAllText(table))] : [];
        IsaResult result = IsaCompiler.Compile([new IsaSource(file, text), .. tables], ["audit", "decoder", "vectors"]);

        // Instructions of the corpus have neither text nor tests: those warnings count only where they are the subject.
        string[] actual = [.. result.Diagnostics.Where(d => d.Rule.IsError || text.Contains("expect " + d.Rule.Id, StringComparison.Ordinal)).Select(d => $"{d.Rule.Id} ({d.Span.StartLine},{d.Span.StartColumn})").Order()];
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
