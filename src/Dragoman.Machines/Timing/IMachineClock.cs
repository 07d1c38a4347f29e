using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Timing;

/// <summary>The time that devices see, and alarms in it.</summary>
public interface IMachineClock
{
    /// <summary>Nanoseconds since the machine began; never decreases. Any thread.</summary>
    ulong Nanoseconds { get; }

    /// <summary>Makes an alarm, not set, whose action runs with the big lock held.</summary>
    [UnderBigLock]
    IAlarm CreateAlarm([UnderBigLock] Action action);
}
