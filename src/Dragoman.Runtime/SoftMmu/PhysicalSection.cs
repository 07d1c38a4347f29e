namespace Dragoman.Runtime.SoftMmu;

/// <summary>What answers a range of physical addresses: RAM or a device. Immutable.</summary>
/// <param name="Start">First physical address.</param>
/// <param name="Size">Bytes.</param>
/// <param name="Ram">Host memory, or null.</param>
/// <param name="RamOffset">Offset in <paramref name="Ram"/> of <paramref name="Start"/>.</param>
/// <param name="Device">A device, where there is no RAM.</param>
public sealed record PhysicalSection(ulong Start, ulong Size, RamBlock? Ram, ulong RamOffset, IMmioDevice? Device)
{
    /// <summary>Where in <see cref="Ram"/> a physical address of this range lies.</summary>
    public ulong OffsetOf(ulong physical) => RamOffset + (physical - Start);
}
