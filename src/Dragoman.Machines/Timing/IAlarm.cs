using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Timing;

/// <summary>Something that is to happen at a time. Guarded by the big lock.</summary>
[UnderBigLock]
public interface IAlarm
{
    /// <summary>Has the action run once the time is there: soon, if it has passed. Replaces an earlier time.</summary>
    void Set(ulong nanoseconds);

    /// <summary>Has the action not run.</summary>
    void Cancel();
}
