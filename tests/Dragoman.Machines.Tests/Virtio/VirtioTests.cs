using System.Buffers.Binary;
using System.Text;
using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Virtio;

namespace Dragoman.Machines.Tests.Virtio;

/// <summary>virtio-mmio and its devices as VIRTIO 1.2 has them.</summary>
public sealed class VirtioTests : IDisposable
{
    private const ulong Buffer = TestMachine.RamStart + 0x8_0000;

    private readonly TestMachine _machine = new();
    private readonly string _file = Path.GetTempFileName();

    public void Dispose()
    {
        _machine.Dispose();
        File.Delete(_file);
    }

    [Fact]
    public void A_place_says_what_is_in_it()
    {
        VirtioMmio empty = new(null, _machine.Ram, InterruptLine.Unconnected), full = new(new VirtioEntropy(), _machine.Ram, InterruptLine.Unconnected);
        Assert.Equal("virt", Encoding.ASCII.GetString(BitConverter.GetBytes((uint)full.Read(0, 4))));
        Assert.Equal(2ul, full.Read(4, 4));
        Assert.Equal((0ul, 4ul), (empty.Read(8, 4), full.Read(8, 4)));
    }

    [Fact]
    public void Features_that_are_not_offered_are_not_accepted()
    {
        VirtioMmio device = new(new VirtioEntropy(), _machine.Ram, InterruptLine.Unconnected);
        device.Write(0x70, 3, 4);
        device.Write(0x70, 11, 4);
        Assert.Equal(3ul, device.Read(0x70, 4)); // VERSION_1 is missing
        device.Write(0x24, 1, 4);
        device.Write(0x20, 1 | 1 << 5, 4);
        device.Write(0x70, 11, 4);
        Assert.Equal(3ul, device.Read(0x70, 4));
        device.Write(0x20, 1, 4);
        device.Write(0x70, 11, 4);
        Assert.Equal(11ul, device.Read(0x70, 4));
        device.Write(0x70, 0, 4);
        Assert.Equal(0ul, device.Read(0x70, 4));
    }

    [Fact]
    public void Entropy_fills_buffers_and_interrupts()
    {
        VirtDriver driver = new(_machine, new VirtioEntropy());
        driver.Send(0, (Buffer, 64, true));
        Assert.Equal((1, 64u), driver.Answer(0));
        Assert.Contains(_machine.Read(Buffer, 64), value => value != 0);
        Assert.True(driver.Line.IsAsserted);
        Assert.Equal(1u, driver.Get(VirtDriver.InterruptStatus));
        driver.Set(0x64, 1);
        Assert.False(driver.Line.IsAsserted);
        _machine.Write(VirtDriver.Available(0), 1, 0); // VIRTQ_AVAIL_F_NO_INTERRUPT
        driver.Send(0, (Buffer, 64, true));
        Assert.Equal((2, 64u), driver.Answer(0));
        Assert.False(driver.Line.IsAsserted);
    }

    [Fact]
    public void Indirect_descriptors_are_a_chain()
    {
        VirtDriver driver = new(_machine, new VirtioEntropy());
        var table = new byte[32];
        BinaryPrimitives.WriteUInt64LittleEndian(table, Buffer);
        (table[8], table[12], table[14]) = (4, 1 | 2, 1);
        BinaryPrimitives.WriteUInt64LittleEndian(table.AsSpan(16), Buffer + 0x100);
        (table[24], table[28]) = (6, 2);
        _machine.Write(Buffer + 0x1000, table);
        driver.Describe(0, 3, Buffer + 0x1000, 32, 4, 0);
        driver.Offer(0, 3);
        Assert.Equal((1, 10u), driver.Answer(0));
    }

    [Fact]
    public void The_console_sends_and_receives()
    {
        TestPort port = new();
        VirtDriver driver = new(_machine, new VirtioConsole(port));
        _machine.Write(Buffer, "hello world"u8.ToArray());
        driver.Send(1, (Buffer, 6, false), (Buffer + 6, 5, false));
        Assert.Equal("hello world", port.Output);
        driver.Send(0, (Buffer + 0x100, 16, true));
        Assert.Equal((0, 0u), driver.Answer(0)); // waits for input
        port.Type("typed");
        Assert.Equal((1, 5u), driver.Answer(0));
        Assert.Equal("typed", Encoding.ASCII.GetString(_machine.Read(Buffer + 0x100, 5)));
    }

    [Fact]
    public void The_console_sends_no_faster_than_its_line_takes()
    {
        TestPort port = new() { IsFull = true };
        VirtDriver driver = new(_machine, new VirtioConsole(port));
        _machine.Write(Buffer, "hello"u8.ToArray());
        driver.Send(1, (Buffer, 5, false));
        Assert.Equal(("", 0), (port.Output, driver.Answer(1).Count));
        port.IsFull = false;
        port.Emptied!();
        Assert.Equal(("hello", 1), (port.Output, driver.Answer(1).Count));
    }

    [Fact]
    public void The_disk_reads_writes_and_names_itself()
    {
        var (driver, handle) = Disk(isReadOnly: false);
        using (handle)
        {
            Assert.Equal(8ul, driver.Registers.Read(0x100, 8)); // capacity
            _machine.Write(Buffer + 0x200, [.. Enumerable.Range(0, 1024).Select(i => (byte)(i * 7))]);
            Assert.Equal(0, Request(driver, 1, 3, (Buffer + 0x200, 1024, false)));
            Assert.Equal(0, Request(driver, 0, 3, (Buffer + 0x1000, 512, true), (Buffer + 0x2000, 512, true)));
            Assert.Equal(1025u, driver.Answer(0).Written);
            Assert.Equal(_machine.Read(Buffer + 0x200, 512), _machine.Read(Buffer + 0x1000, 512));
            Assert.Equal(_machine.Read(Buffer + 0x400, 512), _machine.Read(Buffer + 0x2000, 512));
            Assert.Equal(0, Request(driver, 4, 0));
            Assert.Equal(0, Request(driver, 8, 0, (Buffer + 0x1000, 20, true)));
            Assert.Equal("dragoman", Encoding.ASCII.GetString(_machine.Read(Buffer + 0x1000, 8)));

            // The status is the last byte, whatever room the answer leaves.
            Assert.Equal(0, Request(driver, 8, 0, (Buffer + 0x1000, 40, true)));
            Assert.Equal(41u, driver.Answer(0).Written);
            Assert.Equal(0, Request(driver, 4, 0, (Buffer + 0x1000, 40, true)));
        }

        Assert.Equal([0, 7, 14], File.ReadAllBytes(_file).AsSpan(3 * 512, 3).ToArray());
    }

    [Fact]
    public void The_disk_tells_of_errors()
    {
        var (driver, handle) = Disk(isReadOnly: true);
        using (handle)
        {
            Assert.Equal(1, Request(driver, 1, 0, (Buffer + 0x200, 512, false))); // read-only
            Assert.Equal(1, Request(driver, 0, 8, (Buffer + 0x200, 512, true))); // behind the end
            Assert.Equal(1, Request(driver, 0, ulong.MaxValue, (Buffer + 0x200, 512, true)));
            Assert.Equal(1, Request(driver, 0, 0, (Buffer + 0x200, 500, true))); // no whole sector
            Assert.Equal(2, Request(driver, 99, 0, (Buffer + 0x200, 512, true)));
        }
    }

    [Fact]
    public void A_driver_that_is_wrong_has_to_reset_the_device()
    {
        const uint needsReset = 0x40;
        Action<VirtDriver>[] wrongs =
        [
            driver => driver.Offer(0, 99),
            driver => driver.Send(0, (0x1000, 8, true)),
            driver => driver.Send(0, (ulong.MaxValue - 3, 8, true)),
            driver => { driver.Describe(0, 0, Buffer, 4, 1 | 2, 1); driver.Describe(0, 1, Buffer, 4, 1 | 2, 0); driver.Offer(0, 0); },
            driver => { driver.Describe(0, 0, Buffer, 33, 4, 0); driver.Offer(0, 0); },
            driver => driver.Send(0, (Buffer, 4, true), (Buffer, 4, false)),
            driver => { _machine.Write(VirtDriver.Available(0) + 2, BitConverter.GetBytes((ushort)9)); driver.Set(0x50, 0); },
        ];
        foreach (var wrong in wrongs)
        {
            VirtDriver driver = new(_machine, new VirtioEntropy());
            _machine.Write(VirtDriver.Available(0), new byte[64]);
            _machine.Write(VirtDriver.Used(0), new byte[64]);
            wrong(driver);
            Assert.Equal(15u | needsReset, driver.Get(VirtDriver.Status));
            Assert.Equal(2u, driver.Get(VirtDriver.InterruptStatus));
            driver.Set(0x50, 0);
            driver.Set(VirtDriver.Status, 0);
            Assert.Equal(0u, driver.Get(VirtDriver.Status));
        }
    }

    private (VirtDriver Driver, Microsoft.Win32.SafeHandles.SafeFileHandle Handle) Disk(bool isReadOnly)
    {
        File.WriteAllBytes(_file, new byte[(8 * 512) + 100]);
        var handle = File.OpenHandle(_file, access: isReadOnly ? FileAccess.Read : FileAccess.ReadWrite);
        return (new VirtDriver(_machine, new VirtioBlock(handle, isReadOnly)), handle);
    }

    private byte Request(VirtDriver driver, uint type, ulong sector, params (ulong Address, uint Length, bool IsWritable)[] data)
    {
        var header = new byte[16];
        BinaryPrimitives.WriteUInt32LittleEndian(header, type);
        BinaryPrimitives.WriteUInt64LittleEndian(header.AsSpan(8), sector);
        _machine.Write(Buffer, header);
        _machine.Write(Buffer + 0x20, 0xFF);
        driver.Send(0, [(Buffer, 16, false), .. data, (Buffer + 0x20, 1, true)]);
        return _machine.Read(Buffer + 0x20, 1)[0];
    }
}
