using System.Text.Json;
using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary><c>dragoman audit</c>: the same rows in every format, complete, and clean for every guest in the tree.</summary>
public sealed class AuditTests
{
    [Theory]
    [InlineData("aarch64")]
    [InlineData("alpha")]
    [InlineData("x86_64")]
    [InlineData("i386")]
    public void Every_guest_is_clean_in_every_format(string guest)
    {
        using JsonDocument json = JsonDocument.Parse(Audit(guest, "json"));
        Assert.True(json.RootElement.GetProperty("supportsMttcg").GetBoolean());
        JsonElement[] accesses = [.. json.RootElement.GetProperty("accesses").EnumerateArray()];
        Assert.NotEmpty(accesses);
        foreach (JsonElement access in accesses.Where(a => a.GetProperty("bits").GetString()!.Length > 0 && a.GetProperty("access").GetString() != "probe"))
        {
            foreach (string column in new[] { "order", "aligned", "x64", "Arm64", "fallback", "locks" })
            {
                Assert.False(access.GetProperty(column).GetString() is "" or "-", access.GetRawText());
            }
        }

        Assert.Equal(accesses.Length, Audit(guest, "tsv").Split('\n').Count(line => line.Length > 0) - 1);
        Assert.Equal(accesses.Length, Audit(guest, "markdown").Split('\n').Count(line => line.StartsWith('|')) - 2);
        Assert.Contains("The audit is clean", Audit(guest, "text"));
    }

    [Fact]
    public void Tests_that_cover_an_instruction_are_named()
    {
        using JsonDocument json = JsonDocument.Parse(Audit("aarch64", "json"));
        JsonElement acquire = json.RootElement.GetProperty("accesses").EnumerateArray().First(a => a.GetProperty("order").GetString() == "acquire" && a.GetProperty("access").GetString() == "load");
        Assert.Contains("SB+rel-acqs", acquire.GetProperty("litmus").EnumerateArray().Select(test => test.GetString()));
    }

    private static string Audit(string guest, string format)
    {
        ProcessResult result = DragomanCommand.Invoke(["audit", guest, "--format", format]);
        Assert.Equal(0, result.ExitCode);
        return result.OutputText;
    }
}
