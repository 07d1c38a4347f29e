using System.Numerics;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Elf;

/// <summary>Maps the segments of a checked image into a guest's memory, as the kernel's elf_load does.</summary>
public static class ElfMapper
{
    /// <summary>Maps an image.</summary>
    /// <param name="memory">Where to.</param>
    /// <param name="image">Checked headers.</param>
    /// <param name="descriptor">Host descriptor of the file.</param>
    /// <param name="backing">Identity of the file.</param>
    /// <param name="path">Name for /proc/self/maps.</param>
    /// <param name="preferredBase">Where a position-independent image goes when that is free; 0 for anywhere.</param>
    /// <param name="grant">What a mapping may be of which a segment asks this; null for just that.</param>
    /// <exception cref="ElfFormatException">It does not fit.</exception>
    public static MappedImage Map(
        GuestMemory memory, ElfImage image, int descriptor, GuestBacking backing, string path, ulong preferredBase, Func<GuestProtection, GuestProtection>? grant = null)
    {
        ulong low = ulong.MaxValue, high = 0, align = (ulong)memory.PageSize;
        foreach (var segment in image.ProgramHeaders)
        {
            if (segment.Type == ProgramHeader.Load && segment.MemorySize != 0)
            {
                low = Math.Min(low, memory.PageDown(segment.VirtualAddress));
                high = Math.Max(high, memory.PageUp(segment.VirtualAddress + segment.MemorySize));

                // What is no power of two counts for nothing (fs/binfmt_elf.c).
                align = BitOperations.IsPow2(segment.Align) ? Math.Max(align, segment.Align) : align;
            }
        }

        var bias = image.Header.IsPositionIndependent ? Reserve(memory, low, high, align, preferredBase) : 0;
        if (bias == 0 && (high > memory.Limit || !IsFree(memory, low, high - low)))
        {
            throw new ElfFormatException($"no room for the program at 0x{low:x}");
        }

        ulong end = 0;
        foreach (var segment in image.ProgramHeaders)
        {
            if (segment.Type == ProgramHeader.Load && segment.MemorySize != 0)
            {
                MapSegment(memory, segment, bias, descriptor, backing, path, grant);
                end = Math.Max(end, segment.VirtualAddress + segment.MemorySize + bias);
            }
        }

        return new MappedImage(bias, low + bias, end, image.Header.Entry + bias, FindHeaders(image, bias));
    }

    private static bool IsFree(GuestMemory memory, ulong address, ulong length)
    {
        var result = memory.Map(
            address, length, GuestProtection.None, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.NoReserve | GuestMapFlags.FixedNoReplace);
        return result >= 0 && memory.Unmap(address, length) == 0;
    }

    /// <summary>Takes address space for the whole image, so that its segments keep their distances, and gives the holes back.</summary>
    private static ulong Reserve(GuestMemory memory, ulong low, ulong high, ulong align, ulong preferredBase)
    {
        var length = high - low;
        var slack = align > (ulong)memory.PageSize ? align : 0;
        if (length > memory.Limit - slack)
        {
            throw new ElfFormatException($"image of 0x{length:x} bytes does not fit into the address space");
        }

        var flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.NoReserve;
        var start = memory.Map(preferredBase, length + slack, GuestProtection.None, flags);
        if (start < 0)
        {
            throw new ElfFormatException($"no room for an image of 0x{length:x} bytes");
        }

        var place = ((ulong)start + align - 1) & ~(align - 1);
        memory.Unmap((ulong)start, length + slack);
        return place - (low & ~(align - 1));
    }

    private static void MapSegment(GuestMemory memory, ProgramHeader segment, ulong bias, int descriptor, GuestBacking backing, string path, Func<GuestProtection, GuestProtection>? grant)
    {
        var protection = ((segment.Flags & ProgramHeader.Readable) != 0 ? GuestProtection.Read : 0)
            | ((segment.Flags & ProgramHeader.Writable) != 0 ? GuestProtection.Write : 0)
            | ((segment.Flags & ProgramHeader.Executable) != 0 ? GuestProtection.Execute : 0);
        protection = grant?.Invoke(protection) ?? protection;
        var start = segment.VirtualAddress + bias;
        var page = memory.PageDown(start);
        var fileEnd = start + segment.FileSize;
        var memoryEnd = memory.PageUp(start + segment.MemorySize);
        var bss = page;
        if (segment.FileSize != 0)
        {
            var flags = GuestMapFlags.Private | GuestMapFlags.Fixed;
            Check(memory.Map(page, fileEnd - page, protection, flags, descriptor, segment.Offset - (start - page), backing, path), start);
            bss = memory.PageUp(fileEnd);

            // The rest of the file's last page is bss. As in the kernel, a segment that cannot be written keeps the file's bytes there.
            if (segment.MemorySize > segment.FileSize && bss > fileEnd && (protection & GuestProtection.Write) != 0)
            {
                Check(memory.TryWrite(fileEnd, new byte[bss - fileEnd]) ? 0 : -1, fileEnd);
            }
        }

        if (memoryEnd > bss)
        {
            var flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed;
            Check(memory.Map(bss, memoryEnd - bss, protection, flags), start);
        }
    }

    private static void Check(long result, ulong address)
    {
        if (result < 0)
        {
            throw new ElfFormatException($"the host cannot map the segment at 0x{address:x} (error {-result})");
        }
    }

    private static ulong FindHeaders(ElfImage image, ulong bias)
    {
        var offset = image.Header.ProgramHeaderOffset;
        foreach (var segment in image.ProgramHeaders)
        {
            if (segment.Type == ProgramHeader.Load && offset >= segment.Offset && offset - segment.Offset < segment.FileSize)
            {
                return segment.VirtualAddress + (offset - segment.Offset) + bias;
            }
        }

        return 0;
    }
}

/// <summary>Where an image came to lie.</summary>
/// <param name="Bias">Added to every address of the file.</param>
/// <param name="Start">Lowest address.</param>
/// <param name="End">First address after its last byte: where brk starts.</param>
/// <param name="Entry">Where execution starts.</param>
/// <param name="ProgramHeaders">Guest address of the program headers, or 0.</param>
public sealed record MappedImage(ulong Bias, ulong Start, ulong End, ulong Entry, ulong ProgramHeaders);
