using System.Numerics;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>Arm's generic interrupt controller of architecture version 2, without the Security Extensions: up to 8 vCPUs, interfaces in memory. Guarded by the big lock.</summary>
/// <remarks>IHI 0048B. Identifies itself as a GIC-400, but implements all 8 bits of a priority.</remarks>
public sealed class GicV2 : GicController
{
    /// <summary>The most vCPUs: a target is a bit in a byte.</summary>
    public const int MaxCpus = 8;

    private const int Sgis = 16;

    /// <summary>Creates a controller.</summary>
    /// <param name="outputs">The IRQ and FIQ line of each vCPU.</param>
    /// <param name="sharedInterrupts">SPIs: a multiple of 32.</param>
    public GicV2(IReadOnlyList<(InterruptLine Irq, InterruptLine Fiq)> outputs, int sharedInterrupts)
        : base(outputs, sharedInterrupts, priorityMask: 0xFF, preemptionBits: 7)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(outputs.Count, MaxCpus);
        TargetsOf = new byte[sharedInterrupts];
        SourcesOf = [.. outputs.Select(_ => new byte[Sgis])];
        Settings = [.. outputs.Select(_ => new GicV2Settings())];
        foreach (var bank in Private)
        {
            bank.Enabled[0] = 0xFFFF;
        }

        Distributor = new GicV2Distributor(this);
        CpuInterface = new GicV2CpuInterface(this);
    }

    /// <summary>GICD_*: 4 KiB.</summary>
    public IMmioDevice Distributor { get; }

    /// <summary>GICC_*: 8 KiB; each vCPU sees its own.</summary>
    public IMmioDevice CpuInterface { get; }

    /// <summary>By SPI: the CPUs it goes to.</summary>
    internal byte[] TargetsOf { get; }

    /// <summary>By CPU and SGI: the CPUs whose request is pending.</summary>
    internal byte[][] SourcesOf { get; }

    /// <summary>By CPU: what GICC_CTLR holds beside the interface's own.</summary>
    internal GicV2Settings[] Settings { get; }

    /// <summary>Makes an SGI pending on some CPUs.</summary>
    internal void SendSgi(int source, int id, uint targets)
    {
        for (; targets != 0; targets &= targets - 1)
        {
            if (BitOperations.TrailingZeroCount(targets) is var target && target < Cpus)
            {
                SetSources(target, id, (byte)(SourcesOf[target][id] | 1 << source));
            }
        }

        Update();
    }

    /// <summary>An SGI is pending while any source's request is. The caller updates.</summary>
    internal void SetSources(int cpu, int id, byte sources)
    {
        SourcesOf[cpu][id] = sources;
        var bit = 1u << id;
        Private[cpu].Latched[0] = sources != 0 ? Private[cpu].Latched[0] | bit : Private[cpu].Latched[0] & ~bit;
    }

    /// <summary>The CPU whose request an SGI answers next; 0 for other interrupts.</summary>
    internal int SourceOf(int cpu, int id) => id < Sgis ? BitOperations.TrailingZeroCount((uint)SourcesOf[cpu][id] | 0x100) & 7 : 0;

    /// <inheritdoc/>
    internal override void Acknowledge(int cpu, int id)
    {
        base.Acknowledge(cpu, id);
        if (id < Sgis)
        {
            SetSources(cpu, id, (byte)(SourcesOf[cpu][id] & SourcesOf[cpu][id] - 1));
        }
    }

    private protected override bool IsTarget(int cpu, int number) => Cpus == 1 || (TargetsOf[number] >> cpu & 1) != 0;

    private protected override bool SignalsGroup0AsFiq(int cpu) => Settings[cpu].Group0IsFiq;
}
