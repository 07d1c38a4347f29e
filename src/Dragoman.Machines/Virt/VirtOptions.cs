using Dragoman.Machines.Interrupts.Gic;

namespace Dragoman.Machines.Virt;

/// <summary>What a virt machine is made of.</summary>
public sealed record VirtOptions
{
    // RAM comes in these.
    private const ulong Megabyte = 1 << 20;

    /// <summary>vCPUs.</summary>
    public int Cpus { get; init; } = 1;

    /// <summary>Bytes of RAM: a multiple of 1 MiB.</summary>
    public ulong Memory { get; init; } = 128 * Megabyte;

    /// <summary>The GIC's architecture: 2 or 3.</summary>
    public int GicVersion { get; init; } = 2;

    /// <summary>What the kernel's file is called: semihosting tells it.</summary>
    public string KernelName { get; init; } = "";

    /// <summary>The kernel's command line.</summary>
    public string CommandLine { get; init; } = "";

    /// <summary>Whether HLT #0xF000 calls the host.</summary>
    public bool HasSemihosting { get; init; } = true;

    /// <summary>The most vCPUs that a GIC of a version serves here.</summary>
    public static int MaxCpus(int gicVersion) => gicVersion == 2 ? GicV2.MaxCpus : (int)(VirtMap.GicRedistributorsSize / GicV3.RedistributorSize);

    /// <summary>What is wrong with the options, for the user; or null.</summary>
    public string? Problem =>
        GicVersion is not (2 or 3) ? $"there is no GIC of version {GicVersion} here, but 2 and 3"
        : Cpus < 1 || Cpus > MaxCpus(GicVersion) ? $"{Cpus} vCPUs: a GIC of version {GicVersion} serves 1 to {MaxCpus(GicVersion)}"
        : Memory < Megabyte || Memory > VirtMap.MaxRam || Memory % Megabyte != 0 ? $"{Memory} bytes of RAM: it takes whole MiB, up to {VirtMap.MaxRam / Megabyte}"
        : null;
}
