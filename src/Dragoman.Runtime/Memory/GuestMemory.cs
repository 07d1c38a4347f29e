using System.Numerics;

namespace Dragoman.Runtime.Memory;

/// <summary>
/// A user-mode guest's address space: one reserved host region, guest address 0 at <see cref="Base"/>, inaccessible guards of at least
/// 64 KiB at both ends, and the table of the guest's mappings.
/// </summary>
/// <remarks>
/// <para>Lock: <see cref="SyncRoot"/> (the "mmap lock") guards the mapping table, host protection of the region, the code pages and
/// writes to the TB table. It is taken before any TB's link lock, never while holding one, and never across guest code or a wait.
/// Address conversion needs no lock.</para>
/// <para>Addresses here are clean: a caller drops tag bytes first.</para>
/// </remarks>
public sealed unsafe partial class GuestMemory : IDisposable
{
    /// <summary>Bytes of the guards, at least: an access at an in-range address plus a small offset ends in one.</summary>
    public const int GuardSize = 64 * 1024;

    private readonly MappingTable _mappings = new();
    private readonly byte* _reservation;
    private readonly nuint _reservationLength;

    // Guarded by the lock.
    private ulong _nextAnonymous;

    // Of the thread that disposes, when no vCPU runs.
    private bool _disposed;

    /// <summary>Reserves the region.</summary>
    /// <param name="addressBits">Bits of a guest user-mode address.</param>
    /// <param name="pageSize">Guest page size in bytes: a power of two, at least the host's.</param>
    /// <param name="maximumLog2">Largest region to try; smaller powers of two follow when the host refuses.</param>
    /// <exception cref="OutOfMemoryException">The host grants not even 2^30 bytes of address space.</exception>
    public GuestMemory(int addressBits, int pageSize, int maximumLog2 = 46)
    {
        if (!BitOperations.IsPow2(pageSize) || pageSize < Environment.SystemPageSize)
        {
            throw new ArgumentException($"Guest page size {pageSize} is not a power of two of at least the host's {Environment.SystemPageSize}.", nameof(pageSize));
        }

        PageSize = pageSize;
        for (var log2 = Math.Min(addressBits, maximumLog2); ; log2--)
        {
            if (log2 < 30)
            {
                throw new OutOfMemoryException("The host refuses to reserve address space for the guest.");
            }

            var length = (nuint)(1UL << log2) + (2 * GuardSize);
            var region = HostMemory.Map(
                null, length, HostMemory.ProtNone, HostMemory.MapPrivate | HostMemory.MapAnonymous | HostMemory.MapNoReserve, -1, 0);
            if (region != HostMemory.Failed)
            {
                _reservation = region;
                _reservationLength = length;
                Base = region + GuardSize;
                LimitLog2 = log2;
                break;
            }
        }

        MmapBase = Limit - (Limit >> 3);
    }

    /// <summary>Guards the address space; see the remarks of the class.</summary>
    public Lock SyncRoot { get; } = new();

    /// <summary>Host address of guest address 0.</summary>
    public byte* Base { get; }

    /// <summary>Log2 of the bytes that guest addresses reach.</summary>
    public int LimitLog2 { get; }

    /// <summary>First guest address past the region.</summary>
    public ulong Limit => 1UL << LimitLog2;

    /// <summary>Guest page size in bytes.</summary>
    public int PageSize { get; }

    /// <summary>Mappings without a fixed address are placed below this, top down. Set once by the kernel before the guest starts.</summary>
    public ulong MmapBase { get; set; }

    /// <summary>Lowest guest address that a mapping without a fixed address may get.</summary>
    public ulong MinimumAddress { get; set; } = 0x10000;

    /// <summary>The pages that hold translated code; set by the machine.</summary>
    public CodePages? Code { get; internal set; }

    /// <summary>The pages guarded for load-exclusives; set by the machine.</summary>
    internal ArmedPages? Armed { get; set; }

    /// <summary>Told of each change of the mappings, in words (<c>-d page</c>); called under the lock.</summary>
    internal Action<string>? Trace { get; set; }

    /// <summary>Host address of a guest address. No check is made: the result may be inaccessible, or outside the region.</summary>
    public byte* ToHost(ulong address) => Base + address;

    /// <summary>Guest address of a host address inside the region or its guards.</summary>
    public bool TryToGuest(ulong hostAddress, out ulong address)
    {
        address = hostAddress - (ulong)Base;
        return hostAddress >= (ulong)_reservation && hostAddress < (ulong)_reservation + _reservationLength;
    }

    /// <summary>Rounds down to a guest page.</summary>
    public ulong PageDown(ulong address) => address & ~((ulong)PageSize - 1);

    /// <summary>Rounds up to a guest page.</summary>
    public ulong PageUp(ulong address) => (address + (ulong)PageSize - 1) & ~((ulong)PageSize - 1);

    /// <summary>The mapping that holds <paramref name="address"/>, or null. Takes the lock.</summary>
    public GuestMapping? Find(ulong address)
    {
        lock (SyncRoot)
        {
            return _mappings.Find(address);
        }
    }

    /// <summary>True when every page of the range is mapped with at least <paramref name="access"/>. Takes the lock.</summary>
    public bool Check(ulong address, ulong length, GuestProtection access)
    {
        if (address > Limit || length > Limit - address)
        {
            return false;
        }

        lock (SyncRoot)
        {
            var end = address + length;
            while (address < end)
            {
                if (_mappings.Find(address) is not { } mapping || (mapping.Protection & access) != access)
                {
                    return false;
                }

                address = mapping.End;
            }

            return true;
        }
    }

    /// <summary>All mappings in ascending order, neighbours that differ in nothing joined: what /proc/self/maps shows. Takes the lock.</summary>
    public IReadOnlyList<GuestMapping> Snapshot()
    {
        lock (SyncRoot)
        {
            return _mappings.ToArray();
        }
    }

    /// <summary>Names the pages of a range for /proc/self/maps (<c>[heap]</c>, <c>[stack]</c>). Takes the lock.</summary>
    public void SetName(ulong address, ulong length, string? name)
    {
        lock (SyncRoot)
        {
            _mappings.Update(PageDown(address), PageUp(address + length), mapping => mapping with { Name = name });
        }
    }

    /// <summary>Gives the region back to the host. No vCPU may run any more.</summary>
    public void Dispose()
    {
        if (!_disposed)
        {
            _disposed = true;
            HostMemory.Unmap(_reservation, _reservationLength);
        }
    }

    private static int HostProtection(GuestProtection protection)
    {
        // Guest code is only ever read on the host; every x86-64 mapping that can be written can be read.
        var host = protection == GuestProtection.None ? HostMemory.ProtNone : HostMemory.ProtRead;
        return (protection & GuestProtection.Write) != 0 ? host | HostMemory.ProtWrite : host;
    }

    /// <summary>Where else the byte at an address of a mapping is mapped, and by which mapping. Under the lock.</summary>
    /// <param name="mapping">The mapping that holds the address.</param>
    /// <param name="address">The address.</param>
    /// <param name="privateToo">Private mappings too, which show the same until they are written.</param>
    internal IEnumerable<(ulong Address, GuestMapping Mapping)> Aliases(GuestMapping mapping, ulong address, bool privateToo = false)
    {
        var offset = mapping.Offset + (address - mapping.Start);
        return mapping.Backing is null || !(privateToo || mapping.IsShared)
            ? []
            : _mappings.ToArray()
                .Where(other => mapping.Backing.Equals(other.Backing) && (privateToo || other.IsShared) && offset >= other.Offset && offset - other.Offset < other.Length)
                .Select(other => (other.Start + (offset - other.Offset), other))
                .Where(alias => alias.Item1 != address);
    }

    /// <summary>Sets the host's protection of one guest page. Under the lock.</summary>
    internal void SetHostProtection(ulong page, GuestProtection protection)
    {
        if (HostMemory.Protect(ToHost(page), (nuint)PageSize, HostProtection(protection)) != 0)
        {
            throw new InvalidOperationException($"mprotect of guest page {page:x} failed with error {-HostMemory.LastError()}.");
        }
    }

    /// <summary>The mapping of a range is about to change. Under the lock.</summary>
    private void Changing(ulong address, ulong length, FormattableString change, bool keepsFileEnds = false)
    {
        Trace?.Invoke($"page: {address:x}-{address + length:x} {change}");
        Armed?.Forget(address, length);
        Armed?.ForgetShared();
        Code?.Invalidate(address, length);
        if (!keepsFileEnds)
        {
            ForgetFileEnds(address, length);
        }
    }

    private bool IsRange(ulong address, ulong length) => length != 0 && address <= Limit && length <= Limit - address;
}
