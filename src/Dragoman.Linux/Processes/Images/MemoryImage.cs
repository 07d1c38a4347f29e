using Dragoman.Linux.Host;
using Dragoman.Linux.Syscalls;
using Dragoman.Runtime.Memory;

namespace Dragoman.Linux.Processes.Images;

/// <summary>
/// A copy of a guest's memory for its child: the map, and the pages that are its own. Pages of private mappings that are still the file's, or
/// have never been touched, are not copied: /proc/self/pagemap tells them apart.
/// </summary>
internal static unsafe class MemoryImage
{
    private const int HostPage = 4096;
    private const ulong Present = 1UL << 63;
    private const ulong Swapped = 1UL << 62;
    private const ulong FilePage = 1UL << 61;
    private const ulong Exclusive = 1UL << 56;
    private const int EntriesAtOnce = 8192;

    /// <summary>Pages that lie this close are copied in one run.</summary>
    private const int JoinGap = 2;

    /// <summary>Writes the map to <paramref name="writer"/> and the pages to <paramref name="image"/>. The memory's lock is held by the caller.</summary>
    /// <returns>0 or a negated errno.</returns>
    public static long Write(LinuxProcess process, StateWriter writer, int image)
    {
        var memory = process.Machine.Memory;
        var mappings = memory.Snapshot();
        var pagemap = HostPath.Open("/proc/self/pagemap", 0x80000);
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
            var runs = segment || (isShared && shared >= 0) ? [] : whole ? [new MemoryRun(mapping.Start, mapping.Length, 0)] : DirtyRuns((int)pagemap, memory, mapping);
            writer.Write(runs, run =>
            {
                writer.Write(run.Start);
                writer.Write(run.Length);
                writer.Write((ulong)offset);
                error = error < 0 ? error : Copy(memory, run.Start, run.Length, image, offset);
                offset += (long)run.Length;
            });
        });
        HostCall.Invoke(Syscall.Close, (nint)pagemap);
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
        var page = stackalloc byte[HostPage];
        var self = HostPath.Open("/proc/self/mem", 0x80000);
        var got = HostCall.Invoke(Syscall.Pread64, (nint)self, (nint)page, HostPage, (nint)memory.ToHost(address));
        HostCall.Invoke(Syscall.Close, (nint)self);
        if (got < HostPage)
        {
            new Span<byte>(page, HostPage).Clear();
        }

        return HostCall.Invoke(Syscall.Pwrite64, image, (nint)page, HostPage, (nint)offset);
    }

    /// <summary>The pages of a mapping that are the process's own, neighbours joined. Their place in an image is not set.</summary>
    public static List<MemoryRun> DirtyRuns(int pagemap, GuestMemory memory, GuestMapping mapping) => Runs(pagemap, memory, mapping, 0);

    /// <summary>Those of them that no other process has, too: what a forked child, or its parent, has written since the fork.</summary>
    public static List<MemoryRun> OwnRuns(int pagemap, GuestMemory memory, GuestMapping mapping) => Runs(pagemap, memory, mapping, Exclusive);

    private static List<MemoryRun> Runs(int pagemap, GuestMemory memory, GuestMapping mapping, ulong needed)
    {
        var runs = new List<MemoryRun>();
        var entries = new ulong[EntriesAtOnce];
        var pages = (long)(mapping.Length / HostPage);
        var first = (long)((nuint)memory.ToHost(mapping.Start) / HostPage);
        for (long at = 0; at < pages; at += EntriesAtOnce)
        {
            var count = (int)Math.Min(EntriesAtOnce, pages - at);
            fixed (ulong* buffer = entries)
            {
                var got = HostCall.Invoke(Syscall.Pread64, pagemap, (nint)buffer, count * 8, (nint)((first + at) * 8));
                if (got != count * 8)
                {
                    // No pagemap (a hardened host): every page counts as the process's own.
                    return [new MemoryRun(mapping.Start, mapping.Length, 0)];
                }
            }

            for (var i = 0; i < count; i++)
            {
                if ((entries[i] & (Present | Swapped)) != 0 && (entries[i] & FilePage) == 0 && (entries[i] & needed) == needed)
                {
                    Append(runs, mapping.Start + ((ulong)(at + i) * HostPage));
                }
            }
        }

        return runs;
    }

    private static void Append(List<MemoryRun> runs, ulong page)
    {
        if (runs.Count > 0 && page - (runs[^1].Start + runs[^1].Length) <= JoinGap * HostPage)
        {
            runs[^1] = runs[^1] with { Length = page + HostPage - runs[^1].Start };
        }
        else
        {
            runs.Add(new MemoryRun(page, HostPage, 0));
        }
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
