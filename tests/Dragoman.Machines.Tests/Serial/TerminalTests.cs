using System.Collections.Concurrent;
using System.Text;
using Dragoman.Machines.Serial;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Tests.Serial;

public sealed class TerminalTests
{
    [Fact]
    public void What_is_typed_arrives_and_ctrl_a_x_quits()
    {
        BigLock bigLock = new();
        using MemoryStream input = new([.. "typed"u8, 1, (byte)'x']), output = new();
        using ManualResetEventSlim quit = new();
        using Terminal terminal = new(bigLock, input, output, quit.Set, _ => { });
        Assert.True(quit.Wait(TimeSpan.FromSeconds(20)));
        List<byte> got = [];
        bigLock.Enter();
        while (terminal.TryRead(out var value))
        {
            got.Add(value);
        }

        terminal.Write("out"u8);
        bigLock.Exit();
        Assert.Equal("typed", Encoding.ASCII.GetString([.. got]));
        Assert.Equal("out", Encoding.ASCII.GetString(output.ToArray()));
    }

    [Fact]
    public void What_goes_wrong_with_input_is_told()
    {
        BigLock bigLock = new();
        using MemoryStream input = new([1, (byte)'x']), output = new();
        using BlockingCollection<Exception> failures = [];
        using Terminal terminal = new(bigLock, input, output, () => throw new ArithmeticException("injected"), failures.Add);
        Assert.True(failures.TryTake(out var failure, TimeSpan.FromSeconds(20)));
        Assert.IsType<ArithmeticException>(failure);
    }
}
