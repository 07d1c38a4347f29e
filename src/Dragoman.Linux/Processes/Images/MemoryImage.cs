using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// A copy of a guest's memory for its child: the map, and the pages that are its own. Pages of private mappings that are still the file's, or
/// have never been touched, are not copied: <see cref="PageMap"/> tells them apart.
/// </summary>
internal static unsafe class MemoryImage
{
    /// <summary>Writes the map to <paramref name="writer"/> and the pages to <paramref name="image"/>. The memory's lock is held by the caller.</summary>
    /// <returns>0 or a negated errno.</returns>
    public static long Write(LinuxProcess process, StateWriter writer, int image)
    {
        var memory = process.Machine.Memory;
        var mappings = memory.Snapshot();
        using var pages = new PageMap();
        long offset = 0, error = 0;
        writer.Write(memory.MmapBase);
        writer.Write(mappings, mapping =>
        {
            var isShared = (mapping.Flags & GuestMapFlags.Shared) != 0;
            var shared = isShared && mapping.Backing is { } backing ? process.SharedObjects.Find(backing) : -1;
            var reopen = !isShared && mapping.Backing is { Device: not 0 } file && mapping.Name is { } path && IsSameFile(path, file);
            var segment = isShared && SharedMemoryCalls.IsSegment(mapping.Backing);
            var whole = segment ? false : isShared ? shared < 0 : mapping.Backing is not null && !reopen;
            writer.Write(mapping.Start);
            writer.Write(mapping.End);
            writer.Write((int)mapping.Protection);
            writer.Write((int)mapping.Flags);
            writer.Write(mapping.Backing is not null);
            writer.Write(mapping.Backing?.Device ?? 0);
            writer.Write(mapping.Backing?.Inode ?? 0);
            writer.Write(mapping.Offset);
            writer.Write(mapping.Name);
            writer.Write(shared);
            writer.Write(reopen);
            var runs = segment || (isShared && shared >= 0) ? [] : whole ? [(mapping.Start, mapping.Length)] : pages.OwnRuns(memory, mapping, aloneOnly: false);
            writer.Write(runs, run =>
            {
                writer.Write(run.Start);
                writer.Write(run.Length);
                writer.Write((ulong)offset);
                error = error < 0 ? error : Copy(memory, run.Start, run.Length, image, offset);
                offset += (long)run.Length;
            });
        });
        return error < 0 ? error : offset;
    }

    /// <summary>Makes the memory again in a fresh process.</summary>
    /// <returns>What the parent had mapped.</returns>
    public static List<ImageRegion> Read(LinuxProcess process, StateReader reader, int image)
    {
        var memory = process.Machine.Memory;
        memory.MmapBase = reader.ReadULong();
        return reader.ReadList(() => ReadMapping(process, memory, reader, image));
    }

    private static ImageRegion ReadMapping(LinuxProcess process, GuestMemory memory, StateReader reader, int image)
    {
        var start = reader.ReadULong();
        var length = reader.ReadULong() - start;
        var protection = (GuestProtection)reader.ReadInt();
        var flags = (GuestMapFlags)reader.ReadInt() | GuestMapFlags.Fixed;
        var hasBacking = reader.ReadBool();
        var backing = new GuestBacking(reader.ReadULong(), reader.ReadULong());
        var offset = reader.ReadULong();
        var name = reader.ReadText();
        var shared = reader.ReadInt();
        var reopen = reader.ReadBool();
        long result;
        if (shared >= 0)
        {
            process.SharedObjects.Adopt(backing, shared);
            result = memory.Map(start, length, protection, flags & ~GuestMapFlags.Anonymous, shared, offset, backing, name);
        }
        else if (hasBacking && SharedMemoryCalls.IsSegment(backing))
        {
            result = SharedMemoryCalls.AttachAgain(process, start, length, protection, backing, offset, name ?? "");
        }
        else if (reopen)
        {
            var descriptor = HostPath.Open(name!, 0x80000);
            result = descriptor < 0 ? descriptor : memory.Map(start, length, protection, flags, (int)descriptor, offset, backing, name);
            HostCall.Invoke(Syscall.Close, (nint)descriptor);
        }
        else
        {
            var anonymous = (flags & ~GuestMapFlags.Shared) | GuestMapFlags.Private | GuestMapFlags.Anonymous;
            result = memory.Map(start, length, protection, anonymous, name: name);
        }

        var runs = reader.ReadList(() => new MemoryRun(reader.ReadULong(), reader.ReadULong(), reader.ReadULong()));
        if (result < 0)
        {
            throw new InvalidOperationException($"The child cannot map 0x{start:x} ({name}): {Errno.Name((int)-result)}.");
        }

        var region = new ImageRegion(start, length, shared >= 0, reopen ? name : null, offset, runs);
        if (runs.Count == 0)
        {
            return region;
        }

        if ((protection & GuestProtection.Write) == 0)
        {
            memory.Protect(start, length, protection | GuestProtection.Read | GuestProtection.Write);
        }

        foreach (var run in runs)
        {
            memory.FillFileEnds(run.Start, run.Length);
            Load(memory.ToHost(run.Start), (long)run.Length, image, (long)run.Offset);
        }

        if ((protection & GuestProtection.Write) == 0)
        {
            memory.Protect(start, length, protection);
        }

        return region;
    }

    private static void Load(byte* target, long length, int image, long offset)
    {
        long done = 0;
        while (done < length)
        {
            var got = HostCall.Invoke(Syscall.Pread64, image, (nint)(target + done), (nint)(length - done), (nint)(offset + done));
            if (got <= 0)
            {
                throw new InvalidOperationException($"The parent's memory image ends early ({got}).");
            }

            done += got;
        }
    }

    private static long Copy(GuestMemory memory, ulong start, ulong length, int image, long offset)
    {
        ulong done = 0;
        while (done < length)
        {
            var result = HostCall.Invoke(Syscall.Pwrite64, image, (nint)memory.ToHost(start + done), (nint)(length - done), (nint)(offset + (long)done));
            if (result == -Errno.EFAULT)
            {
                result = CopyUnreadable(memory, start + done, image, offset + (long)done);
            }

            if (result < 0)
            {
                return result;
            }

            done += (ulong)result;
        }

        return 0;
    }

    /// <summary>One page that the guest may not read itself: /proc/self/mem looks past protections. A page past a file's end stays a hole.</summary>
    private static long CopyUnreadable(GuestMemory memory, ulong address, int image, long offset)
    {
        var page = stackalloc byte[PageMap.PageSize];
        var self = HostPath.Open("/proc/self/mem", 0x80000);
        var got = HostCall.Invoke(Syscall.Pread64, (nint)self, (nint)page, PageMap.PageSize, (nint)memory.ToHost(address));
        HostCall.Invoke(Syscall.Close, (nint)self);
        if (got < PageMap.PageSize)
        {
            new Span<byte>(page, PageMap.PageSize).Clear();
        }

        return HostCall.Invoke(Syscall.Pwrite64, image, (nint)page, PageMap.PageSize, (nint)offset);
    }

    private static bool IsSameFile(string path, GuestBacking backing)
    {
        var descriptor = HostPath.Open(path, 0x80000);
        if (descriptor < 0)
        {
            return false;
        }

        var status = HostPath.Status(descriptor);
        HostCall.Invoke(Syscall.Close, (nint)descriptor);
        return status.Device == backing.Device && status.Inode == backing.Inode;
    }
}
