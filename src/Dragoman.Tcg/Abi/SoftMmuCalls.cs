using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// What translated code calls when an access misses in the TLB or cannot be done inline. The runtime fills one table in;
/// <see cref="VcpuHeader.SoftMmu"/> points to it.
/// </summary>
/// <remarks>
/// Values travel in <see cref="VcpuHeader.Scratch0"/> (16 bytes). A call that returns 0 has left an exception pending, and nothing was accessed.
/// On the vCPU's thread, in translated code, with the instruction's PC in its slot.
/// </remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct SoftMmuCalls
{
    /// <summary>Loads from (env, guest address, MemOp), extended to 64 bits as the MemOp says.</summary>
    public delegate*<nint, ulong, uint, int> Load;

    /// <summary>Stores to (env, guest address, MemOp).</summary>
    public delegate*<nint, ulong, uint, int> Store;

    /// <summary>
    /// The host address for an access of (env, guest address, MemOp, <see cref="PlaceUse"/>) that must be done there in one piece, or 0: an atomic
    /// read-modify-write, an exclusive. A storing one loads too.
    /// </summary>
    public delegate*<nint, ulong, uint, int, nint> Place;
}
