using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>
/// What GICv2 and GICv3 have in common: banks of interrupts, their wires, and the choice of each vCPU's highest pending one. One Security state, two groups.
/// Guarded by the big lock.
/// </summary>
[UnderBigLock]
public abstract class GicController
{
    /// <summary>Interrupts of each vCPU alone: 16 SGIs, then 16 PPIs.</summary>
    public const int PrivateInterrupts = 32;

    /// <summary>The first PPI.</summary>
    public const int FirstPpi = 16;

    /// <summary>What a vCPU's two interrupt lines are driven by.</summary>
    private readonly (InterruptLine Irq, InterruptLine Fiq)[] _outputs;

    /// <summary>Creates a controller.</summary>
    /// <param name="outputs">The IRQ and FIQ line of each vCPU.</param>
    /// <param name="sharedInterrupts">SPIs: a multiple of 32.</param>
    /// <param name="priorityMask">Implemented bits of a priority.</param>
    /// <param name="preemptionBits">Bits of a priority that can preempt.</param>
    private protected GicController(IReadOnlyList<(InterruptLine Irq, InterruptLine Fiq)> outputs, int sharedInterrupts, byte priorityMask, int preemptionBits)
    {
        _outputs = [.. outputs];
        PriorityMask = priorityMask;
        Interrupts = PrivateInterrupts + sharedInterrupts;
        Shared = new InterruptBank(sharedInterrupts / 32, priorityMask);
        Private = [.. outputs.Select(_ => new InterruptBank(1, priorityMask))];
        Interfaces = [.. outputs.Select((_, cpu) => new GicCpuInterface(this, cpu, preemptionBits))];
        foreach (var bank in Private)
        {
            // SGIs are edge-triggered, and that is read-only.
            bank.Edge[0] = 0xFFFF;
        }
    }

    /// <summary>INTIDs from 0.</summary>
    internal int Interrupts { get; }

    /// <summary>Implemented bits of a priority.</summary>
    internal byte PriorityMask { get; }

    /// <summary>vCPUs.</summary>
    internal int Cpus => _outputs.Length;

    /// <summary>Groups that the distributor forwards: bit n for group n.</summary>
    internal int ForwardedGroups { get; set; }

    /// <summary>The SPIs.</summary>
    internal InterruptBank Shared { get; }

    /// <summary>Each vCPU's SGIs and PPIs.</summary>
    internal InterruptBank[] Private { get; }

    /// <summary>Each vCPU's CPU interface.</summary>
    internal GicCpuInterface[] Interfaces { get; }

    /// <summary>The wire of a shared interrupt.</summary>
    /// <param name="number">From 0: INTID - 32.</param>
    public InterruptLine SharedLine(int number) => new(asserted =>
    {
        Shared.SetLevel(number, asserted);
        Update();
    });

    /// <summary>The wire of a vCPU's private interrupt.</summary>
    /// <param name="cpu">Index of the vCPU.</param>
    /// <param name="id">The INTID: 16 to 31.</param>
    public InterruptLine PrivateLine(int cpu, int id) => new(asserted =>
    {
        Private[cpu].SetLevel(id, asserted);
        Update();
    });

    /// <summary>Whether a shared interrupt (from 0) goes to a vCPU.</summary>
    private protected abstract bool IsTarget(int cpu, int number);

    /// <summary>Whether a vCPU's interrupts of group 0 are FIQs.</summary>
    private protected abstract bool SignalsGroup0AsFiq(int cpu);

    /// <summary>A vCPU's highest pending interrupt.</summary>
    internal PendingInterrupt HighestPending(int cpu, int groups)
    {
        groups &= ForwardedGroups;
        var best = Private[cpu].Best(0, groups, null, PendingInterrupt.None);
        return Shared.Best(PrivateInterrupts, groups, number => IsTarget(cpu, number), best);
    }

    /// <summary>A vCPU has taken an interrupt.</summary>
    internal virtual void Acknowledge(int cpu, int id)
    {
        Bank(cpu, id).Acknowledge(InBank(id));
        Update();
    }

    /// <summary>A vCPU has done with an interrupt. The caller updates.</summary>
    internal void Deactivate(int cpu, int id) => Bank(cpu, id).Deactivate(InBank(id));

    /// <summary>The group of a vCPU's interrupt.</summary>
    internal int GroupOf(int cpu, int id) => Bank(cpu, id).GroupOf(InBank(id));

    /// <summary>Drives every vCPU's lines anew. After each change.</summary>
    internal void Update()
    {
        for (var cpu = 0; cpu < _outputs.Length; cpu++)
        {
            var signalled = Interfaces[cpu].Signalled;
            var isFiq = signalled.Exists && signalled.Group == 0 && SignalsGroup0AsFiq(cpu);
            _outputs[cpu].Irq.Set(signalled.Exists && !isFiq);
            _outputs[cpu].Fiq.Set(isFiq);
        }
    }

    private InterruptBank Bank(int cpu, int id) => id < PrivateInterrupts ? Private[cpu] : Shared;

    private static int InBank(int id) => id < PrivateInterrupts ? id : id - PrivateInterrupts;
}
