namespace Dragoman.Runtime.Guests;

/// <summary>What a guest's manual promises of accesses that ask for no order: the <c>order</c> of its description.</summary>
public enum MemoryOrder
{
    /// <summary>Only dependencies order them (Arm ARM B2.3).</summary>
    Weak,

    /// <summary>Only a store and a later load may change places (Intel SDM 3A, 9.2).</summary>
    Tso,

    /// <summary>Nothing does, not even a load's address that comes from another load (Alpha ARM 5.6).</summary>
    Alpha,
}
