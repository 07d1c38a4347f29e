namespace Dragoman.Guests.X86;

/// <summary>What CPUID says: what the CPU model has (Intel SDM 2A, CPUID). The features come from the description.</summary>
internal static unsafe partial class Helpers
{
    // Leaf 80000001, EDX: SYSCALL, RDTSCP, 64-bit mode.
    private const uint ExtendedEdx = 1u << 11 | 1u << 27 | 1u << 29;

    // Of leaf 1, ECX, and of leaf D's subleaf 1, EAX. Leaf D: bytes of FXSAVE's image and the header, and of the upper halves of YMM registers behind them.
    private const int XsaveBit = 26, AvxBit = 28, CompactBit = 1;
    private const uint StateLeaf = 0xD, LegacyStateSize = 576, UpperStateSize = 256, LegacyState = 3, UpperState = 4;

    // Leaf 1, EBX: lines of 64 bytes, in units of 8.
    private const uint LineSize = 0x800;

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
    public static partial ulong cpuid_ab(byte* env, ulong which, ulong signature, ulong leaf1, ulong leaf7, ulong extended) => (uint)which switch
    {
        0 => Pair(HasState(leaf1) ? StateLeaf : 7, Letters("Genu")),
        1 => Pair((uint)signature, LineSize),
        2 => Pair(SeeLeaf4, 0),
        4 when Subleaf(which) < (uint)s_caches.Length => Pair(s_caches[Subleaf(which)].Eax, s_caches[Subleaf(which)].Ebx),
        7 => Pair(0, Subleaf(which) == 0 ? (uint)leaf7 : 0),
        StateLeaf when HasState(leaf1) => Subleaf(which) switch
        {
            0 => Pair(LegacyState | (HasUpper(leaf1) ? UpperState : 0), StateSize(leaf1)),
            1 => Pair((uint)extended, HasCompact(extended) ? StateSize(leaf1) : 0),
            2 when HasUpper(leaf1) => Pair(UpperStateSize, LegacyStateSize),
            _ => 0,
        },
        0x80000000 => Pair(0x80000001, 0),
        _ => 0,
    };

    public static partial ulong cpuid_cd(byte* env, ulong which, ulong signature, ulong leaf1, ulong leaf7, ulong extended) => (uint)which switch
    {
        0 => Pair(Letters("ntel"), Letters("ineI")),
        1 => Pair((uint)leaf1, (uint)(leaf1 >> 32)),
        4 when Subleaf(which) < (uint)s_caches.Length => Pair(s_caches[Subleaf(which)].Ecx, 0),
        7 => Pair(Subleaf(which) == 0 ? (uint)(leaf7 >> 32) : 0, 0),
        StateLeaf when HasState(leaf1) && Subleaf(which) == 0 => Pair(StateSize(leaf1), 0),
        0x80000001 => Pair((uint)(extended >> 32), ExtendedEdx),
        _ => 0,
    };

    private static uint Subleaf(ulong which) => (uint)(which >> 32);

    private static bool HasState(ulong leaf1) => (leaf1 >> XsaveBit & 1) != 0;

    private static bool HasUpper(ulong leaf1) => (leaf1 >> AvxBit & 1) != 0;

    private static bool HasCompact(ulong extended) => (extended >> CompactBit & 1) != 0;

    private static uint StateSize(ulong leaf1) => LegacyStateSize + (HasUpper(leaf1) ? UpperStateSize : 0);

    private static ulong Pair(uint low, uint high) => (ulong)high << 32 | low;

    private static uint Letters(string text) => (uint)(text[0] | text[1] << 8 | text[2] << 16 | text[3] << 24);
}
