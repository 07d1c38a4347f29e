using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>What a CPU interface of GICv2 and one of GICv3 have in common: masking, preemption, acknowledging, ending. Guarded by the big lock.</summary>
/// <param name="controller">Whose interrupts.</param>
/// <param name="cpu">Index of its vCPU.</param>
/// <param name="preemptionBits">Bits of a priority that can preempt.</param>
/// <remarks>IHI 0048B section 3.3, IHI 0069 sections 4.7 and 4.8. One Security state: no priority is shifted.</remarks>
[UnderBigLock]
internal sealed class GicCpuInterface(GicController controller, int cpu, int preemptionBits)
{
    private int _priorityMask;
    private int _binaryPoint0 = 7 - preemptionBits;
    private int _binaryPoint1 = 8 - preemptionBits;

    /// <summary>The active priorities.</summary>
    public ActivePriorities Active { get; } = new(preemptionBits);

    /// <summary>Groups whose interrupts are signalled: bit n for group n.</summary>
    public int EnabledGroups { get; set; }

    /// <summary>Only what is higher than this is signalled.</summary>
    public int PriorityMask
    {
        get => _priorityMask;
        set => _priorityMask = value & controller.PriorityMask;
    }

    /// <summary>The binary point of group 0: its group priority is bits 7 to n+1.</summary>
    public int BinaryPoint0
    {
        get => _binaryPoint0;
        set => _binaryPoint0 = Math.Max(value & 7, 7 - preemptionBits);
    }

    /// <summary>The binary point of group 1: its group priority is bits 7 to n.</summary>
    public int BinaryPoint1
    {
        get => _binaryPoint1;
        set => _binaryPoint1 = Math.Max(value & 7, 8 - preemptionBits);
    }

    /// <summary>Group 0's binary point serves both groups.</summary>
    public bool HasCommonBinaryPoint { get; set; }

    /// <summary>Ending an interrupt drops its priority only; it is deactivated apart (EOImode).</summary>
    public bool EndsInTwoSteps { get; set; }

    /// <summary>The highest pending interrupt of the enabled groups, whether it can preempt or not.</summary>
    public PendingInterrupt Highest => controller.HighestPending(cpu, EnabledGroups);

    /// <summary>The highest pending interrupt, if its priority passes the mask and preempts what runs.</summary>
    public PendingInterrupt Signalled =>
        Highest is var highest && highest.Priority < PriorityMask && GroupPriority(highest) < Active.Running ? highest : PendingInterrupt.None;

    /// <summary>Takes an interrupt that <see cref="Signalled"/> has named.</summary>
    public void Acknowledge(PendingInterrupt interrupt)
    {
        Active.Raise(interrupt.Group, GroupPriority(interrupt));
        controller.Acknowledge(cpu, interrupt.Id);
    }

    /// <summary>Ends an interrupt: its priority runs no longer, and unless that is a step of its own it is deactivated.</summary>
    public void End(int group, int id)
    {
        if (id >= controller.Interrupts)
        {
            return;
        }

        Active.Drop(group);
        if (!EndsInTwoSteps)
        {
            controller.Deactivate(cpu, id);
        }

        controller.Update();
    }

    /// <summary>Deactivates an interrupt whose priority was dropped before.</summary>
    public void Deactivate(int id)
    {
        if (EndsInTwoSteps && id < controller.Interrupts)
        {
            controller.Deactivate(cpu, id);
            controller.Update();
        }
    }

    private int GroupPriority(PendingInterrupt interrupt)
    {
        var lowest = interrupt.Group == 0 || HasCommonBinaryPoint ? BinaryPoint0 + 1 : BinaryPoint1;
        return interrupt.Priority & 0xFF << lowest;
    }
}
