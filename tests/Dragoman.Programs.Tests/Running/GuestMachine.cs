namespace Dragoman.Programs.Tests.Running;

/// <summary>A guest that programs are compiled for: its cross compiler, its witness, and what static programs need to be linked with.</summary>
/// <param name="Name">The guest's name in Debian's package names and in qemu's.</param>
/// <param name="Flags">Compiler options that every program gets.</param>
/// <param name="StaticStart">A file with an entry point of its own that static programs are linked with, or null.</param>
public sealed record GuestMachine(string Name, string[] Flags, string? StaticStart)
{
    public const string AArch64Name = "aarch64", AlphaName = "alpha";

    public static readonly GuestMachine AArch64 = new(AArch64Name, [], null);

    /// <summary>Debian 12's static glibc for Alpha does not find its program headers: samples/alpha-start.S stores where they are.</summary>
    public static readonly GuestMachine Alpha = new(AlphaName, ["-mcpu=ev67", "-mieee"], "samples/alpha-start.S");

    /// <summary>The cross compiler.</summary>
    public Tool Compiler { get; } = new($"{Name}-linux-gnu-gcc", $"gcc-{Name}-linux-gnu");

    /// <summary>The witness.</summary>
    public Tool Qemu { get; } = new($"qemu-{Name}", "qemu-user");

    /// <summary>Where the cross compiler's libraries are: -L for dynamic programs.</summary>
    public string Prefix => $"/usr/{Name}-linux-gnu";

    /// <summary>Compiler options for linking a static program.</summary>
    public string[] StaticOptions => StaticStart is null ? ["-static"] : ["-static", Path.Combine(TestFolders.Repository, StaticStart), "-Wl,-e,__dragoman_start"];

    /// <summary>The machine of a name.</summary>
    public static GuestMachine Named(string name) => name == AlphaName ? Alpha : AArch64;
}
