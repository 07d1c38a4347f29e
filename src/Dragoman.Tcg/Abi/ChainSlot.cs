using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// One direct exit of a TB, in unmanaged memory that outlives the TB until every vCPU has passed a quiescent point.
/// </summary>
/// <remarks>
/// <see cref="Code"/> is patched with one aligned pointer-sized store; a reader sees the old or the new value and both are valid.
/// Compiled code jumps to <see cref="Code"/> when it is not 0, else stores nothing more and returns the slot's address.
/// <see cref="Code"/> and <see cref="LinkedTb"/> are written under the destination's link lock, or by who has invalidated the destination; the other fields
/// once, before the TB is published.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public struct ChainSlot
{
    /// <summary>Entry point of the target's compiled code (<c>delegate*&lt;byte*, nint&gt;</c>), or 0 when it is not linked.</summary>
    public nint Code;

    /// <summary>Guest PC that this exit goes to.</summary>
    public ulong TargetPc;

    /// <summary>Index of the TB that owns the slot in the runtime's TB table.</summary>
    public int OwnerTb;

    /// <summary>0 or 1.</summary>
    public int Index;

    /// <summary>Index plus one of the linked TB in the runtime's table, for exits taken by the interpreter; 0 when not linked. Patched like <see cref="Code"/>.</summary>
    public nint LinkedTb;
}
