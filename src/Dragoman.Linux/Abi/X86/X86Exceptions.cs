using Dragoman.Linux.Memory;
using Dragoman.Linux.Signals;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Linux.Abi.X86;

/// <summary>The signals that arch/x86/kernel/traps.c and mm/fault.c make of exceptions, and what a signal frame says of them.</summary>
internal static class X86Exceptions
{
    /// <summary>Vectors (Intel SDM 3A, table 6-1).</summary>
    public const int Divide = 0, Debug = 1, Breakpoint = 3, InvalidOpcode = 6, StackFault = 12, Protection = 13, PageFault = 14, FloatingPoint = 16, Alignment = 17, SimdFloatingPoint = 19;

    // The argument of an arithmetic exception: the vector, and below it the code of SIGFPE, unless it is a division's, which is 0.
    private const int IllegalOperand = 2, ProtectionError = 2, BusAlignment = 1;

    // The argument of a trap: the error code, and above it the vector where it is not that of a protection exception. Of a debug exception the code is
    // si_code: TRAP_BRKPT or TRAP_TRACE.
    private const int VectorShift = 16;
    private const ulong CodeMask = 0xFFFF;

    // RF, which faults leave set in the flags that are stored (Intel SDM 3B, 18.3.1.1).
    private const ulong ResumeFlag = 1 << 16;

    // Bits of a page fault's error code (Intel SDM 3A, 4.7).
    private const ulong WasPresent = 1, WasWrite = 2, WasUser = 4, WasFetch = 16;

    // Of the kernel's part a process is told that everything is there (arch/x86/mm/fault.c: set_signal_archinfo).
    private const ulong KernelSpace = 0x7FFF_FFFF_F000;

    public static SignalInfo Signal(in GuestException exception, ulong pc, bool is64, bool checksAlignment) => exception.Kind switch
    {
        // A fetch where no address can be is a general-protection exception, which tells no address.
        ExceptionKind.MemoryFault when is64 && !IsCanonical(exception.Address) => SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        ExceptionKind.MemoryFault => SignalInfo.Fault(exception.Signal, exception.SignalCode, exception.Address),
        // What AC asks for, or else a vector that must be aligned, of which nothing tells where AC is set.
        ExceptionKind.AlignmentFault when checksAlignment => SignalInfo.Fault(SignalNumbers.Bus, BusAlignment, 0),
        ExceptionKind.AlignmentFault => SignalInfo.Fault(SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        ExceptionKind.Breakpoint => SignalInfo.Fault(SignalNumbers.Trap, SignalInfo.SiKernel, 0),
        ExceptionKind.Arithmetic => SignalInfo.Fault(SignalNumbers.Fpe, exception.Argument == 0 ? FloatingFault.IntegerDivide : (int)exception.Argument & 0xFF, pc),
        ExceptionKind.GuestTrap when Vector(exception) == Debug => SignalInfo.Fault(SignalNumbers.Trap, (int)(exception.Argument & CodeMask), pc),
        ExceptionKind.GuestTrap => SignalInfo.Fault(Vector(exception) == StackFault ? SignalNumbers.Bus : SignalNumbers.Segv, SignalInfo.SiKernel, 0),
        _ => SignalInfo.Fault(SignalNumbers.Ill, IllegalOperand, pc),
    };

    /// <summary>The context's trapno, err and cr2.</summary>
    public static (int Vector, ulong Error, ulong Address) Describe(in GuestException exception, in SignalInfo info, IUserMemory memory)
    {
        switch (exception.Kind)
        {
            case ExceptionKind.MemoryFault when info.Code != SignalInfo.SiKernel:
                var error = WasUser | (exception.Address >= KernelSpace || (exception.SignalCode == ProtectionError && memory.IsPresent(exception.Address)) ? WasPresent : 0)
                    | (exception.Access == GuestAccess.Write ? WasWrite : exception.Access == GuestAccess.Execute ? WasFetch : 0);
                return (PageFault, error, exception.Address);
            case ExceptionKind.GuestTrap:
                var vector = Vector(exception);
                return (vector, vector == Protection ? exception.Argument & CodeMask : 0, 0);
            case ExceptionKind.AlignmentFault when info.Number == SignalNumbers.Bus:
                return (Alignment, 0, 0);
            case ExceptionKind.MemoryFault or ExceptionKind.AlignmentFault:
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

    /// <summary>The bits that a signal frame's flags have besides the program's own.</summary>
    public static ulong FlagsOf(in GuestException exception) =>
        exception.After || exception.Kind is ExceptionKind.None or ExceptionKind.Breakpoint ? 0 : ResumeFlag;

    private static int Vector(in GuestException exception) => (int)(exception.Argument >> VectorShift) is not 0 and var vector ? vector : Protection;

    private static bool IsCanonical(ulong address) => (ulong)((long)(address << 16) >> 16) == address;
}
