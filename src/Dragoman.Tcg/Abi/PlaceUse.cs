namespace Dragoman.Tcg.Abi;

/// <summary>What an access that must be done in one piece does at its place.</summary>
public enum PlaceUse
{
    /// <summary>A load-exclusive.</summary>
    LoadExclusive,

    /// <summary>An atomic read-modify-write, or a compare-and-swap, which counts as a store even where it fails.</summary>
    Update,

    /// <summary>A store-exclusive: whether it stores is the monitor's to say.</summary>
    StoreExclusive,
}
