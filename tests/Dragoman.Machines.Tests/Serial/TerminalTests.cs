using System.IO.Pipes;
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
        using AnonymousPipeServerStream typing = new(PipeDirection.Out);
        using AnonymousPipeClientStream input = new(PipeDirection.In, typing.ClientSafePipeHandle);
        using MemoryStream output = new();
        using ManualResetEventSlim quit = new();
        using (Terminal terminal = new(bigLock, input, output, quit.Set))
        {
            List<byte> got = [];
            bigLock.Enter();
            terminal.Arrived = () =>
            {
                while (terminal.TryRead(out var value))
                {
                    got.Add(value);
                }
            };
            terminal.Write("out"u8);
            bigLock.Exit();
            typing.Write([.. "typed"u8, 1, (byte)'x']);
            typing.Flush();
            Assert.True(quit.Wait(TimeSpan.FromSeconds(20)));
            bigLock.Enter();
            Assert.Equal("typed", Encoding.ASCII.GetString([.. got]));
            bigLock.Exit();
        }

        Assert.Equal("out", Encoding.ASCII.GetString(output.ToArray()));
    }
}
