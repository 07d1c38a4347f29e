namespace Dragoman.Linux.Elf;

/// <summary>Names of e_machine numbers for messages.</summary>
public static class ElfMachines
{
    /// <summary>A readable name such as <c>AArch64</c>.</summary>
    public static string Describe(int machine, bool is64) => machine switch
    {
        3 => is64 ? "x86, 64-bit class" : "i386",
        8 => "MIPS",
        20 => "PowerPC",
        21 => "PowerPC64",
        22 => "S/390",
        40 => "Arm (32-bit)",
        62 => is64 ? "x86-64" : "x32",
        183 => is64 ? "AArch64" : "AArch64 ILP32",
        243 => is64 ? "RISC-V 64" : "RISC-V 32",
        258 => "LoongArch",
        0x9026 => is64 ? "Alpha" : "Alpha, 32-bit",
        _ => $"machine {machine}",
    };
}
