using Dragoman.Runtime.Guests;

namespace Dragoman.Linux.Abi.X86;

/// <summary>AT_HWCAP and AT_HWCAP2 of a CPU model (arch/x86/include/asm/elf.h): EDX of CPUID leaf 1, and what the kernel has enabled.</summary>
internal static class X86Hwcap
{
    /// <summary>HWCAP2_FSGSBASE: RDFSBASE and its like may be used in user mode.</summary>
    private const ulong BaseInstructions = 2;

    // What every model has: TSC, CX8, CMOV.
    private const ulong Always = 1 << 4 | 1 << 8 | 1 << 15;

    // Features by the names that the guest's description gives them, with their bits of EDX.
    private static readonly (string Feature, int Bit)[] s_features = [("FPU", 0), ("MMX", 23), ("FXSR", 24), ("SSE", 25), ("SSE2", 26)];

    public static (ulong Hwcap, ulong Hwcap2) Of(CpuModel cpu)
    {
        var all = Always;
        foreach (var (feature, bit) in s_features)
        {
            all |= cpu.Has(feature) ? 1UL << bit : 0;
        }

        return (all, cpu.Has("FSGSBASE") ? BaseInstructions : 0);
    }
}
