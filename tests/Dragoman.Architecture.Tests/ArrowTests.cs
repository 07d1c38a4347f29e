namespace Dragoman.Architecture.Tests;

/// <summary>Who may know whom: docs/architecture.md, "Rooms and arrows".</summary>
public sealed class ArrowTests
{
    private static readonly Dictionary<string, string[]> s_allowed = new()
    {
        ["Dragoman.Isa"] = [],
        ["Dragoman.Isa.Generator"] = ["Dragoman.Isa"],
        ["Dragoman.Tcg"] = [],
        ["Dragoman.Tcg.Interpreter"] = ["Dragoman.Tcg"],
        ["Dragoman.Tcg.Il"] = ["Dragoman.Tcg"],
        ["Dragoman.Runtime"] = ["Dragoman.Tcg"],
        ["Dragoman.Oracles"] = ["Dragoman.Tcg", "Dragoman.Runtime", "Dragoman.Guests.AArch64", "Dragoman.Guests.Alpha", "Dragoman.Guests.X86"],
        ["Dragoman.Litmus"] = ["Dragoman.Runtime", "Dragoman.Tcg"],
        ["Dragoman.Machines"] = ["Dragoman.Runtime"],
        ["Dragoman.Linux"] = ["Dragoman.Runtime", "Dragoman.Tcg"],
    };

    public static TheoryData<string> Projects()
    {
        TheoryData<string> data = [];
        foreach (string project in Repository.Projects("src").Concat(Repository.Projects("generators")))
        {
            data.Add(Path.GetRelativePath(Repository.Root, project));
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void A_project_knows_only_the_rooms_that_the_map_allows(string project)
    {
        string name = Path.GetFileNameWithoutExtension(project);
        string[] actual = [.. Repository.ReferencesOf(Path.Combine(Repository.Root, project))];
        if (name == "Dragoman.Cli")
        {
            return;
        }

        string[] allowed = name.StartsWith("Dragoman.Guests.", StringComparison.Ordinal)
            ? ["Dragoman.Tcg", "Dragoman.Runtime"]
            : s_allowed.TryGetValue(name, out string[]? known) ? known : throw new InvalidOperationException($"{name} is not on the map: add it to docs/architecture.md and here.");
        Assert.Empty(actual.Except(allowed));
    }

    [Fact]
    public void Nobody_links_the_command()
    {
        foreach (string project in Repository.Projects("src"))
        {
            Assert.DoesNotContain("Dragoman.Cli", Repository.ReferencesOf(project));
        }
    }

    [Fact]
    public void Rooms_that_are_guest_neutral_name_no_guest()
    {
        string[] neutral = ["src/Dragoman.Tcg", "src/Dragoman.Tcg.Interpreter", "src/Dragoman.Tcg.Il", "src/Dragoman.Runtime", "src/Dragoman.Litmus", "src/Dragoman.Machines"];
        foreach (string file in neutral.SelectMany(Repository.Sources))
        {
            Assert.DoesNotContain("Dragoman.Guests", File.ReadAllText(file).Replace("Dragoman.Runtime.Guests", "", StringComparison.Ordinal));
        }
    }
}
