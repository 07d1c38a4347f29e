using Dragoman.Programs.Tests.Running;

namespace Dragoman.Programs.Tests;

/// <summary>Wrong command lines and files that are no programs: one clear line and a non-zero exit.</summary>
public sealed class CommandLineTests
{
    [Theory]
    [InlineData("run")]
    [InlineData("run /no/such/file")]
    [InlineData("run /tmp")]
    [InlineData("run /dev/null")]
    [InlineData("run /etc/passwd")]
    [InlineData("run /bin/true")]
    [InlineData("run --backend")]
    [InlineData("run --backend jit /bin/true")]
    [InlineData("run --thread many /bin/true")]
    [InlineData("run --no-such-option /bin/true")]
    [InlineData("run -d no_such_item /bin/true")]
    [InlineData("run -d strace -D /no/such/folder/log /bin/true")]
    [InlineData("run --dfilter nonsense /bin/true")]
    [InlineData("run --cpu z80 /bin/true")]
    [InlineData("run -E =x /bin/true")]
    [InlineData("run --take-up 77 /bin/true")]
    [InlineData("run --take-up x /bin/true")]
    [InlineData("no-such-command")]
    [InlineData("disas")]
    [InlineData("disas /no/such/file")]
    [InlineData("disas /etc/passwd")]
    [InlineData("disas --arch z80 --hex 00")]
    [InlineData("disas --arch aarch64 --hex xyz")]
    [InlineData("disas --arch aarch64")]
    public void Is_one_line(string arguments) => Refusal.AssertOneLine(DragomanCommand.Invoke(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries)));

    [Theory]
    [InlineData("--help")]
    [InlineData("run --help")]
    [InlineData("disas --help")]
    [InlineData("run -d help")]
    public void Help_is_on_standard_output(string arguments)
    {
        ProcessResult result = DragomanCommand.Invoke(arguments.Split(' '));
        Assert.True(result.ExitCode == 0 && result.OutputText.Length > 100 && result.ErrorOutput.Length == 0, result.ToString());
    }
}
