using System.Diagnostics;
using Dragoman.Linux.Host;
using Dragoman.Linux.Signals;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Tests.Syscalls;

/// <summary>Signals: pending sets, delivery, restart, and waits that a signal must break.</summary>
public sealed class SignalCallTests : IDisposable
{
    private const int Usr1 = 10;
    private readonly TestProcess _guest = new();

    public SignalCallTests() => _guest.Thread.Vcpu.SetRegister("SP", _guest.Data + 0x10000);

    public void Dispose() => _guest.Dispose();

    [Fact]
    public void ABlockedSignalStaysPendingAndIsDeliveredWhenUnblocked()
    {
        Handle(Usr1, 0);
        Assert.Equal(0, SetMask(0, SignalNumbers.Bit(Usr1)));
        Assert.Equal(0, _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, Usr1));
        var pending = _guest.Alloc(8);
        Assert.Equal(0, _guest.Call(Syscall.RtSigpending, pending, 8));
        Assert.Equal(SignalNumbers.Bit(Usr1), _guest.Read<ulong>(pending));
        Assert.Equal(KernelResult.Continue, SignalDelivery.Deliver(_guest.Thread));
        Assert.NotEqual(0x1234000UL, _guest.Thread.Vcpu.Pc);

        SetMask(1, SignalNumbers.Bit(Usr1));
        Assert.Equal(KernelResult.Continue, SignalDelivery.Deliver(_guest.Thread));
        Assert.Equal(0x1234000UL, _guest.Thread.Vcpu.Pc);
        Assert.Equal((ulong)Usr1, _guest.Thread.Vcpu.GetRegister("X0"));
        Assert.Equal(SignalNumbers.Bit(Usr1), _guest.Thread.Mask);

        Assert.Equal(Errno.NoResultValue, _guest.Call(Syscall.RtSigreturn));
        Assert.Equal(0UL, _guest.Thread.Mask);
    }

    [Fact]
    public void RealTimeSignalsQueueAndStandardOnesDoNot()
    {
        SetMask(0, ulong.MaxValue);
        for (var i = 0; i < 3; i++)
        {
            _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, Usr1);
            _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, 34);
        }

        Assert.Equal(4, _guest.Process.Signals.Shared.Count);
        var set = _guest.Bytes(BitConverter.GetBytes(ulong.MaxValue));
        Assert.Equal(Usr1, _guest.Call(Syscall.RtSigtimedwait, set, 0, 0, 8));
        Assert.Equal(34, _guest.Call(Syscall.RtSigtimedwait, set, 0, 0, 8));
    }

    [Fact]
    public void WaitsForASignalEndWithTheTime()
    {
        SetMask(0, SignalNumbers.Bit(Usr1));
        var set = _guest.Bytes(BitConverter.GetBytes(SignalNumbers.Bit(Usr1)));
        var time = _guest.Bytes([.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(30_000_000L)]);
        var clock = Stopwatch.StartNew();
        Assert.Equal(-Errno.EAGAIN, _guest.Call(Syscall.RtSigtimedwait, set, 0, time, 8));
        Assert.True(clock.ElapsedMilliseconds >= 29);
    }

    [Theory]
    [InlineData(0x10000000UL, -4L)]
    [InlineData(0UL, -4L)]
    public void ASignalFromOutsideBreaksASleep(ulong flags, long expected)
    {
        // From another thread through the host, as a stranger's kill comes: the handler queues it and breaks the wait.
        Handle(Usr1, flags);
        using var timer = new Timer(_ => HostCall.Invoke(Syscall.Kill, Environment.ProcessId, Usr1), null, 50, Timeout.Infinite);
        var time = _guest.Bytes([.. BitConverter.GetBytes(20L), .. BitConverter.GetBytes(0L)]);
        var left = _guest.Alloc(16);
        var result = _guest.Call(Syscall.Nanosleep, time, left);
        Assert.Equal(-Errno.ERESTART_RESTARTBLOCK, result);
        Assert.InRange(_guest.Read<long>(left), 15L, 19L);
        SignalDelivery.Deliver(_guest.Thread, new Linux.Abi.SyscallRequest(101, Syscall.Nanosleep, default), result);
        Assert.Equal(0x1234000UL, _guest.Thread.Vcpu.Pc);
        _guest.Call(Syscall.RtSigreturn);
        Assert.Equal((ulong)expected, _guest.Thread.Vcpu.GetRegister("X0"));
    }

    [Fact]
    public void ARestartedReadGoesBackToItsInstruction()
    {
        Handle(Usr1, SignalAction.Restart);
        var pair = _guest.Alloc(8);
        _guest.Call(Syscall.Pipe2, pair, 0);
        using var timer = new Timer(_ => HostCall.Invoke(Syscall.Kill, Environment.ProcessId, Usr1), null, 50, Timeout.Infinite);
        var buffer = _guest.Alloc(8);
        _guest.Thread.Vcpu.Pc = 0x5004;
        var result = _guest.Call(Syscall.Read, _guest.Read<uint>(pair), buffer, 8);
        Assert.Equal(-Errno.ERESTARTSYS, result);
        SyscallArguments arguments = default;
        arguments[0] = 77;
        SignalDelivery.Deliver(_guest.Thread, new Linux.Abi.SyscallRequest(63, Syscall.Read, arguments), result);
        _guest.Call(Syscall.RtSigreturn);
        Assert.Equal(0x5000UL, _guest.Thread.Vcpu.Pc);
        Assert.Equal(77UL, _guest.Thread.Vcpu.GetRegister("X0"));
    }

    [Fact]
    public void AnIgnoredSignalBreaksNothing()
    {
        // SIGURG's default is to be ignored; blocked once, it is caught on the host and must not end the sleep all the same.
        SetMask(0, SignalNumbers.Bit(SignalNumbers.Urg));
        SetMask(1, SignalNumbers.Bit(SignalNumbers.Urg));
        using var timer = new Timer(_ => HostCall.Invoke(Syscall.Kill, Environment.ProcessId, SignalNumbers.Urg), null, 10, 10);
        var time = _guest.Bytes([.. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(150_000_000L)]);
        var clock = Stopwatch.StartNew();
        Assert.Equal(0, _guest.Call(Syscall.Nanosleep, time, 0));
        Assert.True(clock.ElapsedMilliseconds >= 149);
    }

    [Fact]
    public void NoWakeUpIsLostBetweenTheCheckAndTheCall()
    {
        // Signals as fast as another thread can send them, while this one enters waits that only a signal ends: each must end.
        Handle(Usr1, 0);
        var tid = (nint)HostCall.Invoke(Syscall.Gettid);
        var rounds = 0;
        var stop = false;
        var sender = new Thread(() =>
        {
            var seen = 0;
            var random = new Random(1);
            while (!Volatile.Read(ref stop))
            {
                HostCall.Invoke(Syscall.Tgkill, Environment.ProcessId, tid, Usr1);
                var wait = Stopwatch.StartNew();
                while (Volatile.Read(ref rounds) == seen && !Volatile.Read(ref stop))
                {
                    Assert.True(wait.ElapsedMilliseconds < 20_000);
                }

                seen = Volatile.Read(ref rounds);
                Thread.SpinWait(random.Next(200));
            }
        });
        sender.Start();
        for (var i = 0; i < 3000; i++)
        {
            var result = _guest.Call(Syscall.Pause);
            Assert.Equal(-Errno.ERESTARTNOHAND, result);
            SignalDelivery.Deliver(_guest.Thread, new Linux.Abi.SyscallRequest(0, Syscall.Pause, default), result);
            _guest.Call(Syscall.RtSigreturn);
            Interlocked.Increment(ref rounds);
        }

        Volatile.Write(ref stop, true);
        sender.Join();
    }

    [Fact]
    public void NoWakeUpIsLostBehindTheRuntimesOwnSignal()
    {
        // .NET's signal 34 restarts the wait that it finds. A kick (35) that comes while it is pending or handled must still break that wait.
        const int RuntimesOwn = 34;
        Handle(Usr1, 0);
        var pair = _guest.Alloc(8);
        _guest.Call(Syscall.Pipe2, pair, 0);
        var empty = _guest.Read<uint>(pair);
        var buffer = _guest.Alloc(8);
        var tid = (nint)HostCall.Invoke(Syscall.Gettid);
        var begun = 0;
        var ended = 0;
        var lost = 0;
        var sender = new Thread(() =>
        {
            for (var round = 1; round <= 300 && lost == 0; round++)
            {
                SpinWait.SpinUntil(() => Volatile.Read(ref begun) == round);
                Thread.Sleep(1);
                HostCall.Invoke(Syscall.Tgkill, Environment.ProcessId, tid, RuntimesOwn);
                _guest.Process.Signals.Send(_guest.Process, _guest.Thread, SignalInfo.Sent(Usr1, SignalInfo.SiTkill, 1, 0));
                while (!SpinWait.SpinUntil(() => Volatile.Read(ref ended) == round, TimeSpan.FromSeconds(2)))
                {
                    Interlocked.Increment(ref lost);
                    _guest.Thread.Kick();
                }
            }
        });
        sender.Start();
        for (var i = 0; i < 300 && Volatile.Read(ref lost) == 0; i++)
        {
            Interlocked.Increment(ref begun);
            var result = _guest.Call(Syscall.Read, empty, buffer, 8);
            Assert.Equal(-Errno.ERESTARTSYS, result);
            SignalDelivery.Deliver(_guest.Thread, new Linux.Abi.SyscallRequest(0, Syscall.Read, default), result);
            _guest.Call(Syscall.RtSigreturn);
            Interlocked.Increment(ref ended);
        }

        sender.Join();
        Assert.Equal(0, lost);
    }

    [Fact]
    public unsafe void ASignalThatARestoredMaskUncoversStopsTheGuestAtOnce()
    {
        Handle(Usr1, 0);
        SetMask(0, SignalNumbers.Bit(Usr1));
        _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, Usr1);
        _guest.Process.Signals.Collect(_guest.Process);
        *_guest.Thread.HandlerBlock->PollWord = 0;
        _guest.Thread.SetMask(0);
        Assert.Equal(1, *_guest.Thread.HandlerBlock->PollWord);
    }

    [Fact]
    public void ResetHandAndNodeferAreHonoured()
    {
        Handle(Usr1, SignalAction.ResetHandler | SignalAction.NoDefer);
        _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, Usr1);
        SignalDelivery.Deliver(_guest.Thread);
        Assert.Equal(0UL, _guest.Thread.Mask);
        Assert.Equal(SignalAction.Default, _guest.Process.Signals[Usr1].Handler);
    }

    [Fact]
    public void TheAlternateStackIsUsed()
    {
        var stack = _guest.Alloc(0x4000);
        var description = _guest.Bytes([.. BitConverter.GetBytes(stack), .. BitConverter.GetBytes(0L), .. BitConverter.GetBytes(0x4000L)]);
        Assert.Equal(0, _guest.Call(Syscall.Sigaltstack, description, 0));
        Handle(Usr1, SignalAction.OnStack);
        _guest.Call(Syscall.Kill, (ulong)Environment.ProcessId, Usr1);
        SignalDelivery.Deliver(_guest.Thread);
        Assert.InRange(_guest.Thread.Vcpu.GetRegister("SP"), stack, stack + 0x4000);
        Assert.Equal(-Errno.EPERM, _guest.Call(Syscall.Sigaltstack, description, 0));
        _guest.Call(Syscall.RtSigreturn);
        Assert.Equal(0, _guest.Call(Syscall.Sigaltstack, description, 0));
    }

    private void Handle(int signal, ulong flags)
    {
        var action = _guest.Bytes([.. BitConverter.GetBytes(0x1234000UL), .. BitConverter.GetBytes(flags), .. BitConverter.GetBytes(0UL), .. BitConverter.GetBytes(0UL)]);
        Assert.Equal(0, _guest.Call(Syscall.RtSigaction, (ulong)signal, action, 0, 8));
    }

    private long SetMask(ulong how, ulong mask) => _guest.Call(Syscall.RtSigprocmask, how, _guest.Bytes(BitConverter.GetBytes(mask)), 0, 8);
}
