namespace Dragoman.Runtime.Memory;

/// <summary>
/// The part of a file's last page past the file's end, for guests whose pages are larger than the host's: a kernel with their pages gives
/// zeros up to the guest page's end, where this host has nothing behind the end of its own page.
/// </summary>
public sealed unsafe partial class GuestMemory
{
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
                for (var page = Math.Max(mapping.Start, PageDown(address)); mapping.Backing is { Device: not 0 } && page < end; page += (ulong)PageSize)
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
