namespace Dragoman.Runtime.Scheduling;

/// <summary>The order in which a thread may take the locks of the scheduler and the TLBs: only ones that stand further down than those it holds.</summary>
/// <remarks>The code's lock (<see cref="Translation.CodeSource.SyncRoot"/>) has no rank: it is taken under the big lock, and takes those of TLBs and of TB links, never the others.</remarks>
internal enum LockRank
{
    /// <summary>The big lock of a machine's devices. The only one that nests.</summary>
    Big,

    /// <summary>Work queues and halted vCPUs.</summary>
    Work,

    /// <summary>Exclusive sections.</summary>
    Exclusive,

    /// <summary>A vCPU's TLB.</summary>
    Tlb,
}
