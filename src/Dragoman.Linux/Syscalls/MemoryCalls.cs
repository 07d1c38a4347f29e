using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Syscalls;

/// <summary>The address space.</summary>
internal static class MemoryCalls
{
    private const uint KnownProtection = 7;
    private const uint GrowsDown = 0x01000000, GrowsUp = 0x02000000;
    private const ulong ValidatedMapFlags = 0x7C07F970;
    private const int DontNeed = 4, Free = 8, Remove = 9, DontFork = 10, WipeOnFork = 18, PopulateWrite = 23, Collapse = 25;

    public static long Brk(LinuxThread thread, ulong wanted)
    {
        var process = thread.Process;
        var memory = process.Machine.Memory;
        var heap = process.Break;
        lock (memory.SyncRoot)
        {
            // The bound first: rounding up would pass the end of all addresses.
            if (wanted < heap.Start || wanted > memory.Limit - (ulong)memory.PageSize)
            {
                return (long)heap.Current;
            }

            var oldEnd = memory.PageUp(heap.Current);
            var newEnd = memory.PageUp(wanted);
            if (newEnd > oldEnd)
            {
                // Fresh pages only: what lies in the way is another mapping, and brk fails by answering the old end.
                var flags = GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.FixedNoReplace;
                if (memory.Map(oldEnd, newEnd - oldEnd, process.Grant(GuestProtection.Read | GuestProtection.Write), flags, name: "[heap]") < 0)
                {
                    return (long)heap.Current;
                }
            }
            else if (newEnd < oldEnd)
            {
                memory.Unmap(newEnd, oldEnd - newEnd);
            }

            heap.Current = wanted;
            return (long)wanted;
        }
    }

    /// <summary>mmap(2); <paramref name="end"/> is where addresses end that it may choose itself.</summary>
    public static long Map(
        LinuxThread thread, ulong address, ulong length, uint protection, uint flags, int descriptor, ulong offset, ulong end = ulong.MaxValue)
    {
        var process = thread.Process;
        var memory = process.Machine.Memory;
        if (memory.PageDown(offset) != offset)
        {
            return -Errno.EINVAL;
        }

        var mapFlags = (GuestMapFlags)process.Abi.Numbers.MapFlags.ToHost(flags & ~0xFu);

        if (!process.Abi.Numbers.MapsLow)
        {
            mapFlags &= ~GuestMapFlags.Low;
        }

        mapFlags |= (flags & 0xF) switch
        {
            1 or 3 => GuestMapFlags.Shared,
            2 => GuestMapFlags.Private,
            _ => GuestMapFlags.None,
        };
        var isAnonymous = (mapFlags & GuestMapFlags.Anonymous) != 0;
        var host = isAnonymous ? -1 : process.Files.ToHost(descriptor);
        if (!isAnonymous && host < 0)
        {
            return -Errno.EBADF;
        }

        // A stack that grows is private memory of no file.
        if (length == 0 || (flags & 0xF) is not (1 or 2 or 3) || ((flags & 0xF) == 3 && isAnonymous)
            || ((mapFlags & GuestMapFlags.GrowsDown) != 0 && (!isAnonymous || (mapFlags & GuestMapFlags.Shared) != 0)))
        {
            return -Errno.EINVAL;
        }

        // MAP_SHARED_VALIDATE (3) is MAP_SHARED of a file with unknown flags refused: what LEGACY_MAP_MASK of linux/mman.h has not.
        if ((flags & 0xF) == 3 && ((ulong)mapFlags & ~ValidatedMapFlags) != 0)
        {
            return -Errno.EOPNOTSUPP;
        }

        if (length > memory.Limit)
        {
            return -Errno.ENOMEM;
        }

        address = process.Memory.Untag(address);
        var granted = process.Grant((GuestProtection)(protection & KnownProtection));
        if (isAnonymous)
        {
            return (mapFlags & GuestMapFlags.Shared) != 0
                ? MapShared(thread, address, length, granted, mapFlags, end)
                : memory.Map(address, length, granted, mapFlags, end: end);
        }

        var (device, inode, _, _) = HostPath.Status(host);
        var backing = new GuestBacking(device, inode);
        if ((mapFlags & GuestMapFlags.Shared) != 0)
        {
            process.SharedObjects.Keep(backing, host);
        }

        return memory.Map(address, length, granted, mapFlags, host, offset, backing, HostPath.OfDescriptor(host), end);
    }

    /// <summary>Anonymous shared memory is a memory file, so that a child can map it: see <see cref="Dragoman.Linux.Memory.SharedObjects"/>.</summary>
    private static long MapShared(LinuxThread thread, ulong address, ulong length, GuestProtection protection, GuestMapFlags flags, ulong end)
    {
        var memory = thread.Process.Machine.Memory;
        var file = HostPath.MemoryFile("shared", [], closeOnExec: true);
        if (file < 0)
        {
            return file;
        }

        var error = HostCall.Invoke(Syscall.Ftruncate, (nint)file, (nint)memory.PageUp(length));
        if (error >= 0)
        {
            var (device, inode, _, _) = HostPath.Status(file);
            var backing = new GuestBacking(device, inode);
            thread.Process.SharedObjects.Keep(backing, (int)file);
            error = memory.Map(
                address, length, protection, flags & ~GuestMapFlags.Anonymous, (int)file, 0, backing, "/dev/zero (deleted)", end);
        }

        HostCall.Invoke(Syscall.Close, (nint)file);
        return error;
    }

    public static long Unmap(LinuxThread thread, ulong address, ulong length) =>
        length == 0 ? -Errno.EINVAL : thread.Process.Machine.Memory.Unmap(thread.Process.Memory.Untag(address), length);

    public static long Protect(LinuxThread thread, ulong address, ulong length, uint protection)
    {
        var process = thread.Process;
        var memory = process.Machine.Memory;
        address = process.Memory.Untag(address);
        if ((protection & (GrowsUp | GrowsDown)) != (GrowsUp | GrowsDown) && memory.PageDown(address) == address)
        {
            if (length == 0)
            {
                return 0;
            }

            if (address + memory.PageUp(length) <= address)
            {
                return -Errno.ENOMEM;
            }
        }

        // Nothing grows upwards on any of these machines.
        if ((protection & ~(process.Abi.Numbers.Protections | GrowsUp | GrowsDown)) != 0 || ((protection & GrowsUp) != 0 && (protection & GrowsDown) != 0))
        {
            return -Errno.EINVAL;
        }

        var granted = process.Grant((GuestProtection)(protection & KnownProtection));
        if (length == 0 || (protection & (GrowsUp | GrowsDown)) == 0 || memory.PageDown(address) != address)
        {
            return memory.Protect(address, length, granted);
        }

        lock (memory.SyncRoot)
        {
            return memory.Find(address) is not { } mapping ? -Errno.ENOMEM
                : (protection & GrowsUp) != 0 || (mapping.Flags & GuestMapFlags.GrowsDown) == 0 ? -Errno.EINVAL
                : memory.Protect(mapping.Start, memory.PageUp(length) + (address - mapping.Start), granted);
        }
    }

    public static long Remap(LinuxThread thread, ulong oldAddress, ulong oldLength, ulong newLength, uint flags, ulong newAddress) =>
        (flags & ~7u) != 0
            ? -Errno.EINVAL
            : thread.Process.Machine.Memory.Remap(thread.Process.Memory.Untag(oldAddress), oldLength, newLength, (GuestRemapFlags)flags, newAddress);

    public static long Advise(LinuxThread thread, ulong address, ulong length, int guestAdvice)
    {
        var advice = thread.Process.Abi.Numbers.Advice.ToHost(guestAdvice);
        var memory = thread.Process.Machine.Memory;
        address = thread.Process.Memory.Untag(address);

        // A length that rounding makes 0, or that ends past the last address, is no range.
        var rounded = memory.PageUp(length);
        if (advice is < 0 or > Collapse || memory.PageDown(address) != address || (length != 0 && rounded == 0) || address + rounded < address)
        {
            return -Errno.EINVAL;
        }

        if (length == 0)
        {
            return 0;
        }

        if (!thread.Process.Memory.IsInside(address, rounded))
        {
            return -Errno.ENOMEM;
        }

        // Fork makes a new image of the memory (see Processes), so what says how fork treats pages is not the host's to know.

        if (advice is >= DontFork and <= WipeOnFork and not (12 or 13 or 14 or 15 or 16 or 17))
        {
            return 0;
        }

        lock (memory.SyncRoot)
        {
            // What code was translated from goes, or is written by the host's kernel.
            if (advice is DontNeed or Free or Remove or PopulateWrite)
            {
                memory.Code?.PrepareKernelWrite(address, memory.PageUp(length));
            }

            // Where the guest has nothing mapped the host has the region's reserve: it advises the rest too, as it should, and cannot tell.
            var result = HostCall.Invoke(Syscall.Madvise, thread.Process.Memory.ToHost(address), (nint)memory.PageUp(length), advice);
            return result == 0 && !memory.Check(address, memory.PageUp(length), GuestProtection.None) ? -Errno.ENOMEM : result;
        }
    }

    /// <summary>msync, mincore, mlock, mlock2 and munlock: an address range and one more argument.</summary>
    public static long OnRange(LinuxThread thread, Syscall syscall, ulong address, ulong length, ulong argument)
    {
        var memory = thread.Process.Machine.Memory;
        address = thread.Process.Memory.Untag(address);
        if (syscall is Syscall.Msync or Syscall.Mincore && memory.PageDown(address) != address)
        {
            return -Errno.EINVAL;
        }

        if (syscall == Syscall.Mincore && length > memory.Limit)
        {
            return -Errno.ENOMEM;
        }

        var start = memory.PageDown(address);
        var end = memory.PageUp(address + length);
        if (end < start || !thread.Process.Memory.IsInside(start, end - start))
        {
            return -Errno.ENOMEM;
        }

        if (length == 0)
        {
            return 0;
        }

        if (syscall == Syscall.Mincore)
        {
            return InCore(thread, start, end - start, argument);
        }

        if (syscall == Syscall.Msync)
        {
            argument = thread.Process.Abi.Numbers.SyncFlags.ToHost((uint)argument);
        }

        // Where the guest has nothing mapped the host has the region's reserve, of which it knows no better.
        var result = thread.Block(syscall, thread.Process.Memory.ToHost(start), (nint)(end - start), (nint)argument);
        return result == 0 && !memory.Check(start, end - start, GuestProtection.None) ? -Errno.ENOMEM : result;
    }

    /// <summary>mlockall(2): checked only. The host would lock this program's own memory and the region's reserve.</summary>
    public static long LockAll(LinuxThread thread, uint guestFlags)
    {
        const ulong Current = 1, Future = 2, OnFault = 4;
        var flags = thread.Process.Abi.Numbers.LockFlags.ToHost(guestFlags);
        return (flags & (Current | Future)) == 0 || (flags & ~(Current | Future | OnFault)) != 0 ? -Errno.EINVAL : 0;
    }

    /// <summary>mincore: one byte a guest page, which is there when all of its host pages are.</summary>
    private static unsafe long InCore(LinuxThread thread, ulong start, ulong length, ulong vector)
    {
        const int PagesAtOnce = 4096;
        var memory = thread.Process.Machine.Memory;
        var perPage = memory.PageSize / Environment.SystemPageSize;
        if (!memory.Check(start, length, GuestProtection.None))
        {
            return -Errno.ENOMEM;
        }

        var pages = new byte[PagesAtOnce * perPage];
        Span<byte> answer = stackalloc byte[PagesAtOnce];
        for (var done = 0UL; done < length; done += PagesAtOnce * (ulong)memory.PageSize)
        {
            var part = Math.Min(length - done, PagesAtOnce * (ulong)memory.PageSize);
            fixed (byte* target = pages)
            {
                if (HostCall.Invoke(Syscall.Mincore, thread.Process.Memory.ToHost(start + done), (nint)part, (nint)target) is < 0 and var error)
                {
                    return error;
                }
            }

            var count = (int)(part / (ulong)memory.PageSize);
            for (var i = 0; i < count; i++)
            {
                answer[i] = pages.AsSpan(i * perPage, perPage).Contains((byte)0) ? (byte)0 : (byte)1;
            }

            if (!thread.Process.Memory.TryWrite(vector + (done / (ulong)memory.PageSize), answer[..count]))
            {
                return -Errno.EFAULT;
            }
        }

        return 0;
    }
}
