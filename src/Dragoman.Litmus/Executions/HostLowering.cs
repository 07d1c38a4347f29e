using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Executions;

/// <summary>What a host instruction, or a pair of them that RyuJIT always emits together, does to memory order.</summary>
public enum HostStep
{
    /// <summary>A load.</summary>
    Load,

    /// <summary>A load that later accesses do not pass.</summary>
    LoadAcquire,

    /// <summary>A store.</summary>
    Store,

    /// <summary>A store that does not pass earlier accesses.</summary>
    StoreRelease,

    /// <summary>An atomic read-modify-write or compare-and-swap.</summary>
    Atomic,

    /// <summary>A full fence.</summary>
    Fence,

    /// <summary>A fence between earlier loads and later accesses (Arm64 DMB ISHLD).</summary>
    LoadFence,
}

/// <summary>How a backend carries out accesses and barriers on one host.</summary>
public interface IHostLowering
{
    /// <summary>The host: <c>x64</c>, <c>Arm64</c>.</summary>
    string Host { get; }

    /// <summary>The host's memory model.</summary>
    string Model { get; }

    /// <summary>The steps of an access or barrier, in order.</summary>
    IReadOnlyList<HostStep> Steps(AccessKind kind, MemOp op, MemBarrier barrier);
}
