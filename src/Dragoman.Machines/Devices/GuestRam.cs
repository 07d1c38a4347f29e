using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Devices;

/// <summary>RAM as devices that read and write it themselves see it: by physical address, RAM only.</summary>
/// <param name="memory">The machine's.</param>
public sealed unsafe class GuestRam(PhysicalMemory memory)
{
    /// <summary>Copies from RAM; false if not all of it is RAM: then nothing tells how much was copied. Any thread.</summary>
    public bool TryRead(ulong address, Span<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (Find(address, bytes.Length, out var block, out var offset) is not (> 0 and var size))
            {
                return false;
            }

            new ReadOnlySpan<byte>(block!.Host + offset, size).CopyTo(bytes);
            bytes = bytes[size..];
            address += (ulong)size;
        }

        return true;
    }

    /// <summary>Copies to RAM, and tells whoever tracks its pages; false if not all of it is RAM that can be written. Any thread.</summary>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            if (Find(address, bytes.Length, out var block, out var offset) is not (> 0 and var size) || block!.IsReadOnly)
            {
                return false;
            }

            bytes[..size].CopyTo(new Span<byte>(block.Host + offset, size));
            Written(block, offset, size);
            bytes = bytes[size..];
            address += (ulong)size;
        }

        return true;
    }

    /// <summary>A little-endian number of 16 bits.</summary>
    public bool TryRead(ulong address, out ushort value) => TryReadNumber(address, out value);

    /// <summary>A little-endian number of 32 bits.</summary>
    public bool TryRead(ulong address, out uint value) => TryReadNumber(address, out value);

    /// <summary>A little-endian number of 64 bits.</summary>
    public bool TryRead(ulong address, out ulong value) => TryReadNumber(address, out value);

    private bool TryReadNumber<T>(ulong address, out T value)
        where T : unmanaged
    {
        T number = default;
        var isRam = TryRead(address, new Span<byte>(&number, sizeof(T)));
        value = number;
        return isRam;
    }

    // Bytes of RAM that lie together; 0: no RAM.
    private int Find(ulong address, int length, out RamBlock? block, out ulong offset)
    {
        var section = memory.Find(address);
        block = section?.Ram;
        offset = 0;
        if (block is null)
        {
            return 0;
        }

        offset = section!.RamOffset + (address - section.Start);
        return (int)Math.Min((ulong)length, section.Size - (address - section.Start));
    }

    // The bytes are there before the code is asked about, as for a store of a vCPU.
    private void Written(RamBlock block, ulong offset, int size)
    {
        Interlocked.MemoryBarrier();
        var pageSize = 1UL << memory.PageBits;
        for (var at = offset; at < offset + (ulong)size; at = (at | (pageSize - 1)) + 1)
        {
            block.SetDirty(at, DirtyClients.Display | DirtyClients.Migration);
            if ((block.DirtyAt(at) & DirtyClients.Code) == 0)
            {
                memory.Code?.Written(block, at, (int)Math.Min((at | (pageSize - 1)) + 1 - at, offset + (ulong)size - at));
            }
        }
    }
}
