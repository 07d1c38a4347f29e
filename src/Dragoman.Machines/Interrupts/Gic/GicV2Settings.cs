namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>Bits of GICC_CTLR that only GICv2 has. Guarded by the big lock.</summary>
internal sealed class GicV2Settings
{
    /// <summary>FIQEn: interrupts of group 0 are FIQs.</summary>
    public bool Group0IsFiq { get; set; }

    /// <summary>AckCtl: GICC_IAR takes interrupts of group 1 too.</summary>
    public bool TakesBothGroups { get; set; }
}
