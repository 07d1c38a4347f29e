namespace Dragoman.Programs.Tests.Running;

/// <summary>qemu or the host itself running the same program, and the comparison with it.</summary>
public static class Witness
{
    /// <summary>Runs a guest program under the guest's witness.</summary>
    public static ProcessResult Run(string program, IEnumerable<string>? arguments = null, byte[]? input = null, string? folder = null,
        IEnumerable<string>? options = null, TimeSpan? limit = null, IEnumerable<(string, string?)>? environment = null, GuestMachine? guest = null)
    {
        guest ??= GuestMachine.AArch64;
        string[] own = [.. options ?? []];

        // The host has no -L: the libraries' own loader is told where they are.
        string[] before = !guest.HasHost ? [guest.Witness.Path!, .. own]
            : own is ["-L", var prefix] ? [Path.Combine(prefix, "lib/ld-linux.so.2"), "--library-path", Path.Combine(prefix, "lib")]
            : [];

        // .NET lets its children ignore SIGPIPE, and qemu's guest would; Dragoman's guest starts with the default.
        return ProcessRunner.Run(["env", "--default-signal=PIPE", .. before, program, .. arguments ?? []], input, folder, environment, limit);
    }

    /// <summary>Asserts that two runs ended alike: exit status, standard output and standard error.</summary>
    public static void AssertSame(ProcessResult expected, ProcessResult actual, bool compareErrors = true)
    {
        Assert.False(actual.TimedOut, "over the time limit: " + actual);
        if (!expected.Output.AsSpan().SequenceEqual(actual.Output))
        {
            Assert.Fail($"{Difference(expected.OutputText, actual.OutputText)}\n{actual}");
        }

        Assert.True(expected.ExitCode == actual.ExitCode, $"exit status {expected.ExitCode} expected: {actual}");
        if (compareErrors)
        {
            Assert.True(expected.ErrorText == actual.ErrorText, $"standard error \"{expected.ErrorText}\" expected: {actual}");
        }
    }

    /// <summary>The first line in which two texts differ.</summary>
    public static string Difference(string expected, string actual)
    {
        string[] left = expected.Split('\n'), right = actual.Split('\n');
        int line = 0;
        while (line < left.Length && line < right.Length && left[line] == right[line])
        {
            line++;
        }

        return $"output differs at line {line + 1}\n  expected: {left.ElementAtOrDefault(line) ?? "(the end)"}\n  actual:   {right.ElementAtOrDefault(line) ?? "(the end)"}";
    }
}
