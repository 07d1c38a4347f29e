using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Firmware;

/// <summary>A machine's processors, as its firmware switches them. Called with the big lock held.</summary>
[UnderBigLock]
public interface IProcessors
{
    /// <summary>How many there are.</summary>
    int Count { get; }

    /// <summary>MPIDR_EL1's affinity fields of a processor.</summary>
    ulong AffinityOf(int cpu);

    /// <summary>Whether a processor runs, or has been told to.</summary>
    bool IsOn(int cpu);

    /// <summary>Whether an instruction may lie at a physical address.</summary>
    bool IsCode(ulong address);

    /// <summary>Has a processor begin at an address, with a value in its first register; false if it is on.</summary>
    bool TryPowerOn(int cpu, ulong entry, ulong context);

    /// <summary>The calling processor stops.</summary>
    void PowerOff(int cpu);

    /// <summary>The machine ends.</summary>
    void Shutdown();

    /// <summary>The machine begins anew.</summary>
    void Reset();
}
