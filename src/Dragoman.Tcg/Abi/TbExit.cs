namespace Dragoman.Tcg.Abi;

/// <summary>
/// What translated code returns to the dispatcher. A value of <see cref="FirstSlot"/> or more is the address of the
/// <see cref="ChainSlot"/> through which it left: the dispatcher finds the target TB and may patch the slot.
/// </summary>
public static class TbExit
{
    /// <summary>The PC in the state is current; look it up.</summary>
    public const nint Lookup = 0;

    /// <summary>The poll word was set; the PC in the state is that of the TB that was not run (or of the loop head).</summary>
    public const nint Requested = 1;

    /// <summary>An exception is pending in the header.</summary>
    public const nint Exception = 2;

    /// <summary>
    /// An address has bits above the guest's region, and this code leaves the full address rule to others: the instruction at the PC is to be run
    /// alone by code that has it (see <see cref="Backends.CompileRequest.LeavesOddAddresses"/>).
    /// </summary>
    public const nint OddAddress = 3;

    /// <summary>
    /// The host's floating-point arithmetic does not settle the answer of the instruction at the PC: exact code is to run it alone. <see cref="VcpuHeader.LeftPc"/> and
    /// <see cref="VcpuHeader.LeftFlags"/> say which code left (see <see cref="Backends.CompileRequest.LeavesExactFloat"/>).
    /// </summary>
    public const nint ExactFloat = 4;

    /// <summary>Values below this are codes, values from here on are slot addresses.</summary>
    public const nint FirstSlot = 4096;
}
