using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>What vCPUs of one emulated system share: physical memory, the guest's MMU, the scheduler, and the lock of the devices.</summary>
public sealed unsafe partial class SystemMachine : IDisposable
{
    // What a store takes from a reservation: within the 16 bytes to 2 KiB that Arm allows (DDI 0487 B2.12.3), and a line of the host.
    private const ulong Granule = 64;

    private readonly VcpuBlocks _blocks;
    private readonly Lock _vcpuLock = new();

    // Replaced as a whole under _vcpuLock; published with release semantics.
    private SystemVcpu[] _vcpus = [];

    /// <summary>Creates a machine with empty physical memory.</summary>
    /// <param name="stateSize">Bytes of a vCPU block, header included.</param>
    /// <param name="pageBits">Log2 of the guest's smallest page: at least 12, so that tags have room for flags.</param>
    /// <param name="mmu">The guest's address translation.</param>
    /// <param name="threads">How vCPUs share host threads.</param>
    public SystemMachine(int stateSize, int pageBits, IMmu mmu, ThreadModel threads)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(pageBits, 12);
        _blocks = new VcpuBlocks(stateSize);
        Mmu = mmu;
        Memory = new PhysicalMemory(pageBits, () => Vcpus);
        Scheduler = new VcpuScheduler(threads, () => Vcpus);
        Reserved = new ReservedPages(this, Granule);
        Memory.Reserved = Reserved;
    }

    /// <summary>The guest architecture; null where only memory is used.</summary>
    public ISystemGuest? Guest { get; init; }

    /// <summary>What the vCPUs' instructions ask of the board, or null. Set before a vCPU runs.</summary>
    public IBoard? Board { get; set; }

    /// <summary>Physical memory.</summary>
    public PhysicalMemory Memory { get; }

    /// <summary>The guest's address translation.</summary>
    public IMmu Mmu { get; }

    /// <summary>Exclusive sections and work queues.</summary>
    public VcpuScheduler Scheduler { get; }

    /// <summary>What load-exclusives have reserved.</summary>
    internal ReservedPages Reserved { get; }

    /// <summary>Which of them must; null where nothing is translated. Set before a vCPU is made.</summary>
    internal SystemExclusives? Exclusives { get; set; }

    /// <summary>Held round device accesses and interrupts.</summary>
    public BigLock BigLock { get; } = new();

    /// <summary>The vCPUs.</summary>
    public IReadOnlyList<SystemVcpu> Vcpus => Volatile.Read(ref _vcpus);

    /// <summary>Makes a vCPU with zeroed state. Any thread.</summary>
    public SystemVcpu CreateVcpu()
    {
        lock (_vcpuLock)
        {
            var vcpu = new SystemVcpu(this, _blocks.Take(), _vcpus.Length);
            Volatile.Write(ref _vcpus, [.. _vcpus, vcpu]);
            return vcpu;
        }
    }

    /// <summary>Frees everything. No vCPU is running.</summary>
    public void Dispose()
    {
        foreach (var vcpu in _vcpus)
        {
            vcpu.Release();
        }

        _vcpus = [];
        _blocks.FreeAll();
        Memory.Dispose();
    }
}
