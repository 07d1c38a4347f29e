namespace Dragoman.Runtime.Scheduling;

/// <summary>The order in which a thread may take the runtime's locks: only ones that stand further down than those it holds.</summary>
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
