using System.Text;
using Dragoman.Machines.Serial;

namespace Dragoman.Machines.Tests.Serial;

public sealed class TerminalEscapeTests
{
    [Theory]
    [InlineData("plain", "plain", 0, 0)]
    [InlineData("a\u0001\u0001b", "a\u0001b", 0, 0)]
    [InlineData("a\u0001xb", "ab", 1, 0)]
    [InlineData("\u0001h\u0001?x", "x", 0, 2)]
    [InlineData("\u0001q", "", 0, 0)]
    public void Is_taken_out_of_what_the_guest_gets(string typed, string guest, int quits, int helps)
    {
        var (quit, help) = (0, 0);
        TerminalEscape escape = new(() => quit++, () => help++);
        var got = Encoding.Latin1.GetBytes(typed).Select(escape.Take).OfType<byte>().ToArray();
        Assert.Equal(guest, Encoding.Latin1.GetString(got));
        Assert.Equal((quits, helps), (quit, help));
    }
}
