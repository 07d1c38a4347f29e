using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>GICC_* of GICv2: each vCPU sees its own at the same address.</summary>
/// <remarks>IHI 0048B section 4.4. Without the Security Extensions the registers are as a Secure access sees them.</remarks>
internal sealed class GicV2CpuInterface(GicV2 gic) : RegisterDevice
{
    private const uint
        Ctlr = 0x00, Pmr = 0x04, Bpr = 0x08, Iar = 0x0C, Eoir = 0x10, Rpr = 0x14, Hppir = 0x18, Abpr = 0x1C, Aiar = 0x20, Aeoir = 0x24, Ahppir = 0x28,
        Apr = 0xD0, NsApr = 0xE0, AprEnd = 0xF0, Iidr = 0xFC, Dir = 0x1000;

    private const uint AckCtl = 1 << 2, FiqEn = 1 << 3, Cbpr = 1 << 4, EoiMode = 1 << 9;

    /// <summary>GIC-400, r0p1, by Arm.</summary>
    private const uint Implementation = 0x0202_143B;

    /// <summary>What GICC_IAR says of an interrupt of group 1 that only GICC_AIAR takes.</summary>
    private const uint OtherGroup = 1022;

    private const uint IdMask = 0x3FF;

    protected override uint ReadRegister(uint offset, int vcpu)
    {
        var own = gic.Interfaces[vcpu];
        return offset switch
        {
            Ctlr => ReadControl(vcpu),
            Pmr => (uint)own.PriorityMask,
            Bpr => (uint)own.BinaryPoint0,
            Abpr => (uint)own.BinaryPoint1,
            Iar => Acknowledge(vcpu, isAlias: false),
            Aiar => Acknowledge(vcpu, isAlias: true),
            Rpr => (uint)own.Active.Running,
            Hppir => Answer(vcpu, own.Highest, isAlias: false),
            Ahppir => Answer(vcpu, own.Highest, isAlias: true),
            >= Apr and < AprEnd => own.Active.Read(offset >= NsApr ? 1 : 0, (int)(offset >> 2 & 3)),
            Iidr => Implementation,
            _ => 0,
        };
    }

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        var own = gic.Interfaces[vcpu];
        switch (offset)
        {
            case Ctlr:
                WriteControl(vcpu, Merge(ReadControl(vcpu), value, mask));
                break;
            case Pmr:
                own.PriorityMask = (byte)value;
                break;
            case Bpr:
                own.BinaryPoint0 = (int)(value & 7);
                break;
            case Abpr:
                own.BinaryPoint1 = (int)(value & 7);
                break;
            case Eoir or Aeoir:
                End(vcpu, (int)(value & IdMask), isAlias: offset == Aeoir);
                break;
            case Dir:
                own.Deactivate((int)(value & IdMask));
                break;
            case >= Apr and < AprEnd:
                own.Active.Write(offset >= NsApr ? 1 : 0, (int)(offset >> 2 & 3), value);
                break;
        }

        gic.Update();
    }

    private uint ReadControl(int vcpu)
    {
        var (own, settings) = (gic.Interfaces[vcpu], gic.Settings[vcpu]);
        return (uint)own.EnabledGroups | (settings.TakesBothGroups ? AckCtl : 0) | (settings.Group0IsFiq ? FiqEn : 0)
            | (own.HasCommonBinaryPoint ? Cbpr : 0) | (own.EndsInTwoSteps ? EoiMode : 0);
    }

    private void WriteControl(int vcpu, uint value)
    {
        var (own, settings) = (gic.Interfaces[vcpu], gic.Settings[vcpu]);
        own.EnabledGroups = (int)(value & 3);
        own.HasCommonBinaryPoint = (value & Cbpr) != 0;
        own.EndsInTwoSteps = (value & EoiMode) != 0;
        settings.TakesBothGroups = (value & AckCtl) != 0;
        settings.Group0IsFiq = (value & FiqEn) != 0;
    }

    private uint Acknowledge(int vcpu, bool isAlias)
    {
        var own = gic.Interfaces[vcpu];
        var interrupt = own.Signalled;
        var answer = Answer(vcpu, interrupt, isAlias);
        if ((answer & IdMask) < OtherGroup)
        {
            own.Acknowledge(interrupt);
        }

        return answer;
    }

    private uint Answer(int vcpu, PendingInterrupt interrupt, bool isAlias)
    {
        if (!interrupt.Exists || (isAlias && interrupt.Group == 0))
        {
            return PendingInterrupt.SpuriousId;
        }

        return !isAlias && interrupt.Group == 1 && !gic.Settings[vcpu].TakesBothGroups ? OtherGroup
            : (uint)(interrupt.Id | gic.SourceOf(vcpu, interrupt.Id) << 10);
    }

    // GICC_EOIR ends interrupts of group 1 only if GICC_IAR takes them.
    private void End(int vcpu, int id, bool isAlias)
    {
        if (id < gic.Interrupts && gic.GroupOf(vcpu, id) is var group && (group == 1 ? isAlias || gic.Settings[vcpu].TakesBothGroups : !isAlias))
        {
            gic.Interfaces[vcpu].End(group, id);
        }
    }
}
