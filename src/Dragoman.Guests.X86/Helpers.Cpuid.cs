namespace Dragoman.Guests.X86;

/// <summary>What CPUID says: what is described, and no more (Intel SDM 2A, CPUID).</summary>
internal static unsafe partial class Helpers
{
    // Leaf 1, EDX: FPU, TSC, CX8, CMOV, CLFLUSH, MMX, FXSR, SSE, SSE2.
    private const uint Leaf1Edx = 1u | 1u << 23 | 1u << 4 | 1u << 8 | 1u << 15 | 1u << 19 | 1u << 24 | 1u << 25 | 1u << 26;

    // Leaf 1, ECX: SSE3, PCLMULQDQ, SSSE3, CX16, SSE4.1, SSE4.2, MOVBE, POPCNT, AES.
    private const uint Leaf1Ecx = 1u | 1u << 1 | 1u << 25 | 1u << 9 | 1u << 13 | 1u << 19 | 1u << 20 | 1u << 22 | 1u << 23;

    // Leaf 7, EBX: FSGSBASE, BMI1, BMI2, ADX, SHA.
    private const uint Leaf7Ebx = 1u | 1u << 3 | 1u << 8 | 1u << 19 | 1u << 29;

    // Leaf 80000001, ECX: LAHF in 64-bit mode, LZCNT; EDX: SYSCALL, RDTSCP, 64-bit mode.
    private const uint ExtendedEcx = 1u | 1u << 5;
    private const uint ExtendedEdx = 1u << 11 | 1u << 27 | 1u << 29;

    // Leaf 2, EAX: what there is of caches stands in leaf 4.
    private const uint SeeLeaf4 = 0xFF01;

    // Leaf 4: EAX type, level, self-initializing; EBX and ECX ways, 64-byte lines and sets, less one each. C libraries choose how to copy by them.
    private static readonly (uint Eax, uint Ebx, uint Ecx)[] s_caches =
    [
        (1 | 1 << 5 | 1 << 8, 63 | 7 << 22, 64 - 1),
        (2 | 1 << 5 | 1 << 8, 63 | 7 << 22, 64 - 1),
        (3 | 2 << 5 | 1 << 8, 63 | 7 << 22, 512 - 1),
        (3 | 3 << 5 | 1 << 8, 63 | 11 << 22, 8192 - 1),
    ];

    // The vendor is the one whose signature leaf 1 has: of a vendor that it does not know, glibc reads no features, and then refuses its own libraries.
    public static partial ulong cpuid_ab(byte* env, ulong leaf, ulong subleaf) => (uint)leaf switch
    {
        0 => Pair(7, Letters("Genu")),
        1 => Pair(0x000306A9, 0x00000800),
        2 => Pair(SeeLeaf4, 0),
        4 when (uint)subleaf < (uint)s_caches.Length => Pair(s_caches[subleaf & 3].Eax, s_caches[subleaf & 3].Ebx),
        7 => Pair(0, (uint)subleaf == 0 ? Leaf7Ebx : 0),
        0x80000000 => Pair(0x80000001, 0),
        _ => 0,
    };

    public static partial ulong cpuid_cd(byte* env, ulong leaf, ulong subleaf) => (uint)leaf switch
    {
        0 => Pair(Letters("ntel"), Letters("ineI")),
        1 => Pair(Leaf1Ecx, Leaf1Edx),
        4 when (uint)subleaf < (uint)s_caches.Length => Pair(s_caches[subleaf & 3].Ecx, 0),
        0x80000001 => Pair(ExtendedEcx, ExtendedEdx),
        _ => 0,
    };

    private static ulong Pair(uint low, uint high) => (ulong)high << 32 | low;

    private static uint Letters(string text) => (uint)(text[0] | text[1] << 8 | text[2] << 16 | text[3] << 24);
}
