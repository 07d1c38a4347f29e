namespace Dragoman.Runtime.Scheduling;

/// <summary>What the code cache and the machine keep of a vCPU.</summary>
public abstract unsafe partial class ScheduledVcpu
{
    // Written by the owner.
    private long _quiescentEpoch;

    /// <summary>
    /// The retire list's epoch at its last quiescent point. Written by the owner, with release: what it did with code that it held before is done. Read by
    /// whoever collects, behind a full fence and the read of <see cref="IsRunning"/>; an old value only keeps code longer.
    /// </summary>
    internal long QuiescentEpoch
    {
        get => Volatile.Read(ref _quiescentEpoch);
        set => Volatile.Write(ref _quiescentEpoch, value);
    }

    /// <summary>Counts for statistics.</summary>
    internal Diagnostics.VcpuCounters Counters { get; } = new();

    /// <summary>1 once a thread runs the vCPU and until it has returned. Claimed by Interlocked.Exchange, given back by Volatile.Write.</summary>
    internal int IsBound;
}
