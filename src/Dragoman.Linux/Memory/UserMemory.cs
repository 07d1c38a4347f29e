using System.Runtime.InteropServices;
using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Memory;

/// <summary>
/// The kernel's view of a guest's memory. Structures are copied under the memory's lock; pointers that are handed to host system calls are
/// only translated, and the host's kernel refuses what is not mapped.
/// </summary>
/// <param name="memory">The address space.</param>
/// <param name="ignoresTopByte">True when tagged addresses may be enabled (Arm).</param>
public sealed unsafe class UserMemory(GuestMemory memory, bool ignoresTopByte) : IUserMemory
{
    private const ulong AddressBits = 0x00FF_FFFF_FFFF_FFFF;

    // In the kernel's half: every host system call that touches it says EFAULT.
    private static readonly nint s_badPointer = unchecked((nint)0xFFFF_8000_0000_0000);

    /// <summary>The address space.</summary>
    public GuestMemory Guest => memory;

    /// <summary>Set by prctl(PR_SET_TAGGED_ADDR_CTRL): system calls accept tagged pointers. Written by the calling thread; a plain flag.</summary>
    public bool TaggedAddresses { get; set; }

    /// <summary>A user pointer for a host system call: null stays null, what lies outside becomes a pointer that the kernel refuses.</summary>
    public nint ToHost(ulong address)
    {
        address = Untag(address);
        return address == 0 ? 0 : address < memory.Limit ? (nint)memory.ToHost(address) : s_badPointer;
    }

    /// <summary>A range that lies inside the region. Whether it is mapped is another matter.</summary>
    public bool IsInside(ulong address, ulong length)
    {
        address = Untag(address);
        return address < memory.Limit && length <= memory.Limit - address;
    }

    /// <summary>Drops tag bits when system calls accept them.</summary>
    public ulong Untag(ulong address) => ignoresTopByte && TaggedAddresses ? address & AddressBits : address;

    /// <inheritdoc/>
    public bool TryRead(ulong address, Span<byte> destination)
    {
        address = Untag(address);
        return memory.TryRead(address, destination) || (memory.Grow(address) && memory.TryRead(address, destination));
    }

    /// <inheritdoc/>
    public bool TryWrite(ulong address, ReadOnlySpan<byte> source)
    {
        address = Untag(address);
        return memory.TryWrite(address, source) || (memory.Grow(address) && memory.TryWrite(address, source));
    }

    /// <summary>Has a stack grow to an address that the guest has touched. True when something is mapped there then.</summary>
    public bool Grow(ulong address) => memory.Grow(ignoresTopByte ? address & AddressBits : address);

    /// <summary>As <see cref="ToHost"/>, for memory that the host's kernel is about to reach: a stack above it grows, as it would for the guest's own access.</summary>
    public nint Reach(ulong address)
    {
        if (memory.MayGrow)
        {
            memory.Grow(Untag(address));
        }

        return ToHost(address);
    }

    /// <summary>
    /// Readies memory for the host's kernel to write: pages that hold translated code or are armed are write-protected, and a file may end inside a
    /// guest page. False when the guest may not write there. Another vCPU may undo it at once: <see cref="WrittenBuffers"/> is for calls that must not fail then.
    /// </summary>
    public bool PrepareWrite(ulong address, ulong length)
    {
        address = Untag(address);
        if (address >= memory.Limit || memory.Code is not { } code)
        {
            return false;
        }

        length = Math.Min(Math.Max(length, 1), memory.Limit - address);
        code.PrepareKernelWrite(address, length);
        memory.FillFileEnds(address, length);
        return memory.Check(address, length, GuestProtection.Write);
    }

    /// <summary>Readies memory that the host's kernel has refused to read: a file may end inside a guest page. True when the call is worth repeating.</summary>
    public bool PrepareRead(ulong address, ulong length)
    {
        address = Untag(address);
        return address < memory.Limit && memory.FillFileEnds(address, Math.Min(Math.Max(length, 1), memory.Limit - address));
    }

    /// <summary>Reads a value of a fixed layout.</summary>
    public bool TryRead<T>(ulong address, out T value)
        where T : unmanaged
    {
        value = default;
        return TryRead(address, MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>Writes a value of a fixed layout.</summary>
    public bool TryWrite<T>(ulong address, in T value)
        where T : unmanaged =>
        TryWrite(address, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    /// <summary>Reads a NUL-terminated string, terminator included, into a buffer that sets its limit.</summary>
    /// <returns>Bytes without the terminator; -1 with <paramref name="error"/> EFAULT or ENAMETOOLONG.</returns>
    public int ReadString(ulong address, Span<byte> destination, out int error)
    {
        const int Chunk = 256;
        var length = 0;
        while (length < destination.Length)
        {
            // Never across a page's end in one go: the string may end before an unmapped page.
            var toPageEnd = memory.PageSize - (int)(address & ((ulong)memory.PageSize - 1));
            var part = destination.Slice(length, Math.Min(Math.Min(Chunk, toPageEnd), destination.Length - length));
            if (!TryRead(address, part))
            {
                error = Errno.EFAULT;
                return -1;
            }

            var end = part.IndexOf((byte)0);
            if (end >= 0)
            {
                error = 0;
                return length + end;
            }

            length += part.Length;
            address += (ulong)part.Length;
        }

        error = Errno.ENAMETOOLONG;
        return -1;
    }

    /// <summary>Reads a NUL-terminated string of at most <paramref name="maximum"/> bytes, terminator included; null with an error as above.</summary>
    public byte[]? ReadString(ulong address, int maximum, out int error)
    {
        // Most are short, and a big buffer costs its pages.
        const int Usual = 1024;
        var usual = stackalloc byte[Usual];
        var buffer = new Span<byte>(usual, Math.Min(maximum, Usual));
        var length = ReadString(address, buffer, out error);
        if (length < 0 && error == Errno.ENAMETOOLONG && buffer.Length < maximum)
        {
            buffer = new byte[maximum];
            length = ReadString(address, buffer, out error);
        }

        return length < 0 ? null : buffer[..length].ToArray();
    }

    /// <inheritdoc/>
    public bool IsPresent(ulong address)
    {
        // The host counts a page that nothing may access, which a processor's tables have not.
        if (memory.Find(address) is not { } mapping || mapping.Protection == GuestProtection.None)
        {
            return false;
        }

        using var pages = new PageMap();
        return pages.IsPresent(memory.ToHost(address));
    }
}
