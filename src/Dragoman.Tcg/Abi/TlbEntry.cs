using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// One page in a vCPU's softmmu TLB, looked up inline by translated code: an access hits when its page, with flags and required alignment all zero,
/// equals the tag of its kind.
/// </summary>
/// <remarks>
/// Protocol: only the owner's thread installs, moves and empties entries, under its TLB's lock. Others may add <see cref="NotDirty"/> to
/// <see cref="WriteTag"/>, under the same lock, with one aligned store. The owner reads without the lock.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct TlbEntry
{
    /// <summary>Log2 of the bytes of an entry.</summary>
    public const int SizeLog2 = 5;

    /// <summary>A tag that no access equals.</summary>
    public const ulong Empty = ulong.MaxValue;

    /// <summary>In <see cref="WriteTag"/>: somebody wants to hear of stores to the page (it holds translated code, or its changes are tracked).</summary>
    public const ulong NotDirty = 1 << 10;

    /// <summary>The access cannot be done inline: a device, memory that drops stores, a watchpoint.</summary>
    public const ulong Slow = 1 << 9;

    /// <summary>Every flag. They lie below the smallest page and above the largest alignment.</summary>
    public const ulong Flags = NotDirty | Slow;

    /// <summary>Page address and flags for loads, or <see cref="Empty"/>.</summary>
    public ulong ReadTag;

    /// <summary>Page address and flags for stores, or <see cref="Empty"/>.</summary>
    public ulong WriteTag;

    /// <summary>Page address and flags for instruction fetches, or <see cref="Empty"/>.</summary>
    public ulong ExecuteTag;

    /// <summary>Host address less guest address. Means nothing while a tag is <see cref="Slow"/>.</summary>
    public long Addend;
}
