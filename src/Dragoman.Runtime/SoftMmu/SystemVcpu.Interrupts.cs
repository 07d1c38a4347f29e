using Dragoman.Runtime.Scheduling;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>Interrupt lines, halting and power.</summary>
public sealed unsafe partial class SystemVcpu
{
    // Bit n is line n. Any thread, by Interlocked; the vCPU reads it behind the full fence that clears its poll word, which is set after it.
    [Shared]
    private int _lines;

    // 0 off, 1 being switched on, 2 on. From 0 by Interlocked, then by the owner, or in an exclusive section.
    private int _power;

    /// <summary>Lines that are asserted, as bits.</summary>
    public int InterruptLines => Volatile.Read(ref _lines);

    /// <summary>True from <see cref="Execution.SystemEngine.PowerOn"/> until it is switched off.</summary>
    public bool IsPoweredOn => Volatile.Read(ref _power) != 0;

    /// <summary>Whether it waits for an interrupt. The owner's; <see cref="SetPower"/> in an exclusive section clears it too, and when power comes on the owner does so again.</summary>
    public bool IsHalted { get; set; }

    /// <summary>Whether it executes, or would if it were not halted. Any thread.</summary>
    internal bool IsOn => Volatile.Read(ref _power) == 2;

    /// <summary>
    /// Asserts or releases an interrupt line into the vCPU; what the lines mean is the guest's. An asserted line wakes a halted vCPU, and takes one that executes to
    /// its next instruction boundary. Any thread, with the big lock held, so that the line follows the device.
    /// </summary>
    [UnderBigLock]
    public void SetInterruptLine(int line, bool isAsserted)
    {
        if (!isAsserted)
        {
            Interlocked.And(ref _lines, ~(1 << line));
        }
        else if ((Interlocked.Or(ref _lines, 1 << line) & (1 << line)) == 0)
        {
            Machine.Scheduler.Wake(this);
        }
    }

    /// <summary>Claims a vCPU that is off.</summary>
    internal bool BeginPowerOn() => Interlocked.CompareExchange(ref _power, 1, 0) == 0;

    /// <summary>By the owner, or in an exclusive section.</summary>
    internal void SetPower(bool isOn)
    {
        IsHalted = false;
        Volatile.Write(ref _power, isOn ? 2 : 0);
    }
}
