using Dragoman.Machines.Devices;
using Dragoman.Machines.Firmware;
using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Interrupts.Gic;
using Dragoman.Machines.Serial;
using Dragoman.Machines.Timing;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Scheduling;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Virt;

/// <summary>
/// A board like QEMU's virt for AArch64: vCPUs, RAM, an interrupt controller, timers, a UART, virtio, and PSCI in the place of firmware. Its vCPUs see it as
/// <see cref="IBoard"/>; all of that is called with the big lock held.
/// </summary>
public sealed partial class VirtMachine : IBoard, IDisposable
{
    private const int Irq = 0, Fiq = 1, HoldMilliseconds = 20;

    private readonly SystemEngine _engine;
    private readonly VirtOptions _options;
    private readonly VirtConnections _connections;
    private readonly BootPlan _boot;
    private readonly HostClock _clock;
    private readonly GuestRam _ram;
    private readonly SystemVcpu[] _vcpus;
    private readonly DeviceSlot[] _slots;
    private readonly Psci _psci;
    private readonly Semihosting? _semihosting;

    // Replaced by a reset. Guarded by the big lock.
    [Shared]
    private VirtDevices _devices;

    /// <summary>Builds the machine into an engine that has neither memory nor vCPUs yet.</summary>
    /// <param name="engine">What runs it; the caller's to dispose of, after the machine.</param>
    /// <param name="options">What it is made of, without a <see cref="VirtOptions.Problem"/>.</param>
    /// <param name="connections">What it is connected to.</param>
    /// <param name="boot">What is in its RAM.</param>
    public VirtMachine(SystemEngine engine, VirtOptions options, VirtConnections connections, BootPlan boot)
    {
        (_engine, _options, _connections, _boot) = (engine, options, connections, boot);
        var machine = engine.Machine;
        _ = machine.Memory.AddRam(VirtMap.Ram, options.Memory);
        _ram = new GuestRam(machine.Memory);
        _clock = new HostClock(machine.BigLock, error => engine.Fail("A timer", error));
        _vcpus = [.. Enumerable.Range(0, options.Cpus).Select(cpu => engine.CreateVcpu(VirtMap.AffinityOf(cpu, options.GicVersion)))];
        _psci = new Psci(new VirtProcessors(this));
        _semihosting = options.HasSemihosting ? new Semihosting(_clock, $"{options.KernelName} {options.CommandLine}".Trim(), boot.LargestGap(options)) : null;
        machine.BigLock.Enter();
        try
        {
            _devices = MakeDevices();
        }
        finally
        {
            machine.BigLock.Exit();
        }

        _slots = [.. _devices.Map.Select(entry => new DeviceSlot(entry.Device))];
        for (var i = 0; i < _slots.Length; i++)
        {
            machine.Memory.AddDevice(_devices.Map[i].Address, _devices.Map[i].Size, _slots[i]);
        }

        machine.Board = this;
        foreach (var port in new[] { connections.Uart, connections.Console })
        {
            port?.Filled = () => Array.ForEach(_vcpus, vcpu => HoldBack(vcpu, port));
        }
    }

    /// <summary>The time of its devices. Alarms are made with the big lock held.</summary>
    public IMachineClock Clock => _clock;

    /// <summary>Runs until the machine ends.</summary>
    /// <returns>Its exit status.</returns>
    /// <exception cref="InvalidOperationException">A thread of the machine failed; the message has the vCPUs' state.</exception>
    public int Run()
    {
        FillRam();
        _ = PowerOn(0, _boot.Entry, _boot.Context);
        _engine.Start();
        return _engine.WaitForExit();
    }

    /// <summary>Ends the clock. No vCPU runs.</summary>
    public void Dispose() => _clock.Dispose();

    /// <inheritdoc/>
    public bool ReadRegister(SystemVcpu vcpu, uint register, out ulong value) => _devices.TryReadRegister(vcpu.Index, register, out value);

    /// <inheritdoc/>
    public bool WriteRegister(SystemVcpu vcpu, uint register, ulong value) => _devices.TryWriteRegister(vcpu.Index, register, value);

    /// <inheritdoc/>
    public bool FirmwareCall(SystemVcpu vcpu, FirmwareCallKind kind)
    {
        // Without EL3 there is no monitor.
        if (kind != FirmwareCallKind.Hypervisor)
        {
            return false;
        }

        vcpu.SetRegister("X0", (ulong)_psci.Call(
            vcpu.Index, (uint)vcpu.GetRegister("X0"), vcpu.GetRegister("X1"), vcpu.GetRegister("X2"), vcpu.GetRegister("X3")));
        return true;
    }

    /// <inheritdoc/>
    public bool Semihost(SystemVcpu vcpu)
    {
        if (_semihosting is null)
        {
            return false;
        }

        vcpu.SetRegister("X0", _semihosting.Call(new SemihostedVcpu(vcpu, _connections.Uart, _engine.Stop), (uint)vcpu.GetRegister("X0"), vcpu.GetRegister("X1")));
        return true;
    }

    // A machine whose output nobody takes stands still, outside its locks: it can be stopped, and its vCPUs answer each other.
    private void HoldBack(SystemVcpu vcpu, ISerialPort port) => _engine.Scheduler.AsyncRunOnCpu(vcpu, () =>
    {
        if (!_engine.IsStopping && !port.WaitForRoom(HoldMilliseconds))
        {
            HoldBack(vcpu, port);
        }
    });

    // Every line begins released, whatever it was before a reset.
    [UnderBigLock]
    private VirtDevices MakeDevices() => new(_options, _connections, _clock, _ram, [.. _vcpus.Select(Lines)]);

    [UnderBigLock]
    private static (InterruptLine Irq, InterruptLine Fiq) Lines(SystemVcpu vcpu) => (Line(vcpu, Irq), Line(vcpu, Fiq));

    [UnderBigLock]
    private static InterruptLine Line(SystemVcpu vcpu, int line)
    {
        vcpu.SetInterruptLine(line, false);
        return new InterruptLine(asserted => vcpu.SetInterruptLine(line, asserted));
    }
}
