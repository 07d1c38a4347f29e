namespace Dragoman.Runtime.SoftMmu;

/// <summary>
/// The physical address space of a machine: RAM, ROM and devices, which do not overlap. Where nothing lies, an access is a bus fault.
/// </summary>
/// <remarks>The map is replaced as a whole, so readers take no lock. Who changes it while vCPUs run flushes every TLB afterwards.</remarks>
public sealed unsafe partial class PhysicalMemory : IDisposable
{
    private readonly Lock _lock = new();
    private readonly List<RamBlock> _blocks = [];
    private readonly Func<IReadOnlyList<SystemVcpu>> _vcpus;

    // Sorted by start. Published with release semantics after it is complete.
    private PhysicalSection[] _map = [];

    internal PhysicalMemory(int pageBits, Func<IReadOnlyList<SystemVcpu>> vcpus)
    {
        PageBits = pageBits;
        _vcpus = vcpus;
    }

    /// <summary>Log2 of the smallest page in bytes: that of TLB entries and of dirty tracking.</summary>
    public int PageBits { get; }

    /// <summary>Who is told of stores to code, or null while nothing is translated. Set before a vCPU runs.</summary>
    public ITranslatedCode? Code { get; set; }

    /// <summary>What load-exclusives have reserved; null in memory without a machine.</summary>
    internal ReservedPages? Reserved { get; set; }

    /// <summary>Start of the page of an address or offset.</summary>
    public ulong PageOf(ulong address) => address & (ulong.MaxValue << PageBits);

    /// <summary>Adds RAM or ROM, zeroed. Start and size are multiples of the page.</summary>
    public RamBlock AddRam(ulong start, ulong size, bool isReadOnly = false)
    {
        if (((start | size) & ((1UL << PageBits) - 1)) != 0 || size == 0)
        {
            throw new ArgumentException($"RAM of {size:x} bytes at {start:x} does not consist of pages.");
        }

        var block = new RamBlock(size, PageBits, isReadOnly);
        lock (_lock)
        {
            _blocks.Add(block);
        }

        Add(new PhysicalSection(start, size, block, 0, null));
        return block;
    }

    /// <summary>Lets RAM answer at another address too.</summary>
    public void AddAlias(ulong start, RamBlock block, ulong offset, ulong size) => Add(new PhysicalSection(start, size, block, offset, null));

    /// <summary>Adds a device. Start and size are multiples of the page: an entry of a TLB is one or the other.</summary>
    public void AddDevice(ulong start, ulong size, IMmioDevice device) => Add(new PhysicalSection(start, size, null, 0, device));

    /// <summary>What lies at a physical address, or null.</summary>
    public PhysicalSection? Find(ulong address)
    {
        var map = Volatile.Read(ref _map);
        int low = 0, high = map.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >> 1;
            var section = map[middle];
            if (address < section.Start)
            {
                high = middle - 1;
            }
            else if (address - section.Start >= section.Size)
            {
                low = middle + 1;
            }
            else
            {
                return section;
            }
        }

        return null;
    }

    /// <summary>The RAM, and the offset of the page in it, of a host address that an access was led to; null for a host address that is not RAM's.</summary>
    internal (RamBlock Block, ulong Page)? FindHost(nint host)
    {
        foreach (var section in Volatile.Read(ref _map))
        {
            if (section.Ram is { } ram && (ulong)host - (ulong)ram.Host < ram.Size)
            {
                return (ram, PageOf((ulong)host - (ulong)ram.Host));
            }
        }

        return null;
    }

    /// <summary>
    /// Sets pages clean for clients, and has every vCPU's next store to them take the slow path; returns whether any was dirty. A store that is
    /// under way on another vCPU while this runs may still go by unseen (see docs/softmmu.md). Any thread.
    /// </summary>
    /// <remarks>The bits are cleared first. Who fills a TLB reads them under that TLB's lock: before the marking, and is marked, or after it, and sees them clear.</remarks>
    public bool ResetDirty(RamBlock block, ulong offset, ulong length, DirtyClients clients)
    {
        var pageSize = 1UL << PageBits;
        var start = offset & ~(pageSize - 1);
        var end = Math.Min(block.Size, (offset + length + pageSize - 1) & ~(pageSize - 1));
        var any = DirtyClients.None;
        for (var page = start; page < end; page += pageSize)
        {
            any |= block.Clean(page, clients);
        }

        if (any != DirtyClients.None)
        {
            foreach (var vcpu in _vcpus())
            {
                vcpu.Tlb.MarkNotDirty(block, start, end - start);
            }
        }

        return any != DirtyClients.None;
    }

    /// <summary>Gives all host memory back.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _map, []);
        foreach (var block in _blocks)
        {
            block.Dispose();
        }

        _blocks.Clear();
    }

    private void Add(PhysicalSection section)
    {
        lock (_lock)
        {
            foreach (var other in _map)
            {
                if (section.Start < other.Start + other.Size && other.Start < section.Start + section.Size)
                {
                    throw new ArgumentException($"Physical memory at {section.Start:x} is taken.");
                }
            }

            Volatile.Write(ref _map, [.. _map.Append(section).OrderBy(one => one.Start)]);
        }
    }
}
