using Dragoman.Machines.Devices;
using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Interrupts.Gic;
using Dragoman.Machines.Timing;
using Dragoman.Machines.Virtio;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Virt;

/// <summary>The devices of a virt machine, as they are after a reset. Guarded by the big lock.</summary>
[UnderBigLock]
internal sealed class VirtDevices
{
    private readonly GicV3? _gicV3;
    private readonly GenericTimer[] _timers;

    /// <summary>Makes the devices.</summary>
    /// <param name="options">The machine.</param>
    /// <param name="connections">What they are connected to.</param>
    /// <param name="clock">Their time.</param>
    /// <param name="ram">What devices read and write.</param>
    /// <param name="outputs">The IRQ and FIQ line of each vCPU.</param>
    public VirtDevices(VirtOptions options, VirtConnections connections, IMachineClock clock, GuestRam ram, IReadOnlyList<(InterruptLine Irq, InterruptLine Fiq)> outputs)
    {
        GicController gic;
        if (options.GicVersion == 2)
        {
            GicV2 two = new(outputs, VirtMap.SharedInterrupts);
            Map = [(VirtMap.GicDistributor, VirtMap.GicFrameSize, two.Distributor), (VirtMap.GicCpuInterface, VirtMap.GicFrameSize, two.CpuInterface)];
            gic = two;
        }
        else
        {
            _gicV3 = new GicV3(outputs, [.. outputs.Select((_, cpu) => VirtMap.AffinityOf(cpu, options.GicVersion))], VirtMap.SharedInterrupts);
            Map =
            [
                (VirtMap.GicDistributor, VirtMap.GicFrameSize, _gicV3.Distributor),
                (VirtMap.GicRedistributors, (ulong)options.Cpus * GicV3.RedistributorSize, _gicV3.Redistributors),
            ];
            gic = _gicV3;
        }

        _timers =
        [
            .. outputs.Select((_, cpu) => new GenericTimer(
                clock, gic.PrivateLine(cpu, VirtMap.PhysicalTimerInterrupt), gic.PrivateLine(cpu, VirtMap.VirtualTimerInterrupt))),
        ];
        FirmwareConfiguration configuration = new(ram);
        configuration.Set(FirmwareConfiguration.CpuCount, (ushort)options.Cpus);
        configuration.Set(FirmwareConfiguration.MaxCpus, (ushort)options.Cpus);
        foreach (var (name, content) in connections.FirmwareFiles)
        {
            configuration.AddFile(name, content);
        }

        Map =
        [
            .. Map,
            (VirtMap.Uart, VirtMap.DeviceSize, new Pl011(connections.Uart, gic.SharedLine(VirtMap.UartInterrupt))),
            (VirtMap.Rtc, VirtMap.DeviceSize, new Pl031(clock, DateTimeOffset.UtcNow, gic.SharedLine(VirtMap.RtcInterrupt))),
            (VirtMap.FirmwareConfiguration, VirtMap.DeviceSize, configuration),
            (VirtMap.Virtio, VirtMap.VirtioPlaces * VirtioMmio.Size, new DeviceBank(VirtioMmio.Size, Places(connections, ram, gic))),
        ];
    }

    /// <summary>Devices by physical address, and the bytes that each takes.</summary>
    public IReadOnlyList<(ulong Address, ulong Size, IMmioDevice Device)> Map { get; }

    /// <summary>Reads a system register that lives in a device.</summary>
    public bool TryReadRegister(int cpu, uint register, out ulong value) =>
        _timers[cpu].TryRead(register, out value) || (_gicV3 is not null && _gicV3.SystemRegisters.TryRead(cpu, register, out value));

    /// <summary>Writes a system register that lives in a device.</summary>
    public bool TryWriteRegister(int cpu, uint register, ulong value) =>
        _timers[cpu].TryWrite(register, value) || (_gicV3?.SystemRegisters.TryWrite(cpu, register, value) ?? false);

    /// <summary>A vCPU has been switched on: its timers are as after a reset.</summary>
    public void ResetCpu(int cpu) => _timers[cpu].Reset();

    // The first device is in the last place, as QEMU's users know it.
    private static IReadOnlyList<IMmioDevice> Places(VirtConnections connections, GuestRam ram, GicController gic)
    {
        List<VirtioDevice> devices = [.. connections.Disks.Select(make => make()), new VirtioEntropy()];
        if (connections.Console is { } console)
        {
            devices.Add(new VirtioConsole(console));
        }

        return
        [
            .. Enumerable.Range(0, VirtMap.VirtioPlaces).Select(place =>
                new VirtioMmio(devices.ElementAtOrDefault(VirtMap.VirtioPlaces - 1 - place), ram, gic.SharedLine(VirtMap.VirtioInterrupt + place))),
        ];
    }
}
