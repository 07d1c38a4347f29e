using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Interrupts.Gic;

/// <summary>GICR_* of all vCPUs, one after the other: a frame for control and LPIs (there are none), and a frame for SGIs and PPIs.</summary>
/// <remarks>
/// IHI 0069 sections 12.10 and 12.11. Interrupts reach a vCPU whose GICR_WAKER.ProcessorSleep is set: what happens then is UNPREDICTABLE where the interface
/// is enabled, and images for QEMU's virt rely on it.
/// </remarks>
internal sealed class GicV3Redistributors(GicV3 gic) : RegisterDevice
{
    private const uint Iidr = 0x0004, TyperLow = 0x0008, TyperHigh = 0x000C, Waker = 0x0014, SgiFrame = 0x1_0000, SgiRegisters = 0x0080, SgiRegistersEnd = 0x0D00;

    private const uint Last = 1 << 4, ProcessorSleep = 1 << 1, ChildrenAsleep = 1 << 2;

    private readonly bool[] _isAwake = new bool[gic.Cpus];

    protected override uint ReadRegister(uint offset, int vcpu)
    {
        var cpu = (int)(offset / GicV3.RedistributorSize);
        if (cpu >= gic.Cpus)
        {
            return 0;
        }

        return (uint)(offset % GicV3.RedistributorSize) switch
        {
            Iidr => GicV3Distributor.Implementation,
            TyperLow => (uint)cpu << 8 | (cpu == gic.Cpus - 1 ? Last : 0),
            TyperHigh => (uint)(gic.AffinityOf(cpu) & 0xFF_FFFF | gic.AffinityOf(cpu) >> 32 << 24),
            Waker => _isAwake[cpu] ? 0 : ProcessorSleep | ChildrenAsleep,
            GicV3Distributor.PeripheralId4 => 0x44,
            >= SgiFrame + SgiRegisters and < SgiFrame + SgiRegistersEnd and var register => Banks(cpu).Read(register - SgiFrame),
            var register => PrimeCellId.TryRead(GicV3Distributor.Peripheral, register - GicV3Distributor.IdentityBase, out var id) ? id : 0,
        };
    }

    protected override void WriteRegister(uint offset, uint value, uint mask, int vcpu)
    {
        var cpu = (int)(offset / GicV3.RedistributorSize);
        if (cpu >= gic.Cpus)
        {
            return;
        }

        switch ((uint)(offset % GicV3.RedistributorSize))
        {
            case Waker:
                if ((mask & ProcessorSleep) != 0)
                {
                    _isAwake[cpu] = (value & ProcessorSleep) == 0;
                }

                break;
            case >= SgiFrame + SgiRegisters and < SgiFrame + SgiRegistersEnd and var register:
                Banks(cpu).Write(register - SgiFrame, value, mask);
                break;
        }

        gic.Update();
    }

    private InterruptRegisters Banks(int cpu) => new(gic.Private[cpu], null, readOnlySgis: false);
}
