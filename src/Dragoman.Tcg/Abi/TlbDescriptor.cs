using System.Runtime.InteropServices;

namespace Dragoman.Tcg.Abi;

/// <summary>
/// Where a vCPU's TLB of one MMU mode lies: <see cref="VcpuHeader"/> holds <see cref="Modes"/> of these from <see cref="HeaderOffset"/> on.
/// The entry of an address is at <c>Table + ((address >> (pageBits - TlbEntry.SizeLog2)) &amp; Mask)</c>.
/// </summary>
/// <remarks>Written by the owner's thread only, under its TLB's lock.</remarks>
[StructLayout(LayoutKind.Sequential)]
public unsafe struct TlbDescriptor
{
    /// <summary>MMU modes of a vCPU. An access names its mode in its <see cref="Ir.MemOp"/>.</summary>
    public const int Modes = 8;

    /// <summary>Offset in bytes of the first descriptor from <c>env</c>.</summary>
    public const int HeaderOffset = 0x180;

    /// <summary>Log2 of the bytes of a descriptor.</summary>
    public const int SizeLog2 = 4;

    /// <summary>Entries less one, in bytes of table: a multiple of the entry's size.</summary>
    public ulong Mask;

    /// <summary>The entries, a power of two.</summary>
    public TlbEntry* Table;
}
