namespace Dragoman.Tcg.Abi;

/// <summary>Why translated code left with a guest exception. Guest-neutral: each guest's description maps its own exceptions to these.</summary>
public enum ExceptionKind
{
    /// <summary>None pending.</summary>
    None = 0,

    /// <summary>A system call instruction; the argument is its immediate.</summary>
    Syscall = 1,

    /// <summary>A breakpoint instruction; the argument is its immediate.</summary>
    Breakpoint = 2,

    /// <summary>An undefined, unallocated or privileged instruction.</summary>
    IllegalInstruction = 3,

    /// <summary>A data or instruction access that the guest's address rule or the memory map refuses; the guest address is in FaultGuestAddress.</summary>
    MemoryFault = 4,

    /// <summary>A misaligned access where alignment is required; the guest address is in FaultGuestAddress. Through softmmu the argument is the GuestAccess.</summary>
    AlignmentFault = 5,

    /// <summary>The PC is not a legal instruction address; the argument is the PC.</summary>
    PcAlignment = 6,

    /// <summary>An integer or floating-point trap; the argument says which, in the guest's own numbers.</summary>
    Arithmetic = 7,

    /// <summary>A described but guest-specific trap; the argument says which (PALcode entries, x86 vectors).</summary>
    GuestTrap = 8,

    /// <summary>The guest yields or waits (YIELD, WFE, WFI): leave to the scheduler.</summary>
    Yield = 9,

    /// <summary>The instruction cannot be done concurrently with other vCPUs: run it alone in an exclusive section.</summary>
    Atomic = 10,

    /// <summary>Guest cache maintenance made new code visible: invalidate the line at ExceptionArg (IC IVAU), or with all ones there everything (IMB), then go on.</summary>
    InstructionCacheInvalidate = 11,

    /// <summary>A call of firmware or a hypervisor that is not emulated, but may be answered by a machine's board: the argument is 0 for the hypervisor, 1 for the secure monitor.</summary>
    FirmwareCall = 12,

    /// <summary>The breakpoint by which a program calls its debugger's host (semihosting); the argument is its immediate.</summary>
    Semihosting = 13,

    /// <summary>The vCPU of a machine waits for an interrupt (WFI).</summary>
    Halt = 14,
}
