using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>What an entry of the TLB stands for, beside what its inline half holds.</summary>
/// <param name="Address">Guest address of the page; all ones when the entry is empty.</param>
/// <param name="Physical">Physical address of the page.</param>
/// <param name="Protection">What may be done to it.</param>
/// <param name="Attributes">The guest's own.</param>
/// <param name="Section">What answers there, or null.</param>
internal readonly record struct TlbPage(ulong Address, ulong Physical, GuestProtection Protection, uint Attributes, PhysicalSection? Section)
{
    public static TlbPage Empty => new(ulong.MaxValue, 0, GuestProtection.None, 0, null);

    public bool IsEmpty => Address == ulong.MaxValue;
}
