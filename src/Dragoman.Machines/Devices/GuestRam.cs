using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>RAM as devices that read and write it themselves see it: by physical address. Any thread.</summary>
/// <param name="memory">The machine's.</param>
public sealed class GuestRam(PhysicalMemory memory)
{
    /// <summary>Copies from RAM; false if not all of it is RAM: then nothing tells how much was copied.</summary>
    public bool TryRead(ulong address, Span<byte> bytes) => memory.TryRead(address, bytes);

    /// <summary>Copies to RAM, and tells whoever tracks its pages; false if not all of it is RAM.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes) => memory.TryWrite(address, bytes);

    /// <summary>A little-endian number of 16 bits.</summary>
    public bool TryRead(ulong address, out ushort value)
    {
        Unsafe.SkipInit(out value);
        return TryRead(address, MemoryMarshal.AsBytes(new Span<ushort>(ref value)));
    }
}
