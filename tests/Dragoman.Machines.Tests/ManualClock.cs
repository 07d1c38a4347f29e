using Dragoman.Machines.Timing;

namespace Dragoman.Machines.Tests;

/// <summary>A clock that a test moves.</summary>
internal sealed class ManualClock : IMachineClock
{
    private readonly List<Alarm> _alarms = [];

    public ulong Nanoseconds { get; private set; }

    public IAlarm CreateAlarm(Action action)
    {
        Alarm alarm = new(action);
        _alarms.Add(alarm);
        return alarm;
    }

    /// <summary>Lets time pass; what falls due meanwhile comes when it is all over.</summary>
    public void AdvanceAndBeLate(ulong nanoseconds)
    {
        Nanoseconds += nanoseconds;
        Advance(0);
    }

    public void Advance(ulong nanoseconds)
    {
        var end = Nanoseconds + nanoseconds;
        while (_alarms.Where(alarm => alarm.Due <= end).MinBy(alarm => alarm.Due) is { } next)
        {
            Nanoseconds = Math.Max(Nanoseconds, next.Due!.Value);
            next.Due = null;
            next.Action();
        }

        Nanoseconds = end;
    }

    private sealed class Alarm(Action action) : IAlarm
    {
        public ulong? Due { get; set; }

        public Action Action => action;

        public void Set(ulong nanoseconds) => Due = nanoseconds;

        public void Cancel() => Due = null;
    }
}
