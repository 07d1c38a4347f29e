using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>The programs of the Alpha folder, which are about this guest alone.</summary>
public sealed class AlphaOnlyTests
{
    [GuestTheory(GuestMachine.AlphaName)]
    [InlineData("-O2")]
    [InlineData("-O0")]
    [InlineData("-O2 -dynamic")]
    public void Locks_and_barriers_of_its_own_order_threads(string flags)
    {
        ProcessResult result = DragomanCommand.Run(Build("locks", flags), options: flags.EndsWith("-dynamic", StringComparison.Ordinal) ? ["-L", GuestMachine.Alpha.Prefix] : []);
        Assert.True(result.OutputText == "counted 80000 bytes 32 32 32 32\nconsumed wrong 0\n", result.ToString());
    }

    private static string Build(string name, string flags) =>
        GuestCompiler.BuildFile(Path.Combine(TestFolders.Repository, $"tests/Dragoman.Programs.Tests/Alpha/{name}.c"), flags, GuestMachine.Alpha);
}
