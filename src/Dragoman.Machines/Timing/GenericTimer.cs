using Dragoman.Machines.Interrupts;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Timing;

/// <summary>The generic timer of one vCPU: the counter, and its virtual and physical timer at EL1. Guarded by the big lock.</summary>
/// <remarks>Arm ARM, DDI 0487, chapter D12 and the registers of section D19.12. No EL2: the virtual counter is the physical one.</remarks>
[UnderBigLock]
public sealed class GenericTimer
{
    /// <summary>Counts a second.</summary>
    public const ulong Frequency = 62_500_000;

    private const uint C14 = 3 << 14 | 3 << 11 | 14 << 7;

    private const uint Frq = C14 | 0, PhysicalCount = C14 | 1, VirtualCount = C14 | 2, Physical = C14 | 2 << 3, Virtual = C14 | 3 << 3;

    private readonly IMachineClock _clock;
    private readonly ComparingTimer _physical;
    private readonly ComparingTimer _virtual;

    // A number for software, which EL1 sets where it is the highest Exception level. It changes nothing.
    private ulong _frequency = Frequency;

    /// <summary>Creates a vCPU's timer, disabled.</summary>
    public GenericTimer(IMachineClock clock, InterruptLine physicalLine, InterruptLine virtualLine)
    {
        _clock = clock;
        _physical = new ComparingTimer(clock, physicalLine);
        _virtual = new ComparingTimer(clock, virtualLine);
    }

    /// <summary>Reads a register; false if there is none of the number.</summary>
    public bool TryRead(uint register, out ulong value)
    {
        switch (register)
        {
            case Frq:
                value = _frequency;
                return true;
            case PhysicalCount or VirtualCount:
                value = ComparingTimer.CountAt(_clock.Nanoseconds);
                return true;
            default:
                value = 0;
                return TimerOf(register) is { } timer && timer.TryRead((int)(register & 7), out value);
        }
    }

    /// <summary>Writes a register; false if there is none of the number that can be written.</summary>
    public bool TryWrite(uint register, ulong value)
    {
        if (register == Frq)
        {
            _frequency = (uint)value;
            return true;
        }

        return TimerOf(register)?.TryWrite((int)(register & 7), value) ?? false;
    }

    /// <summary>As after a reset: disabled.</summary>
    public void Reset()
    {
        _physical.Reset();
        _virtual.Reset();
    }

    private ComparingTimer? TimerOf(uint register) => (register & ~7u) switch
    {
        Physical => _physical,
        Virtual => _virtual,
        _ => null,
    };
}
