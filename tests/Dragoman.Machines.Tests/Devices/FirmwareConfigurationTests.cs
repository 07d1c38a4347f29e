using System.Buffers.Binary;
using System.Text;
using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Tests.Devices;

/// <summary>fw_cfg as QEMU's fw_cfg.rst specifies it.</summary>
public sealed class FirmwareConfigurationTests : IDisposable
{
    private const ulong Data = 0, Selector = 8, Dma = 16;

    private readonly TestMachine _machine = new();
    private readonly FirmwareConfiguration _device;

    public FirmwareConfigurationTests()
    {
        _device = new FirmwareConfiguration(_machine.Ram);
        _device.Set(FirmwareConfiguration.CpuCount, 4);
        _device.AddFile("opt/two", "second"u8.ToArray());
        _device.AddFile("opt/one", "first"u8.ToArray());
    }

    public void Dispose() => _machine.Dispose();

    [Fact]
    public void Items_are_selected_and_read()
    {
        Select(FirmwareConfiguration.Signature);
        Assert.Equal("QEMU", Encoding.ASCII.GetString([.. Enumerable.Range(0, 4).Select(_ => (byte)_device.Read(Data, 1))]));
        Assert.Equal(0ul, _device.Read(Data, 1)); // behind the end
        Select(FirmwareConfiguration.Features);
        Assert.Equal(3ul, _device.Read(Data, 4));
        Select(FirmwareConfiguration.CpuCount);
        Assert.Equal(4ul, _device.Read(Data, 2));
        Select(0x7777);
        Assert.Equal(0ul, _device.Read(Data, 8));
        Assert.Equal("QEMU CFG", Encoding.ASCII.GetString(BitConverter.GetBytes(_device.Read(Dma, 8))));
    }

    [Fact]
    public void Files_are_in_the_directory_by_name()
    {
        var directory = Transfer(FirmwareConfiguration.Directory, 4 + 128);
        Assert.Equal(2u, BinaryPrimitives.ReadUInt32BigEndian(directory));
        Assert.Equal("opt/one", Encoding.ASCII.GetString(directory, 12, 7));
        Assert.Equal(5u, BinaryPrimitives.ReadUInt32BigEndian(directory.AsSpan(4)));
        var item = BinaryPrimitives.ReadUInt16BigEndian(directory.AsSpan(4 + 64 + 4));
        Assert.Equal("second\0", Encoding.ASCII.GetString(Transfer(item, 7)));
    }

    [Fact]
    public void Dma_tells_of_errors()
    {
        Assert.Equal(1u, Request(2, 16, 0x1000, 0)); // not RAM
        Assert.Equal(1u, Request(16, 4, TestMachine.RamStart, 0)); // writing is not there
        _device.Write(Dma, ulong.MaxValue, 8); // a request that is not in RAM
    }

    private byte[] Transfer(ushort item, int length)
    {
        Assert.Equal(0u, Request(2 | 8, (uint)length, TestMachine.RamStart + 0x100, item));
        return _machine.Read(TestMachine.RamStart + 0x100, length);
    }

    private uint Request(uint control, uint length, ulong address, ushort item)
    {
        var request = new byte[16];
        BinaryPrimitives.WriteUInt32BigEndian(request, control | (uint)item << 16);
        BinaryPrimitives.WriteUInt32BigEndian(request.AsSpan(4), length);
        BinaryPrimitives.WriteUInt64BigEndian(request.AsSpan(8), address);
        _machine.Write(TestMachine.RamStart, request);
        _device.Write(Dma, 0, 4);
        _device.Write(Dma + 4, BinaryPrimitives.ReverseEndianness((uint)TestMachine.RamStart), 4);
        return BinaryPrimitives.ReadUInt32BigEndian(_machine.Read(TestMachine.RamStart, 4));
    }

    private void Select(ushort item) => _device.Write(Selector, BinaryPrimitives.ReverseEndianness(item), 2);
}
