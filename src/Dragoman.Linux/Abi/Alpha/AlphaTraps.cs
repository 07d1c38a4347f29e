using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>The signals that arch/alpha/kernel/traps.c makes of exceptions.</summary>
internal static class AlphaTraps
{
    private const int Breakpoint = 1, UnknownTrap = 5, IllegalOpcode = 1, Misaligned = 1;
    private const ulong GenTrap = 0xAA;
    private const ulong SoftwareCompletion = 1;

    // gentrap.h: the reasons -1 to -11 in a0; the rest are checks of languages' run-time libraries.
    private static readonly int[] s_reasons =
    [
        0, FloatingFault.IntegerOverflow, FloatingFault.IntegerDivide, FloatingFault.Overflow, FloatingFault.DivideByZero, FloatingFault.Underflow,
        FloatingFault.Invalid, FloatingFault.Inexact, 0, 0, 0, FloatingFault.Unknown,
    ];

    public static SignalInfo Signal(AlphaRegisters registers, Vcpu vcpu, in GuestException exception)
    {
        ref var pc = ref registers.Pc(vcpu);
        switch (exception.Kind)
        {
            case ExceptionKind.MemoryFault:
                return SignalInfo.Fault(exception.Signal, exception.SignalCode, exception.Address);
            case ExceptionKind.AlignmentFault when (registers.Unaligned(vcpu) & (AlphaRegisters.NoFix | AlphaRegisters.BusError)) == AlphaRegisters.NoFix:
                // The instruction is as if it were not there.
                pc += 4;
                return default;
            case ExceptionKind.AlignmentFault:
                return SignalInfo.Fault(SignalNumbers.Bus, Misaligned, exception.Address);
            case ExceptionKind.Arithmetic:
                // Without software completion the kernel does not look at what happened.
                var completed = (exception.Argument & SoftwareCompletion) != 0 ? AlphaFloatControl.SignalCode(exception.Argument) : 0;
                return SignalInfo.Fault(SignalNumbers.Fpe, completed != 0 ? completed : FloatingFault.Invalid, pc);
        }

        // OSF/1 PALcode saves the address of the next instruction (Architecture Reference Manual II-B 6.3.3, entIF).
        pc += exception.After ? 0UL : 4;
        return exception.Kind switch
        {
            ExceptionKind.Breakpoint => SignalInfo.Fault(SignalNumbers.Trap, Breakpoint, pc),
            ExceptionKind.GuestTrap when exception.Argument == GenTrap && Reason(registers, vcpu) is > 0 and var code =>
                SignalInfo.Fault(SignalNumbers.Fpe, code, pc),
            ExceptionKind.GuestTrap => SignalInfo.Fault(SignalNumbers.Trap, UnknownTrap, pc),
            _ => SignalInfo.Fault(SignalNumbers.Ill, IllegalOpcode, pc),
        };
    }

    private static int Reason(AlphaRegisters registers, Vcpu vcpu)
    {
        var reason = 0 - registers.R(vcpu, AlphaRegisters.FirstArgument);
        return reason < (ulong)s_reasons.Length ? s_reasons[reason] : 0;
    }
}
