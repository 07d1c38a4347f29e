using System.Globalization;
using Dragoman.Linux.Host;
using Dragoman.Linux.Processes;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Syscalls;

/// <summary>
/// System V shared memory: the host's segments, attached inside the guest's region. A child attaches them again by their number, which the kernel
/// allows as long as somebody has them attached, also when they are marked to be removed.
/// </summary>
internal static unsafe class SharedMemoryCalls
{
    private const int ReadOnly = 0x1000, Round = 0x2000, ReplaceMapping = 0x4000, Execute = 0x8000, Status = 2;

    /// <summary>No device has this number: the backing's inode is the segment's number.</summary>
    private const ulong SegmentDevice = ulong.MaxValue;

    /// <summary>True for the backing of an attached segment.</summary>
    public static bool IsSegment(GuestBacking? backing) => backing?.Device == SegmentDevice;

    /// <summary>shmat(2).</summary>
    public static long Attach(LinuxThread thread, int segment, ulong address, int flags)
    {
        var memory = thread.Process.Machine.Memory;
        address = thread.Process.Memory.Untag(address);
        if ((flags & Round) != 0)
        {
            address = memory.PageDown(address);
        }

        if (memory.PageDown(address) != address || (address == 0 && (flags & ReplaceMapping) != 0))
        {
            return -Errno.EINVAL;
        }

        var size = Size(segment);
        if (size < 0)
        {
            return size;
        }

        var how = address == 0 ? GuestMapFlags.None : (flags & ReplaceMapping) != 0 ? GuestMapFlags.Fixed : GuestMapFlags.FixedNoReplace;
        lock (memory.SyncRoot)
        {
            var place = memory.Map(address, (ulong)size, GuestProtection.None, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.NoReserve | how);
            if (place < 0)
            {
                return place == -Errno.EEXIST ? -Errno.EINVAL : place;
            }

            var protection = thread.Process.Grant(GuestProtection.Read | ((flags & ReadOnly) != 0 ? 0 : GuestProtection.Write) | ((flags & Execute) != 0 ? GuestProtection.Execute : 0));
            var result = Place(thread.Process, (ulong)place, (ulong)size, protection, new GuestBacking(SegmentDevice, (uint)segment), $"/SYSV{segment.ToString("x8", CultureInfo.InvariantCulture)} (deleted)");
            if (result < 0)
            {
                memory.Unmap((ulong)place, (ulong)size);
            }

            return result;
        }
    }

    /// <summary>shmdt(2).</summary>
    public static long Detach(LinuxThread thread, ulong address)
    {
        var memory = thread.Process.Machine.Memory;
        address = thread.Process.Memory.Untag(address);
        lock (memory.SyncRoot)
        {
            // What mprotect has split is still one attachment.
            GuestBacking? backing = null;
            var end = address;
            foreach (var mapping in memory.Snapshot())
            {
                if (mapping.Start == end && IsSegment(mapping.Backing) && (backing is null || mapping.Backing == backing) && mapping.Offset == end - address)
                {
                    (backing, end) = (mapping.Backing, mapping.End);
                }
            }

            return end == address ? -Errno.EINVAL : memory.Unmap(address, end - address);
        }
    }

    /// <summary>Attaches a parent's segment in its child: 0 or more, or a negated errno.</summary>
    public static long AttachAgain(LinuxProcess process, ulong start, ulong length, GuestProtection protection, GuestBacking backing, ulong offset, string name)
    {
        var memory = process.Machine.Memory;
        if (offset != 0)
        {
            // A part that mprotect has split off: the host has it mapped since the first part.
            return memory.Protect(start, length, protection);
        }

        var size = Size((int)backing.Inode);
        var place = size < 0 ? size : memory.Map(start, (ulong)size, GuestProtection.None, GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.Fixed);
        if (place < 0)
        {
            return place;
        }

        // What the guest may not write now it may have been able to write before an mprotect: writing is asked for where it is allowed.
        const GuestProtection Writable = GuestProtection.Read | GuestProtection.Write;
        var result = Place(process, start, (ulong)size, protection | Writable, backing, name);
        result = result == -Errno.EACCES ? Place(process, start, (ulong)size, protection, backing, name) : result;
        return result < 0 || (protection & Writable) == Writable ? result : memory.Protect(start, length, protection);
    }

    private static long Place(LinuxProcess process, ulong address, ulong size, GuestProtection protection, GuestBacking backing, string name) =>
        process.Machine.Memory.Place(address, size, protection, backing, name, host => HostCall.Invoke(
            Syscall.Shmat, (nint)backing.Inode, host, ReplaceMapping | ((protection & GuestProtection.Write) == 0 ? ReadOnly : 0)));

    /// <summary>shm_segsz, or a negated errno.</summary>
    private static long Size(int segment)
    {
        const int SizeWord = 6, Words = 14;
        var description = stackalloc long[Words];
        var result = HostCall.Invoke(Syscall.Shmctl, segment, Status, (nint)description);
        return result < 0 ? result : description[SizeWord];
    }
}
