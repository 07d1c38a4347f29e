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
        terminal.Finish();
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

    [Fact]
    public void A_host_that_takes_nothing_holds_the_machine_back_but_no_lock()
    {
        BigLock bigLock = new();
        using MemoryStream input = new();
        StuckStream output = new();
        using Terminal terminal = new(bigLock, input, output, () => { }, _ => { });
        using StuckStream released = output;
        var filled = 0;
        terminal.Filled = () => filled++;
        for (var i = 0; i < 3000; i++)
        {
            bigLock.Enter();
            terminal.Write(new byte[100]);
            bigLock.Exit();
        }

        Assert.Equal(1, filled);
        Assert.False(terminal.WaitForRoom(10));
        output.Release.Set();
        Assert.True(SpinWait.SpinUntil(() => terminal.WaitForRoom(10), TimeSpan.FromSeconds(20)));
        terminal.Finish();
        Assert.Equal(300_000, output.Taken);
    }

    [Fact]
    public void What_is_sent_while_the_host_takes_the_rest_does_not_keep_the_machine_from_being_asked_for_more()
    {
        using MemoryStream input = new();
        StuckStream output = new();
        using Terminal terminal = new(new BigLock(), input, output, () => { }, _ => { });
        using StuckStream released = output;
        using ManualResetEventSlim asked = new();
        terminal.Emptied = asked.Set;
        terminal.Write(new byte[100_000]);
        Assert.True(output.Entered.Wait(TimeSpan.FromSeconds(20)));
        terminal.Write(new byte[1]);
        Assert.True(terminal.IsFull);
        output.Release.Set();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(20)));
        terminal.Finish();
        Assert.Equal(100_001, output.Taken);
    }

    [Fact]
    public void A_machine_that_has_ended_is_not_asked_for_more()
    {
        using MemoryStream input = new();
        StuckStream output = new();
        using Terminal terminal = new(new BigLock(), input, output, () => { }, _ => { });
        using StuckStream released = output;
        terminal.Emptied = () => throw new InvalidOperationException("asked");
        terminal.Write(new byte[100_000]);
        using Timer later = new(_ => output.Release.Set(), null, 100, Timeout.Infinite);
        terminal.Finish();
        Assert.Equal(100_000, output.Taken);
    }

    [Fact]
    public void An_end_in_haste_does_not_wait_for_the_host()
    {
        using MemoryStream input = new();
        StuckStream output = new();
        using Terminal terminal = new(new BigLock(), input, output, () => { }, _ => { });
        using StuckStream released = output;
        terminal.Write("text"u8);
        terminal.Hurry();
        terminal.Finish();
        output.Release.Set();
    }

    [Fact]
    public void Output_that_fails_is_told_when_it_does_and_at_the_end()
    {
        using MemoryStream input = new(), output = new(new byte[1]);
        using BlockingCollection<Exception> failures = [];
        using Terminal terminal = new(new BigLock(), input, output, () => { }, failures.Add);
        terminal.Write("text"u8);
        Assert.True(failures.TryTake(out var failure, TimeSpan.FromSeconds(20)));
        Assert.Same(failure, Assert.Throws<IOException>(terminal.Finish).InnerException);
        Assert.True(terminal.WaitForRoom(0));
    }

    /// <summary>Takes nothing until it is released.</summary>
    private sealed class StuckStream : MemoryStream
    {
        public ManualResetEventSlim Release { get; } = new();

        public ManualResetEventSlim Entered { get; } = new();

        // Written by the thread that writes; read when that is done.
        public long Taken { get; private set; }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            Entered.Set();
            Release.Wait();
            Taken += buffer.Length;
        }

        // Before the terminal's, so that a test that has failed does not wait.
        protected override void Dispose(bool disposing)
        {
            Release.Set();
            base.Dispose(disposing);
        }
    }
}
