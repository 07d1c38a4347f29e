using System.Buffers.Binary;
using Dragoman.Machines.Interrupts;
using Dragoman.Machines.Virtio;

namespace Dragoman.Machines.Tests.Virtio;

/// <summary>The driver's side of a virtio device, as VIRTIO 1.2, sections 2.7, 3.1 and 4.2.3, tell it to be.</summary>
internal sealed class VirtDriver
{
    public const ulong Status = 0x70, InterruptStatus = 0x60;

    private const ulong Rings = TestMachine.RamStart, RingsOfAQueue = 0x1_0000;

    private const int Size = 8;

    private readonly TestMachine _machine;
    private readonly ushort[] _available = new ushort[4];

    public VirtDriver(TestMachine machine, VirtioDevice device)
    {
        _machine = machine;
        Line = InterruptLine.Unconnected;
        Registers = new VirtioMmio(device, machine.Ram, Line);
        Set(Status, 1);
        Set(Status, 3);
        Set(0x24, 1);
        Set(0x20, 1); // VIRTIO_F_VERSION_1
        Set(Status, 3 | 8);
        Assert.Equal(11u, Get(Status));
        for (var queue = 0u; queue < (uint)device.Queues; queue++)
        {
            Set(0x30, queue);
            Assert.Equal(0u, Get(0x44));
            Assert.True(Get(0x34) >= Size);
            Set(0x38, Size);
            Set(0x80, (uint)Table((int)queue));
            Set(0x90, (uint)Available((int)queue));
            Set(0xA0, (uint)Used((int)queue));
            Set(0x44, 1);
        }

        Set(Status, 15);
    }

    public VirtioMmio Registers { get; }

    public InterruptLine Line { get; }

    public static ulong Table(int queue) => Rings + ((ulong)queue * RingsOfAQueue);

    public static ulong Available(int queue) => Table(queue) + 0x1000;

    public static ulong Used(int queue) => Table(queue) + 0x2000;

    public uint Get(ulong register) => (uint)Registers.Read(register, 4);

    public void Set(ulong register, uint value) => Registers.Write(register, value, 4);

    /// <summary>Makes a chain from descriptor 0 available and notifies.</summary>
    public void Send(int queue, params (ulong Address, uint Length, bool IsWritable)[] buffers)
    {
        for (var i = 0; i < buffers.Length; i++)
        {
            var flags = (i + 1 < buffers.Length ? 1 : 0) | (buffers[i].IsWritable ? 2 : 0);
            Describe(queue, i, buffers[i].Address, buffers[i].Length, (ushort)flags, (ushort)(i + 1));
        }

        Offer(queue, 0);
    }

    public void Describe(int queue, int index, ulong address, uint length, ushort flags, ushort next)
    {
        var descriptor = new byte[16];
        BinaryPrimitives.WriteUInt64LittleEndian(descriptor, address);
        BinaryPrimitives.WriteUInt32LittleEndian(descriptor.AsSpan(8), length);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(12), flags);
        BinaryPrimitives.WriteUInt16LittleEndian(descriptor.AsSpan(14), next);
        _machine.Write(Table(queue) + ((ulong)index * 16), descriptor);
    }

    public void Offer(int queue, ushort head)
    {
        var slot = _available[queue]++ % Size;
        _machine.Write(Available(queue) + 4 + ((ulong)slot * 2), BitConverter.GetBytes(head));
        _machine.Write(Available(queue) + 2, BitConverter.GetBytes(_available[queue]));
        Set(0x50, (uint)queue);
    }

    /// <summary>How many chains came back, and how much was written to the last.</summary>
    public (int Count, uint Written) Answer(int queue)
    {
        var count = BitConverter.ToUInt16(_machine.Read(Used(queue) + 2, 2));
        return (count, count == 0 ? 0 : BitConverter.ToUInt32(_machine.Read(Used(queue) + 4 + ((ulong)((count - 1) % Size) * 8) + 4, 4)));
    }
}
