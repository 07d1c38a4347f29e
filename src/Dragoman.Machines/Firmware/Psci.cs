using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Firmware;

/// <summary>The Power State Coordination Interface, version 1.1: functions that a guest calls by HVC. Guarded by the big lock.</summary>
/// <param name="processors">What they switch.</param>
/// <remarks>Arm DEN 0022. CPU_SUSPEND is a standby: it returns, as a WFI may at any time.</remarks>
[UnderBigLock]
public sealed class Psci(IProcessors processors)
{
    /// <summary>Function IDs; with <see cref="Wide"/> where arguments are of 64 bits.</summary>
    internal const uint
        Version = 0x8400_0000, CpuSuspend = 0x8400_0001, CpuOff = 0x8400_0002, CpuOn = 0x8400_0003, AffinityInfo = 0x8400_0004, MigrateInfoType = 0x8400_0006,
        SystemOff = 0x8400_0008, SystemReset = 0x8400_0009, Features = 0x8400_000A, Wide = 0x4000_0000;

    /// <summary>Error codes (section 5.2.2).</summary>
    internal const int Success = 0, NotSupported = -1, InvalidParameters = -2, AlreadyOn = -4, InvalidAddress = -9;

    private const uint Version1_1 = 1 << 16 | 1;

    // Bits of power_state that are zero (section 5.4.2.1), with the level of power above a processor's, of which nothing is known.
    private const ulong PowerStateZeros = 0xFFFE_0000;

    private const int On = 0, Off = 1, NoMigration = 2;

    /// <summary>Carries a call out; what it returns is X0, unless the caller is off or the machine ends.</summary>
    /// <param name="cpu">Who calls.</param>
    /// <param name="function">W0.</param>
    /// <param name="first">X1.</param>
    /// <param name="second">X2.</param>
    /// <param name="third">X3.</param>
    public long Call(int cpu, uint function, ulong first, ulong second, ulong third)
    {
        if ((function & Wide) == 0)
        {
            (first, second, third) = ((uint)first, (uint)second, (uint)third);
        }

        switch (function)
        {
            case Version:
                return Version1_1;
            case Features:
                return IsThere((uint)first) ? Success : NotSupported;
            case CpuOn or (CpuOn | Wide):
                return Start(first, second, third);
            case AffinityInfo or (AffinityInfo | Wide):
                return StateOf(first, second);
            case CpuSuspend or (CpuSuspend | Wide):
                return (first & PowerStateZeros) != 0 ? InvalidParameters : Success;
            case CpuOff:
                processors.PowerOff(cpu);
                return Success;
            case SystemOff:
                processors.Shutdown();
                return Success;
            case SystemReset:
                processors.Reset();
                return Success;
            case MigrateInfoType:
                return NoMigration;
            default:
                return NotSupported;
        }
    }

    private static bool IsThere(uint function) => function is Version or Features or CpuOn or (CpuOn | Wide) or AffinityInfo or (AffinityInfo | Wide)
        or CpuSuspend or (CpuSuspend | Wide) or CpuOff or SystemOff or SystemReset or MigrateInfoType;

    private long Start(ulong affinity, ulong entry, ulong context)
    {
        if (Find(affinity) is not (>= 0 and var target))
        {
            return InvalidParameters;
        }

        if (!processors.IsCode(entry))
        {
            return InvalidAddress;
        }

        return processors.TryPowerOn(target, entry, context) ? Success : AlreadyOn;
    }

    // A level above 0 is a cluster, of whose power nothing is known (section 5.1.5 leaves it to implementations since 1.0).
    private long StateOf(ulong affinity, ulong lowestLevel) =>
        lowestLevel != 0 || Find(affinity) is not (>= 0 and var target) ? InvalidParameters
        : processors.IsOn(target) ? On : Off;

    private int Find(ulong affinity)
    {
        for (var cpu = 0; cpu < processors.Count; cpu++)
        {
            if (processors.AffinityOf(cpu) == affinity)
            {
                return cpu;
            }
        }

        return -1;
    }
}
