namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>Fault status codes of aborts: ESR_EL1.DFSC and IFSC, PAR_EL1.FST (D19.2.37). Those of a translation have its level in their low two bits.</summary>
internal static class FaultStatus
{
    public const uint AddressSize = 0x00;
    public const uint Translation = 0x04;
    public const uint AccessFlag = 0x08;
    public const uint Permission = 0x0C;
    public const uint External = 0x10;
    public const uint ExternalOnWalk = 0x14;
    public const uint Alignment = 0x21;

    /// <summary>Whether it is <see cref="ExternalOnWalk"/>, at any level.</summary>
    public static bool IsExternalOnWalk(uint status) => (status & ~3u) == ExternalOnWalk;
}
