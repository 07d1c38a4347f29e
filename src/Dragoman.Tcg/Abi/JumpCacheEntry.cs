using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// One entry of the per-vCPU cache from guest PC to compiled code, read inline by indirect branches.
/// Only the owning vCPU fills it. Others only ever write zeros, to <see cref="Code"/> and <see cref="Tb"/>, under the memory's lock, when the TB of its
/// <see cref="Pc"/> has been marked invalid and a full fence passed; the owner reads the mark behind a full fence of its own when it has filled the entry.
/// </summary>
[StructLayout(LayoutKind.Sequential)]
public struct JumpCacheEntry
{
    /// <summary>Entries in a cache; a power of two. The index is <c>((pc >> 2) ^ (pc >> 14)) &amp; (Count - 1)</c>.</summary>
    public const int Count = 4096;

    /// <summary>The bits of a PC that choose the entry lie below this one.</summary>
    public const int IndexedBits = 26;

    /// <summary>Guest PC. <see cref="Code"/> is 0 when the entry is empty.</summary>
    public ulong Pc;

    /// <summary>The <c>tbstate</c> bits of the TB.</summary>
    public ulong Flags;

    /// <summary>Entry point of compiled code, or 0.</summary>
    public nint Code;

    /// <summary>Index plus one of the TB in the runtime's table, or 0.</summary>
    public nint Tb;

    /// <summary>Index of the entry that holds <paramref name="pc"/>.</summary>
    public static int IndexOf(ulong pc) => (int)((pc >> 2) ^ (pc >> 14)) & (Count - 1);
}
