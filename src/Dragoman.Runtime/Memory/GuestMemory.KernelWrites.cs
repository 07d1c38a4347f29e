namespace Dragoman.Runtime.Memory;

/// <summary>
/// Where the host's kernel may find a page that the guest may write, but the host does not let be written: it holds translated code, is armed
/// for a load-exclusive, or is a file's last one, of which the host has a part only.
/// </summary>
public sealed unsafe partial class GuestMemory
{
    /// <summary>
    /// How many bytes from <paramref name="address"/> on a system call must not write into the guest's memory itself, but into a copy that is
    /// stored afterwards as by the guest (<see cref="TryWrite(ulong, ReadOnlySpan{byte})"/>): those of the range that the guest may write. 0 when
    /// the call may write there itself. Takes the lock.
    /// </summary>
    /// <remarks>
    /// What counts is not how a page is protected now, but what may happen to it until the call ends, which may be a long wait: code is only
    /// ever translated from an executable page, by any vCPU or the compile thread at any time, so every page that is writable and executable
    /// is one for a copy. Load-exclusives arm any writable page; a process in which one ever has, and in which other vCPUs run, copies all.
    /// (Left are an mprotect, or the first load-exclusive that arms, of another thread during the call.)
    /// </remarks>
    /// <param name="address">Guest address.</param>
    /// <param name="length">Bytes.</param>
    /// <param name="othersRun">True when other vCPUs may run meanwhile.</param>
    public ulong BytesToCopy(ulong address, ulong length, bool othersRun)
    {
        var arms = Armed is { } armed && (othersRun ? armed.HasEverArmed : armed.HasArmed);
        if (!IsRange(address, length) || (!arms && PageSize == Environment.SystemPageSize && !_mappings.MayHoldWritableCode(address, length)))
        {
            return 0;
        }

        lock (SyncRoot)
        {
            var any = arms && (othersRun || Armed!.HasArmedIn(address, length));
            var (start, end) = (address, address + length);
            while (address < end && _mappings.Find(address) is { } mapping && (mapping.Protection & GuestProtection.Write) != 0)
            {
                any |= (mapping.Protection & GuestProtection.Execute) != 0 || (PageSize != Environment.SystemPageSize && mapping.Backing is { Device: not 0 });
                address = mapping.End;
            }

            return any ? Math.Min(address, end) - start : 0;
        }
    }

    /// <summary>A range is being written, perhaps with what was there before: load-exclusives' reservations in it end. Takes the lock.</summary>
    public void EndReservations(ulong address, ulong length) => Armed?.Forget(address, length);

    /// <summary>Copies to the host what of a range can be read, whatever the guest's rights are: the bytes up to the first that cannot.</summary>
    public int Peek(ulong address, Span<byte> destination)
    {
        fixed (byte* pointer = destination)
        {
            return HostMemory.ReadSafely(ToHost(address), pointer, destination.Length);
        }
    }
}
