namespace Dragoman.Runtime.SoftMmu;

/// <summary>The event register (Arm ARM, DDI 0487, D1.6.1).</summary>
public sealed unsafe partial class SystemVcpu
{
    // 1: an event has come that no wait has taken. Set by any thread, taken by the owner, both by Interlocked.
    private int _event;

    // Whether the owner sleeps until an event wakes it. The owner raises it, passes a full fence and reads _event; a sender sets _event, passes a full fence and reads this.
    private int _sleeps;

    /// <summary>Sets the event register; a vCPU that waits for an event goes on. Any thread.</summary>
    public void SendEvent()
    {
        if (Interlocked.Exchange(ref _event, 1) == 0 && Volatile.Read(ref _sleeps) != 0)
        {
            Machine.Scheduler.Wake(this);
        }
    }

    /// <summary>Clears the event register; true if it was set. On the vCPU's thread.</summary>
    public bool TryTakeEvent() => Interlocked.Exchange(ref _event, 0) != 0;

    /// <summary>Whether an event has come. On the vCPU's thread.</summary>
    internal bool HasEvent => Volatile.Read(ref _event) != 0;

    /// <summary>Says whether the vCPU sleeps until somebody wakes it; it looks at <see cref="HasEvent"/> afterwards. On its thread.</summary>
    internal void SetSleeps(bool sleeps) => Interlocked.Exchange(ref _sleeps, sleeps ? 1 : 0);
}
