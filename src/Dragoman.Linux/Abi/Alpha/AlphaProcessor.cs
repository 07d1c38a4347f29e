using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>What Linux says of a CPU model, which it asks with IMPLVER and AMASK (arch/alpha/include/asm/elf.h).</summary>
internal static class AlphaProcessor
{
    // AMASK's bits by the names that the description gives the features (Alpha ARM D.4).
    private static readonly (string Feature, ulong Bit)[] s_features = [("BWX", 1), ("FIX", 2), ("CIX", 4), ("MVI", 0x100)];

    /// <summary>AT_HWCAP: the bits that AMASK clears.</summary>
    public static ulong Capabilities(CpuModel cpu)
    {
        ulong all = (ulong)cpu.Number("LATER");
        foreach ((string feature, ulong bit) in s_features)
        {
            all |= cpu.Has(feature) ? bit : 0;
        }

        return all;
    }

    /// <summary>AT_PLATFORM.</summary>
    public static string Platform(CpuModel cpu) => cpu.Number("IMPLVER") switch
    {
        0 => "ev4",
        1 => cpu.Has("BWX") ? "ev56" : "ev5",
        _ => cpu.Has("CIX") ? "ev67" : "ev6",
    };

    /// <summary>The type in the console's per-CPU slots (hwrpb.h).</summary>
    public static ulong Type(CpuModel cpu) => (ulong)cpu.Number("PROCESSOR");
}
