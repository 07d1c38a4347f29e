namespace Dragoman.Tcg.Ordering;

/// <summary>What an access does where its inline form cannot do it, and what it then takes: the same on every host.</summary>
/// <param name="Path">In words, for the audit; <c>-</c> where there is nothing to fall back to.</param>
/// <param name="Locks">Taken on that path, <c>-</c> for none. No lock is held in translated code.</param>
public sealed record AccessFallback(string Path, string Locks)
{
    private static readonly AccessFallback s_none = new("-", "-");

    /// <summary>The fallback of a kind of access (docs/softmmu.md; docs/runtime.md, "Exclusives").</summary>
    public static AccessFallback Of(AccessKind kind) => kind switch
    {
        AccessKind.Load => new("TLB miss: slow path", "BQL at devices"),
        AccessKind.Store => new("TLB miss: slow path; armed page: stop the others", "BQL at devices, exclusive section"),
        AccessKind.LoadExclusive => new("pair with something between: arm the page", "exclusive section"),
        AccessKind.StoreExclusive => new("pair with something between: check the reservation", "exclusive section"),
        AccessKind.Atomic => new("TLB miss: slow path; device or two pages: step alone", "BQL at devices, exclusive section"),
        _ => s_none,
    };
}
