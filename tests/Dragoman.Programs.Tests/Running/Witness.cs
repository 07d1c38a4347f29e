namespace Dragoman.Programs.Tests.Running;

/// <summary>qemu running the same program, and the comparison with it.</summary>
public static class Witness
{
    /// <summary>Runs a guest program under the guest's qemu.</summary>
    public static ProcessResult Run(string program, IEnumerable<string>? arguments = null, byte[]? input = null, string? folder = null,
        IEnumerable<string>? options = null, TimeSpan? limit = null, IEnumerable<(string, string?)>? environment = null, GuestMachine? guest = null) =>
        // .NET lets its children ignore SIGPIPE, and qemu's guest would; Dragoman's guest starts with the default.
        ProcessRunner.Run(["env", "--default-signal=PIPE", (guest ?? GuestMachine.AArch64).Qemu.Path!, .. options ?? [], program, .. arguments ?? []], input, folder, environment, limit);

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
