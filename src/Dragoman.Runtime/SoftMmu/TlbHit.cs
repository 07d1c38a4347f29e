using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>The entry that serves an access, as it stood when it was found.</summary>
/// <param name="Tag">The tag of the access's kind, with its flags.</param>
/// <param name="Addend">Host address less guest address, where RAM answers.</param>
/// <param name="Physical">Physical address of the page.</param>
/// <param name="Attributes">The guest's own.</param>
/// <param name="Section">What answers there, or null.</param>
public readonly record struct TlbHit(ulong Tag, long Addend, ulong Physical, uint Attributes, PhysicalSection? Section)
{
    /// <summary>A device, memory that drops stores, memory whose accesses must be aligned, or a watchpoint.</summary>
    public bool IsSlow => (Tag & TlbEntry.Slow) != 0;

    /// <summary>Accesses must be aligned.</summary>
    public bool IsAligned => (Attributes & MmuTranslation.Aligned) != 0;

    /// <summary>Somebody wants to hear of a store.</summary>
    public bool IsNotDirty => (Tag & TlbEntry.NotDirty) != 0;
}
