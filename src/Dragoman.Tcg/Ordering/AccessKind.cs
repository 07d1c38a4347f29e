namespace Dragoman.Tcg.Ordering;

/// <summary>What an access does, in the terms of the IR.</summary>
public enum AccessKind
{
    Load,
    Store,
    LoadExclusive,

    /// <summary>A store-exclusive that stored.</summary>
    StoreExclusive,

    /// <summary>An atomic read-modify-write, or a compare-and-swap whether it stored or not.</summary>
    Atomic,

    Fence,

    /// <summary>Later instructions are fetched anew (Arm ISB).</summary>
    InstructionBarrier,
}
