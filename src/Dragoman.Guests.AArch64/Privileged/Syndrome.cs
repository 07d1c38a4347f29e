using Dragoman.Runtime.Execution;

namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>Exception syndromes: ESR_EL1 (D19.2.37).</summary>
internal static class Syndrome
{
    // Exception classes.
    public const uint Unknown = 0x00;
    public const uint IllegalState = 0x0E;
    public const uint SupervisorCall = 0x15;
    public const uint PcAlignment = 0x22;
    public const uint Breakpoint = 0x3C;

    private const uint InstructionAbortFromEl0 = 0x20;
    private const uint DataAbortFromEl0 = 0x24;
    private const uint LongInstruction = 1u << 25;
    private const uint IsWrite = 1u << 6;
    private const uint IsMaintenance = 1u << 8;

    /// <summary>A syndrome of a class; every instruction has 32 bits.</summary>
    public static uint Of(uint exceptionClass, uint specific) => exceptionClass << 26 | LongInstruction | specific;

    /// <summary>A data abort of an AT instruction at EL1: CM and WnR are set.</summary>
    public static uint AddressTranslationAbort(uint status) => Abort(GuestAccess.Write, isFromUser: false, status | IsMaintenance);

    /// <summary>An instruction or data abort.</summary>
    /// <param name="access">What was tried.</param>
    /// <param name="isFromUser">At EL0; whatever the access counted as.</param>
    /// <param name="status">A <see cref="FaultStatus"/>.</param>
    public static uint Abort(GuestAccess access, bool isFromUser, uint status) =>
        Of((access == GuestAccess.Execute ? InstructionAbortFromEl0 : DataAbortFromEl0) + (isFromUser ? 0u : 1u), status | (access == GuestAccess.Write ? IsWrite : 0));
}
