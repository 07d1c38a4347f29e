namespace Dragoman.Runtime.Diagnostics;

/// <summary>Counters of one vCPU. Written by its thread without synchronization; others may read a value that lags.</summary>
internal sealed class VcpuCounters
{
    public long Dispatches;
    public long JumpCacheHits;
    public long TableHits;
    public long ChainHits;
    public long Faults;
    public long OneShots;
}
