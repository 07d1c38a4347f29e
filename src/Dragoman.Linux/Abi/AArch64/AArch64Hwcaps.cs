using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.AArch64;

/// <summary>AT_HWCAP of a CPU model: what Linux makes of its features (Documentation/arch/arm64/elf_hwcaps.rst).</summary>
internal static class AArch64Hwcaps
{
    // Features by the names that the guest's description gives them.
    private static readonly (string Feature, AArch64Hwcap Bit)[] s_features =
    [
        ("AES", AArch64Hwcap.Aes),
        ("PMULL", AArch64Hwcap.Pmull),
        ("SHA1", AArch64Hwcap.Sha1),
        ("SHA256", AArch64Hwcap.Sha2),
        ("CRC32", AArch64Hwcap.Crc32),
        ("LSE", AArch64Hwcap.Atomics),
        ("RDM", AArch64Hwcap.RoundingMultiply),
        ("JSCVT", AArch64Hwcap.JavaScriptConversion),
        ("LRCPC", AArch64Hwcap.Lrcpc),
        ("LRCPC2", AArch64Hwcap.Lrcpc2),
        ("DotProd", AArch64Hwcap.DotProduct),
        ("FlagM", AArch64Hwcap.FlagM),
        ("SB", AArch64Hwcap.Sb),
    ];

    /// <summary>The bits of a model.</summary>
    public static AArch64Hwcap Of(CpuModel cpu)
    {
        var all = AArch64Hwcap.Fp | AArch64Hwcap.AdvancedSimd | AArch64Hwcap.CpuId;
        foreach (var (feature, bit) in s_features)
        {
            all |= cpu.Has(feature) ? bit : 0;
        }

        return all;
    }
}
