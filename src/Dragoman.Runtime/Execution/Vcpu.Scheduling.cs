using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.Execution;

/// <summary>What the scheduler and the code cache keep of a vCPU.</summary>
public sealed unsafe partial class Vcpu
{
    // Protocols: the properties below.
    private int _running;
    private long _quiescentEpoch;

    /// <summary>True while its thread may be in translated code. Written by that thread, or under the exclusive gate; the fences are ExecStart's and ExecEnd's.</summary>
    internal bool IsRunning
    {
        get => Volatile.Read(ref _running) != 0;
        set => Volatile.Write(ref _running, value ? 1 : 0);
    }

    /// <summary>A thread that starts an exclusive section has counted it. Guarded by the exclusive gate.</summary>
    internal bool HasWaiter { get; set; }

    /// <summary>Nested exclusive sections of its thread. Owner only.</summary>
    internal int ExclusiveDepth { get; set; }

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

    /// <summary>Work that others have queued. Guarded by the scheduler's gate.</summary>
    internal WorkQueue Work { get; } = new();

    /// <summary>1 once <see cref="UserMachine.Run"/> has begun on some thread and not returned. Claimed by Interlocked.Exchange, given back by Volatile.Write.</summary>
    internal int IsBound;
}
