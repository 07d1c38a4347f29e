using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>What a guest's MMU makes of an address.</summary>
/// <param name="Physical">The physical address.</param>
/// <param name="Protection">What may be done to the page in this mode now. A page whose dirty flag is still to be set by hardware is not writable until a store asks.</param>
/// <param name="PageBits">Log2 of the page or block in bytes, at least the machine's smallest page; it lies naturally aligned.</param>
/// <param name="Attributes">The guest's own: memory type, shareability, security; and <see cref="Aligned"/>.</param>
public readonly record struct MmuTranslation(ulong Physical, GuestProtection Protection, int PageBits, uint Attributes = 0)
{
    /// <summary>In <see cref="Attributes"/>: accesses must be aligned to their size.</summary>
    public const uint Aligned = 1u << 31;
}
