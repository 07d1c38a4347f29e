using Dragoman.Machines.Timing;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Tests.Timing;

public sealed class HostClockTests
{
    [Fact]
    public void Runs_alarms_in_their_order_with_the_lock_held()
    {
        BigLock bigLock = new();
        using HostClock clock = new(bigLock, error => throw error);
        using CountdownEvent ran = new(3);
        List<int> order = [];
        var isHeld = true;
        bigLock.Enter();
        var start = clock.Nanoseconds;
        var alarms = Enumerable.Range(0, 3).Select(number => clock.CreateAlarm(() =>
        {
            isHeld &= bigLock.IsHeld;
            order.Add(number);
            ran.Signal();
        })).ToArray();
        var cancelled = clock.CreateAlarm(() => order.Add(-1));
        cancelled.Set(start + 1_000_000);
        alarms[2].Set(start + 6_000_000);
        alarms[0].Set(start + 2_000_000);
        alarms[1].Set(start + 4_000_000);
        cancelled.Cancel();
        bigLock.Exit();
        Assert.True(ran.Wait(TimeSpan.FromSeconds(20)));
        Assert.True(clock.Nanoseconds - start >= 6_000_000);
        Assert.Equal([0, 1, 2], order);
        Assert.True(isHeld);
    }

    [Fact]
    public void An_alarm_that_throws_is_told_of_and_leaves_the_lock_free()
    {
        BigLock bigLock = new();
        using ManualResetEventSlim told = new();
        Exception? error = null;
        using HostClock clock = new(bigLock, thrown =>
        {
            Assert.False(bigLock.IsHeld);
            error = thrown;
            told.Set();
        });
        bigLock.Enter();
        clock.CreateAlarm(() => throw new ArithmeticException("alarm")).Set(clock.Nanoseconds);
        bigLock.Exit();
        Assert.True(told.Wait(TimeSpan.FromSeconds(20)));
        Assert.IsType<ArithmeticException>(error);
        bigLock.Enter();
        bigLock.Exit();
    }
}
