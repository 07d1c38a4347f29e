namespace Dragoman.Runtime.SoftMmu;

/// <summary>What a vCPU's TLB has done. Written by its thread.</summary>
public sealed class TlbCounters
{
    /// <summary>Walks of the guest's page tables.</summary>
    public long Walks { get; internal set; }

    /// <summary>Misses answered from a large page that was known.</summary>
    public long LargePageHits { get; internal set; }

    /// <summary>Modes emptied whole.</summary>
    public long FullFlushes { get; internal set; }

    /// <summary>Modes emptied in part.</summary>
    public long PartialFlushes { get; internal set; }

    /// <summary>Modes that a flush found empty already.</summary>
    public long ElidedFlushes { get; internal set; }
}
