using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>GICD_* of GICv2.</summary>
/// <remarks>IHI 0048B section 4.3.</remarks>
internal sealed class GicV2Distributor(GicV2 gic) : RegisterDevice
{
    private const uint Ctlr = 0x000, Typer = 0x004, Iidr = 0x008, Targets = 0x800, TargetsEnd = 0xC00, Sgir = 0xF00, ClearSources = 0xF10, SetSources = 0xF20, SourcesEnd = 0xF30;

    /// <summary>GIC-400, r0p1, by Arm.</summary>
    private const uint Implementation = 0x0200_143B, Peripheral = 0x002B_B490, PeripheralId4 = 0xFD0;

    protected override uint ReadRegister(uint offset, int vcpu) => offset switch
    {
        Ctlr => (uint)gic.ForwardedGroups,
        Typer => (uint)((gic.Interrupts / 32) - 1 | (gic.Cpus - 1) << 5),
        Iidr => Implementation,
        >= Targets and < TargetsEnd => ReadTargets((int)(offset - Targets), vcpu),
        >= ClearSources and < SourcesEnd => BitConverter.ToUInt32(gic.SourcesOf[vcpu], (int)(offset & 0xC)),
        PeripheralId4 => 4,
        _ => PrimeCellId.TryRead(Peripheral, offset, out var id) ? id : Banks(vcpu).Read(offset),
    };

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        switch (offset)
        {
            case Ctlr:
                gic.ForwardedGroups = (int)Merge((uint)gic.ForwardedGroups, value, mask) & 3;
                break;
            case >= Targets and < TargetsEnd:
                WriteTargets((int)(offset - Targets), value, mask);
                break;
            case Sgir:
                SendSgi(value, vcpu);
                break;
            case >= ClearSources and < SourcesEnd:
                WriteSources(offset >= SetSources, (int)(offset & 0xC), value, vcpu);
                break;
            default:
                Banks(vcpu).Write(offset, value, mask);
                break;
        }

        gic.Update();
    }

    private InterruptRegisters Banks(int vcpu) => new(gic.Private[vcpu], gic.Shared, readOnlySgis: true);

    // Private interrupts go to whoever reads; a uniprocessor has no targets.
    private uint ReadTargets(int id, int vcpu) => (gic.Cpus, id) switch
    {
        (1, _) => 0,
        (_, < GicController.PrivateInterrupts) => 0x0101_0101u << vcpu,
        _ when id < gic.Interrupts => BitConverter.ToUInt32(gic.TargetsOf, id - GicController.PrivateInterrupts),
        _ => 0,
    };

    private void WriteTargets(int id, uint value, uint mask)
    {
        for (var i = 0; i < 4; i++)
        {
            var number = id + i - GicController.PrivateInterrupts;
            if ((mask >> i * 8 & 0xFF) != 0 && number >= 0 && number < gic.TargetsOf.Length)
            {
                gic.TargetsOf[number] = (byte)(value >> i * 8 & (1u << gic.Cpus) - 1);
            }
        }
    }

    private void SendSgi(uint value, int vcpu)
    {
        var targets = (value >> 24 & 3) switch
        {
            0 => value >> 16 & 0xFF,
            1 => 0xFFu & ~(1u << vcpu),
            2 => 1u << vcpu,
            _ => 0u,
        };
        gic.SendSgi(vcpu, (int)(value & 0xF), targets);
    }

    private void WriteSources(bool set, int first, uint value, int vcpu)
    {
        for (var i = 0; i < 4; i++)
        {
            var bits = (byte)(value >> i * 8);
            var old = gic.SourcesOf[vcpu][first + i];
            gic.SetSources(vcpu, first + i, (byte)(set ? old | bits : old & ~bits));
        }
    }
}
