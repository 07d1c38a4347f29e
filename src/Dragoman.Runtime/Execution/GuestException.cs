using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>A guest exception as the dispatcher hands it to the <see cref="IGuestKernel"/>. The vCPU's state is exact.</summary>
/// <param name="Kind">What happened.</param>
/// <param name="Argument">Immediate or trap code, as <see cref="ExceptionKind"/> says.</param>
/// <param name="Address">Guest address of a memory or alignment fault, as far as it is known.</param>
/// <param name="Access">Kind of access of a memory fault.</param>
/// <param name="Signal">For a memory fault: 11 (SIGSEGV) or 7 (SIGBUS), the numbers of Linux on the host.</param>
/// <param name="SignalCode">For a memory fault: si_code (SEGV_MAPERR 1, SEGV_ACCERR 2, BUS_ADRALN 1, BUS_ADRERR 2, SI_KERNEL 128).</param>
/// <param name="After">True when the PC is that of the next instruction, false when it is that of the one that raised.</param>
public readonly unsafe record struct GuestException(
    ExceptionKind Kind,
    ulong Argument,
    ulong Address,
    GuestAccess Access,
    int Signal,
    int SignalCode,
    bool After)
{
    /// <summary>Takes the exception that is pending in a block. A fault that translated code found itself has no signal yet.</summary>
    internal static GuestException Take(VcpuHeader* header)
    {
        var kind = header->Exception;
        header->Exception = ExceptionKind.None;
        var address = kind is ExceptionKind.MemoryFault or ExceptionKind.AlignmentFault ? header->FaultGuestAddress : 0;
        return new GuestException(kind, header->ExceptionArg, address, GuestAccess.Read, 0, 0, header->ExceptionAfter != 0);
    }
}
