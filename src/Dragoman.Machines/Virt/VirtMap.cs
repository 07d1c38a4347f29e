namespace Dragoman.Machines.Virt;

/// <summary>Where things are on the virt machine: the physical addresses and interrupts of QEMU's machine of that name, so that images made for it run here.</summary>
/// <remarks>QEMU's documentation, docs/system/arm/virt.rst; the addresses as its generated device tree tells them.</remarks>
public static class VirtMap
{
    /// <summary>Both controllers' distributor.</summary>
    public const ulong GicDistributor = 0x0800_0000;

    /// <summary>GICv2's CPU interface.</summary>
    public const ulong GicCpuInterface = 0x0801_0000;

    /// <summary>GICv3's redistributors, and the room for them.</summary>
    public const ulong GicRedistributors = 0x080A_0000, GicRedistributorsSize = 0x00F6_0000;

    /// <summary>The UART.</summary>
    public const ulong Uart = 0x0900_0000;

    /// <summary>The real-time clock.</summary>
    public const ulong Rtc = 0x0901_0000;

    /// <summary>The firmware configuration device, and its registers' size.</summary>
    public const ulong FirmwareConfiguration = 0x0902_0000, FirmwareConfigurationSize = 0x18;

    /// <summary>The places for virtio devices, one after the other.</summary>
    public const ulong Virtio = 0x0A00_0000;

    /// <summary>How many places for virtio devices there are.</summary>
    public const int VirtioPlaces = 32;

    /// <summary>RAM.</summary>
    public const ulong Ram = 0x4000_0000;

    /// <summary>The most RAM: addresses of 40 bits end there.</summary>
    public const ulong MaxRam = (1UL << 40) - Ram;

    /// <summary>SPIs, and those of the devices (INTID - 32); virtio's are consecutive.</summary>
    public const int SharedInterrupts = 256, UartInterrupt = 1, RtcInterrupt = 2, VirtioInterrupt = 16;

    /// <summary>PPIs of the generic timer: INTIDs.</summary>
    public const int PhysicalTimerInterrupt = 30, VirtualTimerInterrupt = 27;

    /// <summary>Bytes of a GIC's distributor and CPU interface.</summary>
    public const ulong GicFrameSize = 0x1_0000;

    /// <summary>Bytes of a PrimeCell's registers, and the least that is mapped: 4 KiB.</summary>
    public const ulong DeviceSize = 0x1000;

    /// <summary>MPIDR_EL1's affinity fields of a vCPU: clusters of as many as an SGI register reaches, 8 with GICv2 and 16 with GICv3.</summary>
    public static ulong AffinityOf(int cpu, int gicVersion)
    {
        var cluster = gicVersion == 2 ? 8 : 16;
        return (uint)(cpu % cluster) | (uint)(cpu / cluster) << 8;
    }
}
