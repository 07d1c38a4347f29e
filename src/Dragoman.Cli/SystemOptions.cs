using Dragoman.Machines.Virt;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Cli;

/// <summary>What <c>dragoman system</c> was asked to do.</summary>
internal sealed record SystemOptions
{
    public required VirtOptions Machine { get; init; }

    public required string Kernel { get; init; }

    public string? Initrd { get; init; }

    public string? Cpu { get; init; }

    public ThreadRequest Thread { get; init; }

    public string Backend { get; init; } = "auto";

    /// <summary>Files of disks; one that ends in ",readonly" is not written.</summary>
    public string[] Drives { get; init; } = [];

    /// <summary>NAME=FILE for the firmware configuration device.</summary>
    public string[] FirmwareFiles { get; init; } = [];

    /// <summary>Whether the terminal is a virtio console, not the UART.</summary>
    public bool HasVirtioConsole { get; init; }

    /// <summary>Where the device tree is written instead of a machine run; or null.</summary>
    public string? DumpTree { get; init; }
}
