using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>
/// The software control word of IEEE arithmetic as Linux shows it to programs, and FPCR, whose bits are the same ones elsewhere and partly
/// inverted (arch/alpha/include/uapi/asm/fpu.h).
/// </summary>
internal static class AlphaFloatControl
{
    private const ulong TrapInvalid = 1 << 1, TrapDivideByZero = 1 << 2, TrapOverflow = 1 << 3, TrapUnderflow = 1 << 4, TrapInexact = 1 << 5,
        TrapDenormal = 1 << 6, DenormalsToZero = 1 << 12, UnderflowToZero = 1 << 13;

    private const ulong Status = 0x7E0000, Traps = 0x7E, Kept = Traps | DenormalsToZero | UnderflowToZero;
    private const int StatusToSummary = 16;

    // FPCR: DYN, UNDZ and UNFD, SUM.
    private const ulong RoundingMask = 3UL << 58, RoundNearest = 2UL << 58, FlushUnderflow = (1UL << 60) | (1UL << 61), Summary = 1UL << 63;

    /// <summary>FPCR of a fresh program: to nearest, every trap disabled.</summary>
    public static ulong Initial => RoundNearest | ToFpcr(0);

    /// <summary>The control word, as osf_getsysinfo(GSI_IEEE_FP_CONTROL) shows it.</summary>
    public static ulong Get(AlphaRegisters registers, Vcpu vcpu) => registers.Control(vcpu) | ((registers.GetFpcr(vcpu) >> 35) & Status);

    /// <summary>Sets it; the rounding mode stays.</summary>
    public static void Set(AlphaRegisters registers, Vcpu vcpu, ulong word)
    {
        registers.Control(vcpu) = word & Kept;
        registers.SetFpcr(vcpu, (registers.GetFpcr(vcpu) & RoundingMask) | ToFpcr(word & (Kept | Status)));
    }

    /// <summary>Raises exceptions (the status bits of <paramref name="word"/>); the si_code of the SIGFPE that an enabled one means, or 0.</summary>
    public static int Raise(AlphaRegisters registers, Vcpu vcpu, ulong word)
    {
        var raised = word & Status;
        registers.SetFpcr(vcpu, registers.GetFpcr(vcpu) | (raised << 35) | (raised != 0 ? Summary : 0));
        return SignalCode((raised >> StatusToSummary) & Get(registers, vcpu));
    }

    /// <summary>si_code of a set of exceptions, in the trap enables' bits, which are those of the exception summary too; 0 for none.</summary>
    public static int SignalCode(ulong exceptions) =>
        (exceptions & TrapInvalid) != 0 ? FloatingFault.Invalid
        : (exceptions & TrapDivideByZero) != 0 ? FloatingFault.DivideByZero
        : (exceptions & TrapOverflow) != 0 ? FloatingFault.Overflow
        : (exceptions & TrapUnderflow) != 0 ? FloatingFault.Underflow
        : (exceptions & TrapInexact) != 0 ? FloatingFault.Inexact
        : (exceptions & TrapDenormal) != 0 ? FloatingFault.Underflow : 0;

    private static ulong ToFpcr(ulong word) =>
        ((word & Status) << 35) | ((word & DenormalsToZero) << 36) | ((word & Status) != 0 ? Summary : 0)
        | ((~word & (TrapInvalid | TrapDivideByZero | TrapOverflow)) << 48) | ((~word & (TrapUnderflow | TrapInexact)) << 57)
        | ((word & UnderflowToZero) != 0 ? FlushUnderflow : 0) | ((~word & TrapDenormal) << 41);
}
