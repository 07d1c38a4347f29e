using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Memory;

/// <summary>
/// Pages that a load-exclusive has armed: write-protected on the host, so that every store to one is seen, and a store to a reserved
/// granule takes the reservation away even when it writes what was there before.
/// </summary>
/// <remarks>
/// Guarded by the memory's lock. Reservations themselves are in the vCPU blocks: another vCPU's is taken away only in an exclusive
/// section, in which no block is in use; where that cannot be (system calls, changes of the mapping) the page's generation goes, and
/// every store-exclusive that was armed under it fails. Pages of other mappings that show the same memory are armed with it, under the
/// same generation; a change of any mapping disarms all pages of shared memory. Stores by another process are found by their value only.
/// </remarks>
internal sealed unsafe class ArmedPages(GuestMemory memory, int granule)
{
    private readonly ulong _granule = (ulong)granule;

    // A store may begin this far before the address at which the host saw it fault.
    private const ulong LargestStore = 32;

    // Pages under one generation show the same memory.
    private readonly Dictionary<ulong, ulong> _generations = [];
    // Written under the lock; read without it to see whether there ever was one.
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

    /// <summary>Arms the page of an address, wherever it is mapped, and returns its generation; 0 when the guest may not write there. Takes the lock.</summary>
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

            _last++;
            Protect(page, mapping);
            foreach (var (alias, other) in memory.Aliases(mapping, page))
            {
                if ((other.Protection & GuestProtection.Write) != 0)
                {
                    Protect(alias, other);
                }
            }

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
                var stored = SeenFrom(granule, address);
                if (vcpu != self && header->ExclusiveSize != 0 && stored < granule + _granule && stored + LargestStore > granule)
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
            if (!_generations.TryGetValue(page, out var generation))
            {
                return;
            }

            foreach (var vcpu in vcpus)
            {
                var header = vcpu.Header;
                if (header->ExclusiveSize != 0 && header->ExclusiveGeneration != 0
                    && _generations.GetValueOrDefault(memory.PageDown(header->ExclusiveAddress)) == generation && memory.Find(page) is { } mapping)
                {
                    memory.SetHostProtection(page, mapping.Protection & ~GuestProtection.Write);
                    return;
                }
            }

            Disarm([generation]);
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
            Disarm([.. _generations.Where(armed => armed.Key >= first && armed.Key < address + length).Select(armed => armed.Value)]);
        }
    }

    /// <summary>Disarms all pages of shared memory: what is about to be mapped may show one of them. Takes the lock.</summary>
    public void ForgetShared()
    {
        if (_count == 0)
        {
            return;
        }

        lock (memory.SyncRoot)
        {
            Disarm([.. _generations.Where(armed => memory.Find(armed.Key) is { IsShared: true }).Select(armed => armed.Value)]);
        }
    }

    // Under the lock, like all that follows.
    private void Protect(ulong page, GuestMapping mapping)
    {
        memory.SetHostProtection(page, mapping.Protection & ~GuestProtection.Write);
        _generations.Add(page, _last);
    }

    private void Disarm(HashSet<ulong> generations)
    {
        foreach (var page in _generations.Where(armed => generations.Contains(armed.Value)).Select(armed => armed.Key).ToArray())
        {
            _generations.Remove(page);
            if (memory.Find(page) is { } mapping && memory.Code?.IsProtected(page) != true)
            {
                memory.SetHostProtection(page, mapping.Protection);
            }
        }

        _count = _generations.Count;
    }

    /// <summary>Where a store's address lies for a reservation: in the reservation's own page when both pages show the same memory.</summary>
    private ulong SeenFrom(ulong reserved, ulong address)
    {
        ulong page = memory.PageDown(address), own = memory.PageDown(reserved);
        return page != own && _generations.TryGetValue(page, out var generation) && _generations.GetValueOrDefault(own) == generation
            ? own + (address - page)
            : address;
    }
}
