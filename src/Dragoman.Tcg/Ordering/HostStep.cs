namespace Dragoman.Tcg.Ordering;

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
