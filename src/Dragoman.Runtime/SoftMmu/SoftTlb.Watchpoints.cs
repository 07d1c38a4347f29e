using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>Watchpoints of the vCPU. Owner only.</summary>
public sealed partial class SoftTlb
{
    private readonly List<Watchpoint> _watchpoints = [];

    /// <summary>Has the guest's MMU told of accesses from now on.</summary>
    public void AddWatchpoint(Watchpoint watchpoint)
    {
        _watchpoints.Add(watchpoint);
        FlushRange(watchpoint.Address, watchpoint.Length, MmuModes.All, 64);
    }

    /// <summary>Ends it; false when it was not there.</summary>
    public bool RemoveWatchpoint(Watchpoint watchpoint)
    {
        var removed = _watchpoints.Remove(watchpoint);
        FlushRange(watchpoint.Address, watchpoint.Length, MmuModes.All, 64);
        return removed;
    }

    /// <summary>Tells of the watchpoints that an access covers. True: an exception is pending.</summary>
    internal bool HitsWatchpoint(ulong address, int size, GuestAccess access)
    {
        foreach (var watchpoint in _watchpoints)
        {
            if ((access == GuestAccess.Write ? watchpoint.Writes : watchpoint.Reads)
                && Overlap(watchpoint, address, (ulong)size)
                && _mmu.WatchpointHit(_vcpu, watchpoint, address, access))
            {
                return true;
            }
        }

        return false;
    }

    private bool IsWatched(ulong page)
    {
        foreach (var watchpoint in _watchpoints)
        {
            if (Overlap(watchpoint, page, ~_pageMask + 1))
            {
                return true;
            }
        }

        return false;
    }

    private static bool Overlap(Watchpoint watchpoint, ulong address, ulong length) =>
        address - watchpoint.Address < watchpoint.Length || watchpoint.Address - address < length;
}
