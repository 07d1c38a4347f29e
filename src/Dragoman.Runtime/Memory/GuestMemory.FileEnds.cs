namespace Dragoman.Runtime.Memory;

/// <summary>
/// The part of a file's last page past the file's end, for guests whose pages are larger than the host's: a kernel with their pages gives
/// zeros up to the guest page's end, where this host has nothing behind the end of its own page.
/// </summary>
public sealed unsafe partial class GuestMemory
{
    // Places of zeros that stand in a shared mapping behind its file's end, by guest address: they must go when the file grows. Guarded by the lock.
    private readonly Dictionary<ulong, GuestMapping> _fileEnds = [];

    // Read without the lock by every system call, to see at once that there is nothing to do.
    private volatile int _fileEndCount;

    /// <summary>True while a shared mapping has zeros of its own behind its file's end. Any thread.</summary>
    public bool HasFileEnds => _fileEndCount != 0;

    /// <summary>
    /// Maps the file again where zeros stood behind its end and it has grown since: for the end of each system call, after which a guest may expect to
    /// see what it, or a process that it has heard from, has written. What was stored behind the end is lost, as a kernel clears it. Takes the lock.
    /// </summary>
    /// <param name="length">The length of a file and a descriptor of it, which is writable if a mapping was; -1 when it is not known.</param>
    public void FollowFileEnds(Func<GuestBacking, (long Length, int Descriptor)> length)
    {
        lock (SyncRoot)
        {
            foreach (var (at, mapping) in _fileEnds.ToArray())
            {
                var offset = mapping.Offset + (at - mapping.Start);
                var (end, descriptor) = length(mapping.Backing!);
                if (end <= (long)offset || _mappings.Find(at) is not { } now)
                {
                    continue;
                }

                // All of the page is as the mapping has it again: nothing is armed in it, and no code of it is known.
                var page = PageDown(at);
                Changing(page, (ulong)PageSize, $"file has grown", keepsFileEnds: true);
                SetHostProtection(page, now.Protection);
                var size = (nuint)(page + (ulong)PageSize - at);
                var flags = HostMemory.MapShared | HostMemory.MapFixed;
                if (HostMemory.Map(ToHost(at), size, HostProtection(now.Protection), flags, descriptor, (long)offset) != HostMemory.Failed)
                {
                    _fileEnds.Remove(at);
                }
            }

            _fileEndCount = _fileEnds.Count;
        }
    }

    private void ForgetFileEnds(ulong address, ulong length)
    {
        if (_fileEndCount == 0)
        {
            return;
        }

        foreach (var at in _fileEnds.Keys.Where(at => at >= address && at < address + length).ToArray())
        {
            _fileEnds.Remove(at);
        }

        _fileEndCount = _fileEnds.Count;
    }

    /// <summary>
    /// The host has refused an access because a mapped file ends before it. When part of the guest page is there, the rest becomes zeros
    /// (private ones: in a shared mapping the kernel would drop what is stored there, too). Takes the lock.
    /// </summary>
    /// <returns>False when the whole guest page lies past the file's end.</returns>
    public bool FillFileEnd(ulong address)
    {
        var hostPage = Environment.SystemPageSize;
        if (PageSize == hostPage || address >= Limit)
        {
            return false;
        }

        lock (SyncRoot)
        {
            var page = PageDown(address);
            byte probe;
            if (_mappings.Find(page) is not { Backing: not null } mapping || HostMemory.ReadSafely(ToHost(page), &probe, 1) == 0)
            {
                return false;
            }

            var protection = Armed?.IsArmed(page) == true || Code?.IsProtected(page) == true ? mapping.Protection & ~GuestProtection.Write : mapping.Protection;
            for (var offset = hostPage; offset < PageSize; offset += hostPage)
            {
                var at = ToHost(page) + offset;
                if (HostMemory.ReadSafely(at, &probe, 1) == 1)
                {
                    continue;
                }

                var flags = HostMemory.MapPrivate | HostMemory.MapAnonymous | HostMemory.MapFixed | HostMemory.MapNoReserve;
                if (HostMemory.Map(at, (nuint)(PageSize - offset), HostProtection(protection), flags, -1, 0) == HostMemory.Failed)
                {
                    throw new InvalidOperationException($"mmap in guest page {page:x} failed with error {-HostMemory.LastError()}.");
                }

                if ((mapping.Flags & GuestMapFlags.Shared) != 0)
                {
                    _fileEnds[page + (ulong)offset] = mapping;
                    _fileEndCount = _fileEnds.Count;
                }

                return true;
            }

            // Another vCPU was first.
            return true;
        }
    }

    /// <summary>As <see cref="FillFileEnd"/> for every page of a range that may hold a file's end: true when the host's access is worth repeating. Takes the lock.</summary>
    public bool FillFileEnds(ulong address, ulong length)
    {
        if (PageSize == Environment.SystemPageSize || !IsRange(address, length))
        {
            return false;
        }

        lock (SyncRoot)
        {
            var any = false;
            foreach (var mapping in _mappings.Within(address, address + length).ToArray())
            {
                // Pages are there up to the last of the file: one that is not ends the search.
                var end = Math.Min(mapping.End, PageUp(address + length));
                for (var page = PageDown(mapping.Start); mapping.Backing is { Device: not 0 } && page < end; page += (ulong)PageSize)
                {
                    byte probe;
                    if (HostMemory.ReadSafely(ToHost(page) + PageSize - 1, &probe, 1) == 0)
                    {
                        any |= FillFileEnd(page);
                        break;
                    }
                }
            }

            return any;
        }
    }
}
