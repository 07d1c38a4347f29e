using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>GICD_* of GICv3.</summary>
/// <remarks>IHI 0069 section 12.9. With affinity routing the registers of interrupts 0 to 31 are the redistributors'.</remarks>
internal sealed class GicV3Distributor(GicV3 gic) : RegisterDevice
{
    /// <summary>GICD_PIDR2 and its like lie at the end of the frame; the PrimeCell's at the end of 4 KiB.</summary>
    internal const uint IdentityBase = 0xF000, PeripheralId4 = 0xFFD0;

    /// <summary>Architecture version 3, by Arm.</summary>
    internal const uint Peripheral = 0x003B_B492, Implementation = 0x0000_043B;

    private const uint Ctlr = 0x0000, Typer = 0x0004, Iidr = 0x0008, Routes = 0x6000, RoutesEnd = 0x8000;

    // CTLR: affinity routing, and one Security state. TYPER: 16 bits of INTID, Aff3 valid, no 1-of-N.
    private const uint AffinityRouting = 1 << 4, SecurityDisabled = 1 << 6, TyperFixed = 15u << 19 | 1u << 24 | 1u << 25;

    protected override uint ReadRegister(uint offset, int vcpu) => offset switch
    {
        Ctlr => (uint)gic.ForwardedGroups | AffinityRouting | SecurityDisabled,
        Typer => (uint)((gic.Interrupts / 32) - 1) | TyperFixed,
        Iidr => Implementation,
        >= Routes and < RoutesEnd => (uint)(Route(offset) >> Half(offset)),
        PeripheralId4 => 0x44,
        _ => PrimeCellId.TryRead(Peripheral, offset - IdentityBase, out var id) ? id : Banks.Read(offset),
    };

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        switch (offset)
        {
            case Ctlr:
                gic.ForwardedGroups = (int)Merge((uint)gic.ForwardedGroups, value, mask) & 3;
                break;
            case >= Routes and < RoutesEnd:
                if (Number(offset) is var number && number >= 0 && number < gic.RoutesOf.Length)
                {
                    var half = Half(offset);
                    gic.RoutesOf[number] = ((gic.RoutesOf[number] & ~((ulong)mask << half)) | ((ulong)value << half)) & GicV3.RouteMask;
                }

                break;
            default:
                Banks.Write(offset, value, mask);
                break;
        }

        gic.Update();
    }

    private InterruptRegisters Banks => new(null, gic.Shared, readOnlySgis: false);

    private static int Number(uint offset) => (int)(offset - Routes) / 8 - GicController.PrivateInterrupts;

    private static int Half(uint offset) => (int)(offset & 4) * 8;

    private ulong Route(uint offset) => Number(offset) is var number && number >= 0 && number < gic.RoutesOf.Length ? gic.RoutesOf[number] : 0;
}
