namespace Dragoman.Programs.Tests.Running;

/// <summary>A guest that programs are compiled for: its cross compiler, its witness, and what static programs need to be linked with.</summary>
/// <param name="Name">The guest's name in Debian's package names and in qemu's.</param>
/// <param name="Flags">Compiler options that every program gets.</param>
/// <param name="StaticStart">A file with an entry point of its own that static programs are linked with, or null.</param>
/// <param name="Compilers">What the cross compiler's name begins with, where that is not the guest's.</param>
/// <param name="IsHost">Whether this machine's own processor and kernel are the witness, if they can.</param>
public sealed record GuestMachine(string Name, string[] Flags, string? StaticStart, string? Compilers = null, bool IsHost = false)
{
    public const string AArch64Name = "aarch64", AlphaName = "alpha", X64Name = "x86_64", I386Name = "i386";

    public static readonly GuestMachine AArch64 = new(AArch64Name, [], null);

    /// <summary>Debian 12's static glibc for Alpha does not find its program headers: samples/alpha-start.S stores where they are.</summary>
    public static readonly GuestMachine Alpha = new(AlphaName, ["-mcpu=ev67", "-mieee"], "samples/alpha-start.S");

    public static readonly GuestMachine X64 = new(X64Name, [], null, IsHost: true);

    public static readonly GuestMachine I386 = new(I386Name, [], null, "i686", IsHost: true);

    private static readonly GuestMachine[] s_all = [AArch64, Alpha, X64, I386];

    /// <summary>The cross compiler; on Debian for x64 gcc has that name too.</summary>
    public Tool Compiler { get; } = new($"{Compilers ?? Name}-linux-gnu-gcc", Name == X64Name ? "gcc" : $"gcc-{Compilers ?? Name}-linux-gnu");

    /// <summary>The witness: an emulator, or what starts a program of the host's own.</summary>
    public Tool Witness => HasHost ? new("env", "coreutils") : new($"qemu-{Name}", "qemu-user");

    /// <summary>Whether the host itself is the witness: it is not for i386 where its kernel runs no such programs.</summary>
    public bool HasHost => IsHost && (Name != I386Name || HostKernel.RunsI386);

    /// <summary>Where the cross compiler's libraries are: -L for dynamic programs.</summary>
    public string Prefix => $"/usr/{Compilers ?? Name}-linux-gnu";

    /// <summary>Compiler options for linking a static program.</summary>
    public string[] StaticOptions => StaticStart is null ? ["-static"] : ["-static", Path.Combine(TestFolders.Repository, StaticStart), "-Wl,-e,__dragoman_start"];

    /// <summary>The machine of a name.</summary>
    public static GuestMachine Named(string name) => s_all.First(machine => machine.Name == name);
}
