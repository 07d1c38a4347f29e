using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>What bad input gets: one clear line, a non-zero exit, no stack trace, no hang.</summary>
public static class Refusal
{
    /// <summary>Asserts one line on standard error, nothing on standard output, and a non-zero exit status.</summary>
    public static void AssertOneLine(ProcessResult result)
    {
        AssertNoTrace(result);
        Assert.True(result.ExitCode != 0, "exit status 0: " + result);
        Assert.True(result.ErrorText.TrimEnd('\n').Split('\n').Length == 1 && result.ErrorText.Length > 10, "one line expected: " + result);
        Assert.True(result.Output.Length == 0, "no output expected: " + result);
    }

    /// <summary>Asserts that a guest died of a signal: 128 + its number, and one line.</summary>
    public static void AssertSignal(int signal, ProcessResult result)
    {
        AssertNoTrace(result);
        Assert.True(result.ExitCode == 128 + signal, $"exit status {128 + signal} expected: " + result);
        Assert.True(result.ErrorText.TrimEnd('\n').Split('\n').Length == 1 && result.ErrorText.Length > 10, "one line expected: " + result);
    }

    /// <summary>Asserts that the emulator itself neither crashed nor hung.</summary>
    public static void AssertNoTrace(ProcessResult result)
    {
        Assert.False(result.TimedOut, "hangs: " + result);
        Assert.DoesNotContain("   at ", result.ErrorText);
        Assert.DoesNotContain("nhandled exception", result.ErrorText);
        Assert.DoesNotContain("Fatal error", result.ErrorText);
        Assert.DoesNotContain("Exception:", result.ErrorText);
    }
}
