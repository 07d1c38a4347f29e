namespace Dragoman.Runtime.Memory;

/// <summary>mmap, munmap, mprotect and mremap on the region. Each takes the lock, and returns an address or a negated errno.</summary>
public sealed unsafe partial class GuestMemory
{
    /// <summary>Where <see cref="GuestMapFlags.Low"/> begins and ends (arch/x86/kernel/sys_x86_64.c: find_start_end).</summary>
    private const ulong LowStart = 1UL << 30, LowLimit = 1UL << 31;

    /// <summary>mmap(2).</summary>
    /// <param name="address">Hint, or the address when <see cref="GuestMapFlags.Fixed"/> or <see cref="GuestMapFlags.FixedNoReplace"/>.</param>
    /// <param name="length">Bytes; rounded up to whole guest pages.</param>
    /// <param name="protection">What the guest may do.</param>
    /// <param name="flags">Exactly one of Shared and Private, and what else applies.</param>
    /// <param name="descriptor">Host file descriptor, -1 when anonymous.</param>
    /// <param name="offset">Byte offset in the file: a multiple of the guest page.</param>
    /// <param name="backing">Identity of the file; null when anonymous.</param>
    /// <param name="name">Name for /proc/self/maps, or null.</param>
    /// <param name="end">Where addresses end that are not fixed.</param>
    /// <returns>The guest address, or a negated errno.</returns>
    public long Map(
        ulong address,
        ulong length,
        GuestProtection protection,
        GuestMapFlags flags,
        int descriptor = -1,
        ulong offset = 0,
        GuestBacking? backing = null,
        string? name = null,
        ulong end = ulong.MaxValue)
    {
        var isFixed = (flags & (GuestMapFlags.Fixed | GuestMapFlags.FixedNoReplace)) != 0;
        var sharing = flags & (GuestMapFlags.Shared | GuestMapFlags.Private);
        if (length == 0 || (offset & ((ulong)PageSize - 1)) != 0 || (isFixed && PageDown(address) != address)
            || (sharing != GuestMapFlags.Shared && sharing != GuestMapFlags.Private))
        {
            return -HostMemory.EINVAL;
        }

        if (length > Limit)
        {
            return -HostMemory.ENOMEM;
        }

        length = PageUp(length);
        lock (SyncRoot)
        {
            if (isFixed)
            {
                if (!IsRange(address, length))
                {
                    return -HostMemory.ENOMEM;
                }

                if ((flags & GuestMapFlags.FixedNoReplace) != 0 && !_mappings.IsFree(address, address + length))
                {
                    return -HostMemory.EEXIST;
                }
            }
            else if (((flags & GuestMapFlags.Low) != 0
                ? FindFree(address, length, LowStart, LowLimit) : FindFree(address, length, MinimumAddress, Math.Min(end, Limit))) is { } free)
            {
                address = free;
            }
            else
            {
                return -HostMemory.ENOMEM;
            }

            Changing(address, length, $"map {protection} {flags} {name}");
            var hostFlags = (int)(flags & (GuestMapFlags.Shared | GuestMapFlags.Private | GuestMapFlags.Anonymous | GuestMapFlags.NoReserve | GuestMapFlags.Populate))
                | HostMemory.MapFixed;
            var result = HostMemory.Map(ToHost(address), (nuint)length, HostProtection(protection), hostFlags, descriptor, (long)offset);
            if (result == HostMemory.Failed)
            {
                return HostMemory.LastError();
            }

            if ((flags & GuestMapFlags.Anonymous) != 0)
            {
                backing = sharing == GuestMapFlags.Shared ? new GuestBacking(0, ++_nextAnonymous) : null;
            }

            var kept = flags & ~(GuestMapFlags.Fixed | GuestMapFlags.FixedNoReplace | GuestMapFlags.Populate | GuestMapFlags.Low);
            if ((kept & GuestMapFlags.GrowsDown) != 0 && length < GrowthLimit)
            {
                Volatile.Write(ref _mayGrow, true);
            }

            _mappings.Remove(address, address + length);
            _mappings.Add(new GuestMapping(address, address + length, protection, kept, backing, backing is null ? 0 : offset, name));
            return (long)address;
        }
    }

    /// <summary>Puts an object that is no file in the place of mapped memory, shared.</summary>
    /// <param name="address">First guest address: a multiple of the guest page.</param>
    /// <param name="length">Bytes; rounded up to whole guest pages. All of them are mapped.</param>
    /// <param name="protection">What the guest may do.</param>
    /// <param name="backing">Identity of the object.</param>
    /// <param name="name">Name for /proc/self/maps.</param>
    /// <param name="place">Maps the object over what is at a host address: a negated errno when it cannot.</param>
    /// <returns>The guest address, or what <paramref name="place"/> has returned.</returns>
    public long Place(ulong address, ulong length, GuestProtection protection, GuestBacking backing, string name, Func<nint, long> place)
    {
        length = PageUp(length);
        lock (SyncRoot)
        {
            Changing(address, length, $"place {protection} {name}");
            if (place((nint)ToHost(address)) is < 0 and var error)
            {
                return error;
            }

            _mappings.Update(
                address, address + length, mapping => mapping with { Protection = protection, Flags = GuestMapFlags.Shared, Backing = backing, Offset = mapping.Start - address, Name = name });
            return (long)address;
        }
    }

    /// <summary>munmap(2): 0 or a negated errno. A range with nothing in it is no error.</summary>
    public int Unmap(ulong address, ulong length)
    {
        if (PageDown(address) != address || !IsRange(address, length) || !IsRange(address, PageUp(length)))
        {
            return -HostMemory.EINVAL;
        }

        length = PageUp(length);
        lock (SyncRoot)
        {
            Changing(address, length, $"unmap");
            return Release(address, length);
        }
    }

    /// <summary>mprotect(2): 0 or a negated errno (ENOMEM when a page of the range is not mapped).</summary>
    public int Protect(ulong address, ulong length, GuestProtection protection)
    {
        if (PageDown(address) != address)
        {
            return -HostMemory.EINVAL;
        }

        if (length == 0)
        {
            return 0;
        }

        if (!IsRange(address, length) || !IsRange(address, PageUp(length)))
        {
            return -HostMemory.ENOMEM;
        }

        length = PageUp(length);
        lock (SyncRoot)
        {
            // Linux changes the pages before the first hole, then fails.
            var end = address;
            while (end < address + length && _mappings.Find(end) is { } mapping)
            {
                end = Math.Min(mapping.End, address + length);
            }

            if (end > address)
            {
                Changing(address, end - address, $"protect {protection}", keepsFileEnds: true);
                if (HostMemory.Protect(ToHost(address), (nuint)(end - address), HostProtection(protection)) != 0)
                {
                    return HostMemory.LastError();
                }

                _mappings.Update(address, end, mapping => mapping with { Protection = protection });
            }

            return end == address + length ? 0 : -HostMemory.ENOMEM;
        }
    }

    /// <summary>mremap(2): the guest address or a negated errno.</summary>
    public long Remap(ulong oldAddress, ulong oldLength, ulong newLength, GuestRemapFlags flags, ulong newAddress = 0)
    {
        oldLength = PageUp(oldLength);
        newLength = PageUp(newLength);
        var isFixed = (flags & GuestRemapFlags.Fixed) != 0;
        var mayMove = (flags & GuestRemapFlags.MayMove) != 0;
        if (PageDown(oldAddress) != oldAddress || newLength == 0 || (isFixed && (!mayMove || PageDown(newAddress) != newAddress))
            || ((flags & GuestRemapFlags.DontUnmap) != 0 && (!mayMove || oldLength != newLength)))
        {
            return -HostMemory.EINVAL;
        }

        if (!IsRange(oldAddress, Math.Max(oldLength, 1)) || newLength > Limit)
        {
            return isFixed || newLength > Limit ? -HostMemory.EINVAL : -HostMemory.EFAULT;
        }

        lock (SyncRoot)
        {
            return RemapLocked(oldAddress, oldLength, newLength, flags, newAddress);
        }
    }

    /// <summary>
    /// A free guest range for a mapping below <paramref name="end"/>, at the hint when it is free there, else top down below <see cref="MmapBase"/> to <paramref name="bottom"/>.
    /// </summary>
    private ulong? FindFree(ulong hint, ulong length, ulong bottom, ulong end)
    {
        hint = PageDown(hint);
        if (hint >= MinimumAddress && length <= end && hint <= end - length && _mappings.IsFree(hint, hint + length, GuardGap))
        {
            return hint;
        }

        return _mappings.FindFreeBelow(PageDown(Math.Min(MmapBase, end)), bottom, length, GuardGap)
            ?? _mappings.FindFreeBelow(Math.Min(end, Limit - (ulong)PageSize), bottom, length, GuardGap);
    }

    /// <summary>Puts the reservation back over a range, so that no other mapping of the host can come to lie there.</summary>
    private int Release(ulong address, ulong length)
    {
        var flags = HostMemory.MapPrivate | HostMemory.MapAnonymous | HostMemory.MapNoReserve | HostMemory.MapFixed;
        if (HostMemory.Map(ToHost(address), (nuint)length, HostMemory.ProtNone, flags, -1, 0) == HostMemory.Failed)
        {
            return HostMemory.LastError();
        }

        _mappings.Remove(address, address + length);
        return 0;
    }
}
