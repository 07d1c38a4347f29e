using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Faults;

/// <summary>Guest memory faults as the kernel sees them, with Linux's signal numbers and codes.</summary>
internal static class GuestFaults
{
    private const int BusAdrAln = 1;

    /// <summary>SIGSEGV with SEGV_MAPERR or SEGV_ACCERR.</summary>
    public static GuestException Segv(ulong address, GuestAccess access, bool isMapped) =>
        new(ExceptionKind.MemoryFault, 0, address, access, HostSignal.Segv, isMapped ? HostSignal.SegvAccErr : HostSignal.SegvMapErr, After: false);

    /// <summary>SIGSEGV without an address (SI_KERNEL).</summary>
    public static GuestException NoAddress(GuestAccess access) =>
        new(ExceptionKind.MemoryFault, 0, 0, access, HostSignal.Segv, HostSignal.FromKernel, After: false);

    /// <summary>SIGBUS with BUS_ADRERR: past the end of a mapped file.</summary>
    public static GuestException Bus(ulong address, GuestAccess access) =>
        new(ExceptionKind.MemoryFault, 0, address, access, HostSignal.Bus, HostSignal.BusAdrErr, After: false);

    /// <summary>SIGBUS with BUS_ADRALN.</summary>
    public static GuestException Alignment(ulong address, GuestAccess access) =>
        new(ExceptionKind.AlignmentFault, 0, address, access, HostSignal.Bus, BusAdrAln, After: false);
}
