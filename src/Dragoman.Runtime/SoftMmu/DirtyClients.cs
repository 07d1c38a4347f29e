namespace Dragoman.Runtime.SoftMmu;

/// <summary>Who tracks stores to pages of RAM. A page is clean for a client until it is stored to; translated code counts as a client whose pages are clean while they hold code.</summary>
[Flags]
public enum DirtyClients
{
    None = 0,

    /// <summary>Translated code: a store to a clean page drops the TBs that were made from what it overwrites.</summary>
    Code = 1,

    /// <summary>A display that redraws what has changed.</summary>
    Display = 2,

    /// <summary>Snapshots and migration.</summary>
    Migration = 4,

    /// <summary>Reservations of load-exclusives: clean pages are those in which stores break them.</summary>
    Exclusives = 8,
    All = Code | Display | Migration | Exclusives,
}
