namespace Dragoman.Guests.AArch64.Privileged;

/// <summary>How one half of the address space is translated: TCR_EL1's fields for the low half, by TTBR0_EL1, or the high half, by TTBR1_EL1 (D8.2, D19.2.139).</summary>
internal readonly struct TranslationControl
{
    /// <summary>Bits of a physical address: ID_AA64MMFR0_EL1.PARange.</summary>
    public const int PhysicalBits = 48;

    /// <param name="tcr">TCR_EL1.</param>
    /// <param name="isHigh">Bit 55 of the address.</param>
    public TranslationControl(ulong tcr, bool isHigh)
    {
        var half = isHigh ? tcr >> 16 : tcr;
        InputBits = 64 - (int)(half & 0x3F);
        IsDisabled = (half & 0x80) != 0;
        IgnoresTopByte = (tcr >> (isHigh ? 38 : 37) & 1) != 0;
        IgnoresHierarchy = (tcr >> (isHigh ? 42 : 41) & 1) != 0;
        GranuleBits = (isHigh, tcr >> (isHigh ? 30 : 14) & 3) switch
        {
            (false, 0) or (true, 2) => 12,
            (false, 1) or (true, 3) => 16,
            _ => 0,
        };
        OutputBits = (tcr >> 32 & 7) switch
        {
            0 => 32,
            1 => 36,
            2 => 40,
            3 => 42,
            4 => 44,
            _ => PhysicalBits,
        };
        SetsAccessFlag = (tcr >> 39 & 1) != 0;
        SetsDirtyState = SetsAccessFlag && (tcr >> 40 & 1) != 0;
    }

    /// <summary>64 - TnSZ: bits of an address that are translated.</summary>
    public int InputBits { get; }

    /// <summary>EPDn: a miss is a fault.</summary>
    public bool IsDisabled { get; }

    /// <summary>TBIn.</summary>
    public bool IgnoresTopByte { get; }

    /// <summary>HPDn: tables' permissions do not count.</summary>
    public bool IgnoresHierarchy { get; }

    /// <summary>Log2 of the granule in bytes: 12 or 16, 0 for one that is not there.</summary>
    public int GranuleBits { get; }

    /// <summary>IPS, at most <see cref="PhysicalBits"/>, and those for values that are reserved: bits of an address that tables may give.</summary>
    public int OutputBits { get; }

    /// <summary>HA.</summary>
    public bool SetsAccessFlag { get; }

    /// <summary>HD.</summary>
    public bool SetsDirtyState { get; }

    /// <summary>
    /// Where a branch to an address leads (AArch64.BranchAddr, D8.8): where the top byte is ignored it becomes what bit 55 is.
    /// </summary>
    /// <param name="tcr">TCR_EL1.</param>
    /// <param name="address">The target, with its tag.</param>
    public static ulong BranchTarget(ulong tcr, ulong address) =>
        (tcr >> 37 >> (int)(address >> 55 & 1) & 1) != 0 ? (ulong)((long)(address << 8) >> 8) : address;

    /// <summary>Whether tables can be walked: addresses of 25 (without FEAT_TTST) to 48 bits, and a granule that is there.</summary>
    public bool IsValid => !IsDisabled && GranuleBits != 0 && InputBits is >= 25 and <= 48;

    /// <summary>Level of the first table.</summary>
    public int FirstLevel => 4 - ((InputBits - GranuleBits + (GranuleBits - 4)) / (GranuleBits - 3));

    /// <summary>Lowest bit of an address that a table of a level is indexed with.</summary>
    public int ShiftOf(int level) => GranuleBits + ((GranuleBits - 3) * (3 - level));
}
