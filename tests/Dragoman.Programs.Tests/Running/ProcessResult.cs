using System.Text;

namespace Dragoman.Programs.Tests.Running;

/// <summary>What a process left: exit status (128 + signal where one killed it), standard output and standard error.</summary>
public sealed record ProcessResult(string Command, int ExitCode, bool TimedOut, byte[] Output, byte[] ErrorOutput)
{
    public string OutputText => Encoding.Latin1.GetString(Output);

    public string ErrorText => Encoding.UTF8.GetString(ErrorOutput);

    /// <summary>Everything for a failure message.</summary>
    public override string ToString() =>
        $"{Command}\n  exit {ExitCode}{(TimedOut ? " (time limit)" : "")}\n  output: {Start(OutputText)}\n  error: {Start(ErrorText)}";

    private static string Start(string text) => text.Length <= 1500 ? text : text[..1500] + "...";
}
