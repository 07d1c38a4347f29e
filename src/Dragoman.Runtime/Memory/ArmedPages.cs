using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Memory;

/// <summary>
/// Pages that a load-exclusive has armed: write-protected on the host, so that every store to one is seen, and a store to a reserved
/// granule takes the reservation away even when it writes what was there before.
/// </summary>
/// <remarks>
/// Guarded by the memory's lock. Reservations themselves are in the vCPU blocks: another vCPU's is taken away only in an exclusive
/// section, in which no block is in use; where that cannot be (system calls, changes of the mapping) the page's generation goes, and
/// every store-exclusive that was armed under it fails. Stores through another mapping of the page, or by another process, are found
/// by their value only.
/// </remarks>
internal sealed unsafe class ArmedPages(GuestMemory memory, int granule)
{
    private readonly ulong _granule = (ulong)granule;

    // A store may begin this far before the address at which the host saw it fault.
    private const ulong LargestStore = 32;

    private readonly Dictionary<ulong, ulong> _generations = [];
    private ulong _last;

    // Read without the lock by system calls, to see at once that there is nothing to do.
    private volatile int _count;

    /// <summary>True once a page has been armed. Any thread.</summary>
    public bool HasEverArmed => Volatile.Read(ref _last) != 0;

    /// <summary>True while any page is armed. Any thread.</summary>
    public bool HasArmed => _count != 0;

    /// <summary>True while a page of a range is armed.</summary>
    public bool HasArmedIn(ulong address, ulong length) =>
        _count != 0 && _generations.Keys.Any(page => page >= memory.PageDown(address) && page < address + length);

    /// <summary>True while a page is armed.</summary>
    public bool IsArmed(ulong page) => _count != 0 && _generations.ContainsKey(page);

    /// <summary>Arms the page of an address and returns its generation; 0 when the guest may not write there. Takes the lock.</summary>
    public ulong Arm(ulong address)
    {
        lock (memory.SyncRoot)
        {
            var page = memory.PageDown(address);
            if (_generations.TryGetValue(page, out var generation))
            {
                return generation;
            }

            if (memory.Find(page) is not { } mapping || (mapping.Protection & GuestProtection.Write) == 0)
            {
                return 0;
            }

            memory.SetHostProtection(page, mapping.Protection & ~GuestProtection.Write);
            _generations.Add(page, ++_last);
            _count = _generations.Count;
            return _last;
        }
    }

    /// <summary>True while the page of an address is armed under the generation. Takes the lock.</summary>
    public bool IsCurrent(ulong address, ulong generation)
    {
        lock (memory.SyncRoot)
        {
            return _generations.TryGetValue(memory.PageDown(address), out var current) && current == generation;
        }
    }

    /// <summary>
    /// Before the store at <paramref name="address"/> is done, in an exclusive section of the storing vCPU's: takes away the other vCPUs'
    /// reservations there, and lets the page be written.
    /// </summary>
    public void BeginStore(ulong address, Vcpu self, IReadOnlyList<Vcpu> vcpus)
    {
        lock (memory.SyncRoot)
        {
            foreach (var vcpu in vcpus)
            {
                var header = vcpu.Header;
                var granule = header->ExclusiveAddress & ~(_granule - 1);
                if (vcpu != self && header->ExclusiveSize != 0 && address < granule + _granule && address + LargestStore > granule)
                {
                    header->ExclusiveAddress = ulong.MaxValue;
                    header->ExclusiveSize = 0;
                }
            }

            if (memory.Find(address) is { } mapping)
            {
                memory.SetHostProtection(memory.PageDown(address), mapping.Protection);
            }
        }
    }

    /// <summary>After it, still in the exclusive section: protects the page again while a reservation in it is left.</summary>
    public void EndStore(ulong address, IReadOnlyList<Vcpu> vcpus)
    {
        lock (memory.SyncRoot)
        {
            var page = memory.PageDown(address);
            foreach (var vcpu in vcpus)
            {
                if (vcpu.Header->ExclusiveSize != 0 && memory.PageDown(vcpu.Header->ExclusiveAddress) == page && vcpu.Header->ExclusiveGeneration != 0
                    && _generations.ContainsKey(page) && memory.Find(page) is { } mapping)
                {
                    memory.SetHostProtection(page, mapping.Protection & ~GuestProtection.Write);
                    return;
                }
            }

            _generations.Remove(page);
            _count = _generations.Count;
        }
    }

    /// <summary>Disarms the pages of a range: reservations in them are lost. Takes the lock.</summary>
    public void Forget(ulong address, ulong length)
    {
        if (_count == 0 || length == 0)
        {
            return;
        }

        lock (memory.SyncRoot)
        {
            var first = memory.PageDown(address);
            foreach (var page in _generations.Keys.Where(page => page >= first && page < address + length).ToArray())
            {
                _generations.Remove(page);
                if (memory.Find(page) is { } mapping && memory.Code?.IsProtected(page) != true)
                {
                    memory.SetHostProtection(page, mapping.Protection);
                }
            }

            _count = _generations.Count;
        }
    }
}
