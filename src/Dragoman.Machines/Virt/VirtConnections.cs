using Dragoman.Machines.Serial;
using Dragoman.Machines.Virtio;

namespace Dragoman.Machines.Virt;

/// <summary>What a virt machine is connected to. Guarded by the big lock once the machine runs.</summary>
public sealed record VirtConnections
{
    /// <summary>Where the UART's line ends.</summary>
    public required ISerialPort Uart { get; init; }

    /// <summary>Where a virtio console's line ends, or null for none.</summary>
    public ISerialPort? Console { get; init; }

    /// <summary>Makes the disks, anew after each reset.</summary>
    public IReadOnlyList<Func<VirtioDevice>> Disks { get; init; } = [];

    /// <summary>virtio devices: the disks, a console if there is one, and a source of random bytes.</summary>
    public int VirtioDevices => Disks.Count + (Console is null ? 0 : 1) + 1;

    /// <summary>Files of the firmware configuration device, by name.</summary>
    public IReadOnlyDictionary<string, byte[]> FirmwareFiles { get; init; } = new Dictionary<string, byte[]>();
}
