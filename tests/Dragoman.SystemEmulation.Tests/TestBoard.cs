using System.Buffers.Binary;
using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.SoftMmu;

namespace Dragoman.SystemEmulation.Tests;

/// <summary>
/// 64 MiB of RAM, a serial port that only sends, PSCI's CPU_ON, CPU_OFF and AFFINITY_INFO, semihosting's SYS_EXIT, where QEMU's virt has them; and at 0x0A000000 a device of its own whose
/// register n is interrupt line n / 8 of vCPU n % 8; and at 0x0A001000 one that inverts the 8 bytes at the physical address that is written to it, and then puts them back.
/// </summary>
internal sealed class TestBoard : IBoard
{
    private const ulong RamAt = 0x4000_0000;
    private const ulong AlreadyOn = unchecked((ulong)-4);
    private const ulong NotSupported = unchecked((ulong)-1);
    private readonly StringBuilder _output = new();

    public TestBoard(SystemEngine engine, int cpus)
    {
        Engine = engine;
        engine.Machine.Board = this;
        engine.Machine.Memory.AddRam(RamAt, 64 << 20);
        engine.Machine.Memory.AddDevice(0x0900_0000, 0x1000, new SerialPort(this));
        engine.Machine.Memory.AddDevice(0x0A00_0000, 0x1000, new InterruptSource(engine));
        engine.Machine.Memory.AddDevice(0x0A00_1000, 0x1000, new ThereAndBack(engine.Machine.Memory));
        for (var i = 0; i < cpus; i++)
        {
            engine.CreateVcpu((ulong)i);
        }
    }

    public SystemEngine Engine { get; }

    /// <summary>How long <see cref="Run"/> waits.</summary>
    public TimeSpan Limit { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>Called for each byte sent, with the big lock held.</summary>
    public Action? OnSerialWrite { get; set; }

    /// <summary>What the program has sent. While nothing runs.</summary>
    public string Output => _output.ToString();

    /// <summary>Loads an ELF file, starts cpu 0 at its entry, and waits for the end.</summary>
    public int Run(string program)
    {
        var image = File.ReadAllBytes(program);
        var entry = BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(24));
        var headers = (int)BinaryPrimitives.ReadUInt64LittleEndian(image.AsSpan(32));
        var count = BinaryPrimitives.ReadUInt16LittleEndian(image.AsSpan(56));
        for (var i = 0; i < count; i++)
        {
            var header = image.AsSpan(headers + 56 * i, 56);
            if (BinaryPrimitives.ReadUInt32LittleEndian(header) == 1)
            {
                var offset = (int)BinaryPrimitives.ReadUInt64LittleEndian(header[8..]);
                var size = (int)BinaryPrimitives.ReadUInt64LittleEndian(header[32..]);
                Assert.True(Engine.Machine.Memory.TryWrite(BinaryPrimitives.ReadUInt64LittleEndian(header[24..]), image.AsSpan(offset, size)));
            }
        }

        Engine.PowerOn(Engine.Machine.Vcpus[0], entry, 0);
        Engine.Start();
        using var watchdog = new Timer(_ => Engine.Stop(124), null, Limit, Timeout.InfiniteTimeSpan);
        return Engine.WaitForExit();
    }

    public bool ReadRegister(SystemVcpu vcpu, uint register, out ulong value)
    {
        value = 0;
        return false;
    }

    public bool WriteRegister(SystemVcpu vcpu, uint register, ulong value) => false;

    public bool FirmwareCall(SystemVcpu vcpu, FirmwareCallKind kind)
    {
        if (kind != FirmwareCallKind.Hypervisor)
        {
            return false;
        }

        switch (vcpu.GetRegister("X0"))
        {
            case 0xC400_0003:
                var target = Engine.Machine.Vcpus.FirstOrDefault(other => other.Id == vcpu.GetRegister("X1"));
                vcpu.SetRegister("X0", target is null ? NotSupported : Engine.PowerOn(target, vcpu.GetRegister("X2"), vcpu.GetRegister("X3")) ? 0 : AlreadyOn);
                break;
            case 0xC400_0004:
                vcpu.SetRegister("X0", Engine.Machine.Vcpus.First(other => other.Id == vcpu.GetRegister("X1")).IsPoweredOn ? 0UL : 1);
                break;
            case 0x8400_0002:
                Engine.PowerOff(vcpu);
                break;
            default:
                vcpu.SetRegister("X0", NotSupported);
                break;
        }

        return true;
    }

    public bool Semihost(SystemVcpu vcpu)
    {
        Span<byte> block = stackalloc byte[16];
        if (vcpu.GetRegister("X0") != 0x18 || !vcpu.TryReadMemory(vcpu.GetRegister("X1"), block))
        {
            return false;
        }

        Engine.Stop((int)BinaryPrimitives.ReadUInt64LittleEndian(block[8..]));
        return true;
    }

    private sealed class SerialPort(TestBoard board) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => 0;

        public void Write(ulong offset, ulong value, int size)
        {
            board.OnSerialWrite?.Invoke();
            board._output.Append((char)(byte)value);
        }
    }

    private sealed class ThereAndBack(PhysicalMemory memory) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => 0;

        public void Write(ulong offset, ulong value, int size)
        {
            Span<byte> bytes = stackalloc byte[8];
            Assert.True(memory.TryRead(value, bytes));
            var there = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, ~there);
            Assert.True(memory.TryWrite(value, bytes));
            BinaryPrimitives.WriteUInt64LittleEndian(bytes, there);
            Assert.True(memory.TryWrite(value, bytes));
        }
    }

    private sealed class InterruptSource(SystemEngine engine) : IMmioDevice
    {
        public ulong Read(ulong offset, int size) => 0;

        public void Write(ulong offset, ulong value, int size) =>
            engine.Machine.Vcpus[(int)(offset / 4 % 8)].SetInterruptLine((int)(offset / 32), value != 0);
    }
}
