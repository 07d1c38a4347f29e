namespace Dragoman.Linux.Abi.AArch64;

/// <summary>Bits of AT_HWCAP (Linux, arch/arm64/include/uapi/asm/hwcap.h).</summary>
[Flags]
internal enum AArch64Hwcap : ulong
{
    Fp = 1 << 0,
    AdvancedSimd = 1 << 1,
    Aes = 1 << 3,
    Pmull = 1 << 4,
    Sha1 = 1 << 5,
    Sha2 = 1 << 6,
    Crc32 = 1 << 7,
    Atomics = 1 << 8,

    /// <summary>MRS of the ID registers is emulated.</summary>
    CpuId = 1 << 11,
    RoundingMultiply = 1 << 12,
    JavaScriptConversion = 1 << 13,
    Lrcpc = 1 << 15,
    DotProduct = 1 << 20,
    Lrcpc2 = 1 << 26,
    FlagM = 1 << 27,
    Sb = 1 << 29,
}
