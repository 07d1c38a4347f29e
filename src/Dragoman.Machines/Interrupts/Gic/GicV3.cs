using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>
/// Arm's generic interrupt controller of architecture version 3 with affinity routing always on, one Security state, no LPIs: interfaces are system registers.
/// Guarded by the big lock.
/// </summary>
/// <remarks>IHI 0069. 5 bits of priority, as Cortex-A processors have.</remarks>
public sealed class GicV3 : GicController
{
    /// <summary>Bytes of a redistributor: two frames of 64 KiB.</summary>
    public const ulong RedistributorSize = 0x2_0000;

    /// <summary>Bits of a priority.</summary>
    internal const int PriorityBits = 5;

    private const ulong AffinityMask = 0xFF_00FF_FFFF;

    private readonly ulong[] _affinities;

    /// <summary>Creates a controller.</summary>
    /// <param name="outputs">The IRQ and FIQ line of each vCPU.</param>
    /// <param name="affinities">MPIDR_EL1's affinity fields of each.</param>
    /// <param name="sharedInterrupts">SPIs: a multiple of 32.</param>
    public GicV3(IReadOnlyList<(InterruptLine Irq, InterruptLine Fiq)> outputs, IReadOnlyList<ulong> affinities, int sharedInterrupts)
        : base(outputs, sharedInterrupts, priorityMask: 0xFF << 8 - PriorityBits & 0xFF, PriorityBits)
    {
        _affinities = [.. affinities.Select(affinity => affinity & AffinityMask)];
        RoutesOf = new ulong[sharedInterrupts];
        Distributor = new GicV3Distributor(this);
        Redistributors = new GicV3Redistributors(this);
        SystemRegisters = new GicV3SystemRegisters(this);
    }

    /// <summary>GICD_*: 64 KiB.</summary>
    public IMmioDevice Distributor { get; }

    /// <summary>GICR_*: <see cref="RedistributorSize"/> for each vCPU.</summary>
    public IMmioDevice Redistributors { get; }

    /// <summary>ICC_*_EL1.</summary>
    public GicV3SystemRegisters SystemRegisters { get; }

    /// <summary>By SPI: GICD_IROUTER.</summary>
    internal ulong[] RoutesOf { get; }

    /// <summary>Fields of a route that can be set: affinities, and no Interrupt_Routing_Mode (GICD_TYPER.No1N).</summary>
    internal static ulong RouteMask => AffinityMask;

    /// <summary>The affinity fields of a vCPU.</summary>
    internal ulong AffinityOf(int cpu) => _affinities[cpu];

    /// <summary>Makes an SGI pending on the vCPUs that a predicate names, where it is in the group of the register that was written.</summary>
    internal void SendSgi(int id, int group, Func<int, bool> isTarget)
    {
        for (var cpu = 0; cpu < Cpus; cpu++)
        {
            if (isTarget(cpu) && Private[cpu].GroupOf(id) == group)
            {
                Private[cpu].Latched[0] |= 1u << id;
            }
        }

        Update();
    }

    private protected override bool IsTarget(int cpu, int number) => RoutesOf[number] == _affinities[cpu];

    private protected override bool SignalsGroup0AsFiq(int cpu) => true;
}
