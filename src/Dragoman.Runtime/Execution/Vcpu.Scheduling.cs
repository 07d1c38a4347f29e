namespace Dragoman.Runtime.Execution;

/// <summary>What the code cache and the machine keep of a vCPU.</summary>
public sealed unsafe partial class Vcpu
{
    private long _quiescentEpoch;

    /// <summary>
    /// The retire list's epoch at its last quiescent point. Written by the owner, with release: what it did with code that it held before is done. Read by
    /// whoever collects, behind a full fence and the read of <see cref="ScheduledVcpu.IsRunning"/>; an old value only keeps code longer.
    /// </summary>
    internal long QuiescentEpoch
    {
        get => Volatile.Read(ref _quiescentEpoch);
        set => Volatile.Write(ref _quiescentEpoch, value);
    }

    /// <summary>Counts for statistics.</summary>
    internal Diagnostics.VcpuCounters Counters { get; } = new();

    /// <summary>1 once <see cref="UserMachine.Run"/> has begun on some thread and not returned. Claimed by Interlocked.Exchange, given back by Volatile.Write.</summary>
    internal int IsBound;
}
