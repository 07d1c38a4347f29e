using Dragoman.Runtime.Diagnostics;

namespace Dragoman.Runtime.Execution;

/// <summary>Settings of a <see cref="UserMachine"/>.</summary>
public sealed record RuntimeOptions
{
    /// <summary><c>--thread</c>.</summary>
    public ThreadModel Threads { get; init; } = ThreadModel.Multi;

    /// <summary><c>--one-insn-per-tb</c>: each TB is one instruction.</summary>
    public bool OneInsnPerTb { get; init; }

    /// <summary>False under <c>-d nochain</c>: every TB is entered through the dispatcher, and compiled by itself.</summary>
    public bool Chain { get; init; } = true;

    /// <summary>Most instructions of a TB, 1 to 512.</summary>
    public int MaxInsns { get; init; } = 128;

    /// <summary>A TB ends after the instruction that brings its ops to this many: far above it RyuJIT stops optimizing.</summary>
    public int MaxOps { get; init; } = 1000;

    /// <summary>TBs that may exist; then all are flushed.</summary>
    public int MaxTbs { get; init; } = 1 << 20;

    /// <summary>Times that a TB runs cold before it is queued for the hot backend.</summary>
    public int HotThreshold { get; init; } = 64;

    /// <summary>
    /// Times that a vCPU goes through the dispatcher before the first TB of the machine is queued for the hot backend. Starting a compiler costs tens of
    /// milliseconds of processor time, which a program that ends sooner does not win back.
    /// </summary>
    public int WarmUpDispatches { get; init; }

    /// <summary>Whether the hot backend compiles loops and calls as regions of several TBs.</summary>
    public bool Regions { get; init; } = true;

    /// <summary>Most TBs of a region.</summary>
    public int RegionBlocks { get; init; } = 24;

    /// <summary>Most guest instructions of a region: RyuJIT's time grows faster than the code, and at some 3,000 ops it stops optimizing.</summary>
    public int RegionInstructions { get; init; } = 240;

    /// <summary>TBs that may wait for the hot backend; more stay cold until there is room.</summary>
    public int CompileQueueLength { get; init; } = 1024;

    /// <summary>Background threads that compile for the hot backend; 0: the vCPUs' threads do it themselves.</summary>
    public int CompileThreads { get; init; } = 1;

    /// <summary>Largest guest region to reserve, as log2 of its bytes.</summary>
    public int RegionLog2 { get; init; } = 46;

    /// <summary>The log, or null for none.</summary>
    public RuntimeLog? Log { get; init; }
}
