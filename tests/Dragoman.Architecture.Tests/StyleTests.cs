namespace Dragoman.Architecture.Tests;

/// <summary>What the house style asks that a machine can see.</summary>
public sealed class StyleTests
{
    private static readonly string[] s_banned = ["Utils", "Utilities", "Helper.cs", "Manager", "Common"];

    [Fact]
    public void Files_have_names_that_say_something()
    {
        foreach (string file in Repository.Sources("src").Concat(Repository.Sources("generators")))
        {
            string name = Path.GetFileName(file);
            Assert.DoesNotContain(s_banned, word => name.Contains(word, StringComparison.Ordinal));
        }
    }

    [Fact]
    public void Files_stay_readable()
    {
        Assert.DoesNotContain(
            Repository.Sources("src").Concat(Repository.Sources("generators")).Select(file => (file, File.ReadLines(file).Count())),
            pair => pair.Item2 > 700);
    }
}
