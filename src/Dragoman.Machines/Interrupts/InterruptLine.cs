using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Interrupts;

/// <summary>A wire from a device to an interrupt controller, or from that to a vCPU. Guarded by the big lock.</summary>
/// <param name="changed">Told of each change of the level.</param>
[UnderBigLock]
public sealed class InterruptLine([UnderBigLock] Action<bool> changed)
{
    /// <summary>A line that ends nowhere.</summary>
    public static InterruptLine Unconnected => new(_ => { });

    /// <summary>Whether the line is asserted.</summary>
    public bool IsAsserted { get; private set; }

    /// <summary>Asserts or clears the line; nobody is told of a level that it has already.</summary>
    public void Set(bool asserted)
    {
        if (asserted != IsAsserted)
        {
            IsAsserted = asserted;
            changed(asserted);
        }
    }
}
