using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.X86;

/// <summary>The signals that arch/x86/kernel/traps.c and mm/fault.c make of exceptions, and what a signal frame says of them.</summary>
internal static class X86Exceptions
{
    /// <summary>Vectors (Intel SDM 3A, table 6-1).</summary>
    public const int Divide = 0, Breakpoint = 3, InvalidOpcode = 6, Protection = 13, PageFault = 14, FloatingPoint = 16, Alignment = 17, SimdFloatingPoint = 19;

    // The argument of an arithmetic exception: the vector, and below it the code of SIGFPE, unless it is a division's, which is 0.
    private const int IllegalOperand = 2, ProtectionError = 2;

    // Bits of a page fault's error code (Intel SDM 3A, 4.7).
    private const ulong WasPresent = 1, WasWrite = 2, WasUser = 4, WasFetch = 16;

    public static SignalInfo Signal(in GuestException exception, ulong pc, bool is64) => exception.Kind switch
    {
        // An address that is not canonical is a general-protection exception, which tells no address.
        ExceptionKind.MemoryFault when is64 && !IsCanonical(exception.Address) => SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        ExceptionKind.MemoryFault => SignalInfo.Fault(exception.Signal, exception.SignalCode, exception.Address),
        // A vector that must be aligned; nothing else that is described asks for alignment.
        ExceptionKind.AlignmentFault => SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        ExceptionKind.Breakpoint => SignalInfo.Fault(SignalNumbers.Trap, SignalInfo.SiKernel, 0),
        ExceptionKind.Arithmetic => SignalInfo.Fault(SignalNumbers.Fpe, exception.Argument == 0 ? FloatingFault.IntegerDivide : (int)exception.Argument & 0xFF, pc),
        ExceptionKind.GuestTrap => SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        _ => SignalInfo.Fault(SignalNumbers.Ill, IllegalOperand, pc),
    };

    /// <summary>The context's trapno, err and cr2.</summary>
    public static (int Vector, ulong Error, ulong Address) Describe(in GuestException exception, in SignalInfo info)
    {
        switch (exception.Kind)
        {
            case ExceptionKind.MemoryFault when info.Code != SignalInfo.SiKernel:
                var error = WasUser | (exception.SignalCode == ProtectionError ? WasPresent : 0)
                    | (exception.Access == GuestAccess.Write ? WasWrite : exception.Access == GuestAccess.Execute ? WasFetch : 0);
                return (PageFault, error, exception.Address);
            case ExceptionKind.MemoryFault or ExceptionKind.GuestTrap or ExceptionKind.AlignmentFault:
                return (Protection, 0, 0);
            case ExceptionKind.Breakpoint:
                return (Breakpoint, 0, 0);
            case ExceptionKind.Arithmetic:
                return ((int)(exception.Argument >> 8), 0, 0);
            case ExceptionKind.IllegalInstruction:
                return (InvalidOpcode, 0, 0);
            default:
                return default;
        }
    }

    private static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;
}
