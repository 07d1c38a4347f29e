using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.Alpha;

/// <summary>The signals that arch/alpha/kernel/traps.c makes of exceptions.</summary>
internal static class AlphaTraps
{
    private const int Breakpoint = 1, UnknownTrap = 5, IllegalOpcode = 1, BadAlignment = 1, NotMapped = 1, AccessError = 2;
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
            case ExceptionKind.MemoryFault when exception.Signal == SignalNumbers.Segv && Misaligned(registers, vcpu) is { } start:
                // do_entUnaUser: the kernel does such an access in parts, and names the whole one when a part fails. Its code tells whether anything is mapped from there on.
                var isBelow = vcpu.Machine.Memory.Snapshot().Any(mapping => mapping.End > start);
                return SignalInfo.Fault(SignalNumbers.Segv, isBelow ? AccessError : NotMapped, start);
            case ExceptionKind.MemoryFault:
                return SignalInfo.Fault(exception.Signal, exception.SignalCode, exception.Address);
            case ExceptionKind.AlignmentFault when (registers.Unaligned(vcpu) & (AlphaRegisters.NoFix | AlphaRegisters.BusError)) == AlphaRegisters.NoFix:
                // The instruction is as if it were not there.
                pc += 4;
                return default;
            case ExceptionKind.AlignmentFault:
                return SignalInfo.Fault(SignalNumbers.Bus, BadAlignment, exception.Address);
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

    /// <summary>The address that the load or store at the PC is for, when it is one that the kernel completes (its size in bytes by the opcode) and misaligned.</summary>
    private static ulong? Misaligned(AlphaRegisters registers, Vcpu vcpu)
    {
        if (!vcpu.Machine.Memory.TryRead(registers.Pc(vcpu), out uint word))
        {
            return null;
        }

        var size = (word >> 26) switch { 0x0C or 0x0D => 2UL, 0x22 or 0x26 or 0x28 or 0x2C => 4UL, 0x23 or 0x27 or 0x29 or 0x2D => 8UL, _ => 1UL };
        var index = (int)(word >> 16) & 31;
        var address = (index == 31 ? 0 : registers.R(vcpu, index)) + (ulong)(short)word;
        return (address & (size - 1)) != 0 ? address : null;
    }

    private static int Reason(AlphaRegisters registers, Vcpu vcpu)
    {
        var reason = 0 - registers.R(vcpu, AlphaRegisters.FirstArgument);
        return reason < (ulong)s_reasons.Length ? s_reasons[reason] : 0;
    }
}
