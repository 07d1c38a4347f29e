using Dragoman.Machines.Devices;
using Dragoman.Machines.Interrupts;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.Machines.Tests;

/// <summary>Physical memory with RAM, and lines that remember.</summary>
public sealed class TestMachine : IDisposable
{
    public const ulong RamStart = 0x4000_0000, RamSize = 0x10_0000;

    private readonly SystemMachine _machine = new(4096, 12, new NoMmu(), ThreadModel.Single);

    public TestMachine()
    {
        _machine.Memory.AddRam(RamStart, RamSize);
        Ram = new GuestRam(_machine.Memory);
    }

    public GuestRam Ram { get; }

    public byte[] Read(ulong address, int length)
    {
        var bytes = new byte[length];
        Assert.True(Ram.TryRead(address, bytes));
        return bytes;
    }

    public void Write(ulong address, params byte[] bytes) => Assert.True(Ram.TryWrite(address, bytes));

    public void Dispose() => _machine.Dispose();

    /// <summary>The IRQ and FIQ line of so many vCPUs.</summary>
    public static (InterruptLine Irq, InterruptLine Fiq)[] Lines(int cpus) => [.. Enumerable.Range(0, cpus).Select(_ => (InterruptLine.Unconnected, InterruptLine.Unconnected))];

    private sealed class NoMmu : IMmu
    {
        public bool Translate(SystemVcpu vcpu, ulong address, GuestAccess access, int mode, out MmuTranslation translation) => throw new NotSupportedException();

        public void BusFault(SystemVcpu vcpu, ulong address, ulong physical, GuestAccess access, int mode) => throw new NotSupportedException();
    }
}
