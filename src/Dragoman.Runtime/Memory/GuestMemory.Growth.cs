namespace Dragoman.Runtime.Memory;

/// <summary>Mappings that grow when what lies below them is touched (<see cref="GuestMapFlags.GrowsDown"/>), as mm/vma.c (expand_downwards) has it.</summary>
public sealed unsafe partial class GuestMemory
{
    private const int GuardPages = 256;

    // Written by Volatile, by whoever maps or raises the limit; never cleared. Read without a lock before memory is reached: most processes have a stack of full size only.
    private bool _mayGrow;

    // Bytes, whole: any thread reads and writes it by Volatile.
    private ulong _growthLimit = ulong.MaxValue;

    /// <summary>True once there may be a mapping that has not grown as far as it may. Any thread.</summary>
    public bool MayGrow => Volatile.Read(ref _mayGrow);

    /// <summary>The largest size in bytes that a mapping grows to (RLIMIT_STACK). Any thread.</summary>
    public ulong GrowthLimit
    {
        get => Volatile.Read(ref _growthLimit);
        set
        {
            Volatile.Write(ref _mayGrow, MayGrow || value > _growthLimit);
            Volatile.Write(ref _growthLimit, value);
        }
    }

    /// <summary>Bytes below a mapping that grows that no other mapping is placed in, and that its growth keeps free (stack_guard_gap).</summary>
    private ulong GuardGap => GuardPages * (ulong)PageSize;

    /// <summary>
    /// Has the mapping above an address grow down to it, where nothing is mapped and that mapping grows. True when the address is mapped afterwards, also by another
    /// thread's growth. Takes the lock.
    /// </summary>
    public bool Grow(ulong address)
    {
        if (!MayGrow || address >= Limit || address < MinimumAddress)
        {
            return false;
        }

        lock (SyncRoot)
        {
            var start = PageDown(address);
            if (_mappings.AtOrAfter(start) is not { } mapping)
            {
                return false;
            }

            if (mapping.Start <= start)
            {
                return true;
            }

            if ((mapping.Flags & GuestMapFlags.GrowsDown) == 0 || mapping.End - start > GrowthLimit)
            {
                return false;
            }

            // Another of the kind, and what nobody may access, is no danger below.
            if (_mappings.Before(start) is { } below && (below.Flags & GuestMapFlags.GrowsDown) == 0 && below.Protection != GuestProtection.None && start - below.End < GuardGap)
            {
                return false;
            }

            return Map(start, mapping.Start - start, mapping.Protection, mapping.Flags | GuestMapFlags.Fixed | GuestMapFlags.Anonymous, name: mapping.Name) >= 0;
        }
    }
}
