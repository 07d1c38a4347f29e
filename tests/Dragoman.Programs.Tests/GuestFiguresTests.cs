using System.Globalization;
using System.Text.RegularExpressions;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>What docs/architecture.md says of the guests' size, against what <c>audit --summary</c> counts, and Alpha's limits.</summary>
public sealed class GuestFiguresTests
{
    private const int Instructions = 0, WithHelper = 1, Description = 2, Code = 3;

    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    [InlineData("x86_64")]
    [InlineData("i386")]
    public void The_page_says_what_is_counted(string guest)
    {
        string page = File.ReadAllText(Path.Combine(TestFolders.Repository, "docs/architecture.md"));
        int[] said = [.. Regex.Match(page, $@"^\| `{guest}` \|(.*)\|$", RegexOptions.Multiline).Groups[1].Value
            .Split('|').Select(cell => int.Parse(cell.Replace(",", "", StringComparison.Ordinal), CultureInfo.InvariantCulture))];
        int[] counted = Counted(guest);
        Assert.Equal((counted[Instructions], counted[WithHelper]), (said[Instructions], said[WithHelper]));
        Assert.All([Description, Code], column => Assert.InRange(said[column], counted[column] * 9 / 10, counted[column] * 11 / 10));
    }

    [Fact]
    public void Alpha_keeps_its_limits()
    {
        int[] counted = Counted("alpha");
        Assert.InRange(counted[Description] + counted[Code], 1000, 2499);
        Assert.True(counted[WithHelper] * 20 <= counted[Instructions], $"{counted[WithHelper]} of {counted[Instructions]} instructions need a helper");
    }

    // "N instructions in N lines of description", "N (..) declarative, N with a helper", "N lines of C# .."
    private static int[] Counted(string guest)
    {
        ProcessResult result = DragomanCommand.Invoke(["audit", guest, "--summary"]);
        Match match = Regex.Match(result.OutputText, @"^(\d+) instructions in (\d+) lines .*\n.* (\d+) with a helper in C#\n(\d+) lines of C#");
        Assert.True(match.Success, result.ToString());
        int[] all = [.. match.Groups.Values.Skip(1).Select(group => int.Parse(group.Value, CultureInfo.InvariantCulture))];
        return [all[0], all[2], all[1], all[3]];
    }
}
