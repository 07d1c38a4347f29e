using Dragoman.Machines.Firmware;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Virt;

/// <summary>Switching vCPUs, and the reset.</summary>
public sealed partial class VirtMachine
{
    private const int ZerosAtOnce = 1 << 16, InstructionSize = 4;

    // Guarded by the big lock.
    [Shared]
    private bool _isResetting;

    /// <summary>Puts kernel, initial RAM disk and device tree where they belong.</summary>
    private void FillRam()
    {
        var zeros = new byte[ZerosAtOnce];
        foreach (var piece in _boot.Pieces)
        {
            _ = _ram.TryWrite(piece.Address, piece.Content.Span);
            for (var at = (ulong)piece.Content.Length; at < piece.Size; at += ZerosAtOnce)
            {
                _ = _ram.TryWrite(piece.Address + at, zeros.AsSpan(0, (int)Math.Min(piece.Size - at, ZerosAtOnce)));
            }
        }
    }

    // A GIC of version 3 shows in ID_AA64PFR0_EL1.GIC.
    private bool PowerOn(int cpu, ulong entry, ulong context) =>
        _engine.PowerOn(_vcpus[cpu], entry, context, _options.GicVersion == 3 ? () => _vcpus[cpu].SetRegister("GIC", 1) : null);

    /// <summary>
    /// Begins anew: each vCPU is switched off on its own thread, behind whatever was queued for it, and the last to do so makes the devices again, fills RAM again and
    /// switches the first vCPU on. Until then none can be switched on. With the big lock held.
    /// </summary>
    [UnderBigLock]
    private void Reset()
    {
        if (_isResetting)
        {
            return;
        }

        _isResetting = true;
        var running = _vcpus.Length;
        foreach (var vcpu in _vcpus)
        {
            _engine.Scheduler.AsyncRunOnCpu(vcpu, () =>
            {
                _engine.PowerOff(vcpu);
                if (Interlocked.Decrement(ref running) == 0)
                {
                    BeginAnew();
                }
            });
        }
    }

    // No vCPU is on. On the thread of one of them. The old devices go before RAM is filled: input that comes meanwhile finds none that would write there.
    private void BeginAnew()
    {
        WithLock(() =>
        {
            _clock.ForgetAlarms();
            _devices = MakeDevices();
            for (var i = 0; i < _slots.Length; i++)
            {
                _slots[i].Device = _devices.Map[i].Device;
            }
        });
        FillRam();
        WithLock(() =>
        {
            _isResetting = false;
            _ = PowerOn(0, _boot.Entry, _boot.Context);
        });
    }

    private void WithLock([UnderBigLock] Action action)
    {
        _engine.Machine.BigLock.Enter();
        try
        {
            action();
        }
        finally
        {
            _engine.Machine.BigLock.Exit();
        }
    }

    /// <summary>The vCPUs as PSCI switches them.</summary>
    private sealed class VirtProcessors(VirtMachine machine) : IProcessors
    {
        public int Count => machine._vcpus.Length;

        public ulong AffinityOf(int cpu) => VirtMap.AffinityOf(cpu, machine._options.GicVersion);

        public bool IsOn(int cpu) => machine._vcpus[cpu].IsPoweredOn;

        public bool IsCode(ulong address) => address % InstructionSize == 0 && machine._ram.TryRead(address, stackalloc byte[InstructionSize]);

        public bool TryPowerOn(int cpu, ulong entry, ulong context)
        {
            if (machine._isResetting || !machine.PowerOn(cpu, entry, context))
            {
                return false;
            }

            machine._devices.ResetCpu(cpu);
            return true;
        }

        public void PowerOff(int cpu) => machine._engine.PowerOff(machine._vcpus[cpu]);

        public void Shutdown() => machine._engine.Stop(0);

        public void Reset() => machine.Reset();
    }
}
