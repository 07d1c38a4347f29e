using System.Buffers.Binary;
using Dragoman.Machines.Devices;
using Dragoman.Runtime.Scheduling;

namespace Dragoman.Machines.Virtio;

/// <summary>A split virtqueue in the guest's memory, from the device's side. Guarded by the big lock; the driver writes its parts at any time.</summary>
/// <param name="ram">Where the rings and buffers lie.</param>
/// <param name="interrupt">Tells the driver that buffers have been used.</param>
/// <remarks>VIRTIO 1.2, section 2.7.</remarks>
[UnderBigLock]
internal sealed class VirtQueue(GuestRam ram, Action interrupt)
{
    /// <summary>The most descriptors a queue may have.</summary>
    public const int MaxSize = 256;

    private const int DescriptorSize = 16;

    private const ushort Next = 1, Writable = 2, Indirect = 4, NoInterrupt = 1;

    private ushort _taken;
    private ushort _used;

    /// <summary>Descriptors: a power of two.</summary>
    public int Size { get; set; } = MaxSize;

    /// <summary>The driver has set it up.</summary>
    public bool IsReady { get; set; }

    /// <summary>The descriptor table.</summary>
    public ulong Descriptors { get; set; }

    /// <summary>The available ring, which the driver writes.</summary>
    public ulong Available { get; set; }

    /// <summary>The used ring, which the device writes.</summary>
    public ulong Used { get; set; }

    /// <summary>As after a reset.</summary>
    public void Reset()
    {
        (Size, IsReady, Descriptors, Available, Used) = (MaxSize, false, 0, 0, 0);
        (_taken, _used) = (0, 0);
    }

    /// <summary>The next chain of buffers that the driver has made available, or null.</summary>
    public VirtChain? Take()
    {
        if (!IsReady || (ushort)(Number16(Available + 2) - _taken) is var waiting && waiting == 0)
        {
            return null;
        }

        if (waiting > Size)
        {
            throw new VirtioException("More buffers are available than the ring has entries.");
        }

        // The driver stores a ring's entry, passes a barrier and stores the index: the entry is read after the index.
        Interlocked.MemoryBarrier();
        var head = Number16(Available + 4 + ((ulong)(_taken % Size) * 2));
        _taken++;
        VirtChain chain = new(ram, head);
        Collect(chain, Descriptors, Size, head, isIndirect: false);
        return chain;
    }

    /// <summary>Gives a chain back to the driver.</summary>
    public void Complete(VirtChain chain)
    {
        Span<byte> entry = stackalloc byte[8];
        BinaryPrimitives.WriteUInt32LittleEndian(entry, chain.Head);
        BinaryPrimitives.WriteUInt32LittleEndian(entry[4..], chain.Written);
        Put(Used + 4 + ((ulong)(_used % Size) * 8), entry);
        _used++;
        Interlocked.MemoryBarrier();
        BinaryPrimitives.WriteUInt16LittleEndian(entry, _used);
        Put(Used + 2, entry[..2]);

        // And the index is there before the driver's wish is read.
        Interlocked.MemoryBarrier();
        if ((Number16(Available) & NoInterrupt) == 0)
        {
            interrupt();
        }
    }

    private void Collect(VirtChain chain, ulong table, int size, int index, bool isIndirect)
    {
        Span<byte> bytes = stackalloc byte[DescriptorSize];
        for (var count = 0; ; count++)
        {
            if (index >= size || count >= size)
            {
                throw new VirtioException("A chain of descriptors leaves its table or does not end.");
            }

            if (!ram.TryRead(table + ((ulong)index * DescriptorSize), bytes))
            {
                throw new VirtioException("A descriptor table is not in RAM.");
            }

            var address = BinaryPrimitives.ReadUInt64LittleEndian(bytes);
            var length = BinaryPrimitives.ReadUInt32LittleEndian(bytes[8..]);
            var flags = BinaryPrimitives.ReadUInt16LittleEndian(bytes[12..]);
            if ((flags & Indirect) != 0)
            {
                // One table, at the end of a chain or alone, and none inside it (section 2.7.5.3).
                if (isIndirect || (flags & Next) != 0 || length is 0 or > MaxSize * DescriptorSize || length % DescriptorSize != 0)
                {
                    throw new VirtioException("A table of indirect descriptors is wrong.");
                }

                Collect(chain, address, (int)length / DescriptorSize, 0, isIndirect: true);
                return;
            }

            chain.Add(address, length, (flags & Writable) != 0);
            if ((flags & Next) == 0)
            {
                return;
            }

            index = BinaryPrimitives.ReadUInt16LittleEndian(bytes[14..]);
        }
    }

    private ushort Number16(ulong address) => ram.TryRead(address, out ushort value) ? value : throw new VirtioException("A ring is not in RAM.");

    private void Put(ulong address, ReadOnlySpan<byte> bytes)
    {
        if (!ram.TryWrite(address, bytes))
        {
            throw new VirtioException("A ring is not in RAM.");
        }
    }
}
