using System.Diagnostics;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Timing;

/// <summary>The host's monotonic clock, with a thread that runs what is due.</summary>
/// <remarks>Alarms belong to the big lock; the thread reads the earliest under it and waits without it.</remarks>
public sealed class HostClock : IMachineClock, IDisposable
{
    private readonly BigLock _lock;
    private readonly Action<Exception> _failed;
    private readonly HostWait _wait = new();
    private readonly Thread _thread;
    private readonly long _start = Stopwatch.GetTimestamp();

    // Guarded by the big lock, as all below.
    private readonly List<Alarm> _alarms = [];
    [Shared]
    private ulong _waitsUntil;
    [Shared]
    private bool _isClosed;

    /// <summary>Starts the clock.</summary>
    /// <param name="bigLock">What guards the machine's devices.</param>
    /// <param name="failed">Told of what an alarm throws, on the clock's thread, which ends then, without the lock.</param>
    public HostClock(BigLock bigLock, Action<Exception> failed)
    {
        _lock = bigLock;
        _failed = failed;
        _thread = new Thread(Guard) { IsBackground = true, Name = "timers" };
        _thread.Start();
    }

    /// <inheritdoc/>
    public ulong Nanoseconds => (ulong)((Int128)(Stopwatch.GetTimestamp() - _start) * 1_000_000_000 / Stopwatch.Frequency);

    /// <inheritdoc/>
    public IAlarm CreateAlarm([UnderBigLock] Action action)
    {
        var alarm = new Alarm(this, action);
        _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Drops every alarm: whoever made them is gone. With the big lock held.</summary>
    [UnderBigLock]
    public void ForgetAlarms() => _alarms.Clear();

    /// <summary>Ends the thread, which must be able to take the big lock: the caller does not hold it.</summary>
    public void Dispose()
    {
        _lock.Enter();
        _isClosed = true;
        _lock.Exit();
        _wait.Wake();
        _thread.Join();
        _wait.Dispose();
    }

    // An exception that left the thread would end the process; the machine ends instead, and tells what its vCPUs were at.
    private void Guard()
    {
        try
        {
            Run();
        }
        catch (Exception error)
        {
            _failed(error);
        }
    }

    private void Run()
    {
        while (true)
        {
            ulong? rest;
            _lock.Enter();
            try
            {
                if (_isClosed)
                {
                    return;
                }

                _waitsUntil = RunWhatIsDue();
                rest = _waitsUntil == ulong.MaxValue ? null : _waitsUntil - Math.Min(_waitsUntil, Nanoseconds);
            }
            finally
            {
                _lock.Exit();
            }

            _wait.Wait(rest);
        }
    }

    // Returns when the next is due.
    [UnderBigLock]
    private ulong RunWhatIsDue()
    {
        while (true)
        {
            var next = _alarms.MinBy(alarm => alarm.Due);
            if (next is null || next.Due > Nanoseconds)
            {
                return next?.Due ?? ulong.MaxValue;
            }

            next.Due = ulong.MaxValue;
            next.Action();
        }
    }

    private sealed class Alarm(HostClock clock, Action action) : IAlarm
    {
        /// <summary>When it is due; the largest number: never.</summary>
        [Shared]
        public ulong Due { get; set; } = ulong.MaxValue;

        public Action Action => action;

        public void Set(ulong nanoseconds)
        {
            Due = Math.Min(nanoseconds, ulong.MaxValue - 1);
            if (Due < clock._waitsUntil)
            {
                clock._wait.Wake();
            }
        }

        public void Cancel() => Due = ulong.MaxValue;
    }
}
