using Dragoman.Machines.Devices;

namespace Dragoman.Machines.Virtio;

/// <summary>A chain of buffers: what the driver wrote for the device, then room for the device's answer, each read or filled from front to back.</summary>
/// <param name="ram">Where the buffers lie.</param>
/// <param name="head">The first descriptor's index, by which the driver knows the chain.</param>
internal sealed class VirtChain(GuestRam ram, ushort head)
{
    private readonly List<(ulong Address, uint Length)> _readable = [];
    private readonly List<(ulong Address, uint Length)> _writable = [];

    /// <summary>The first descriptor's index.</summary>
    public ushort Head => head;

    /// <summary>Bytes written so far.</summary>
    public uint Written { get; private set; }

    /// <summary>Bytes that can still be read.</summary>
    public ulong Readable => Sum(_readable);

    /// <summary>Bytes that can still be written.</summary>
    public ulong Room => Sum(_writable);

    /// <summary>Adds a descriptor.</summary>
    public void Add(ulong address, uint length, bool isWritable)
    {
        if (!isWritable && _writable.Count > 0)
        {
            throw new VirtioException("A buffer for the device to read follows one for it to write.");
        }

        (isWritable ? _writable : _readable).Add((address, length));
    }

    /// <summary>Reads on; returns how many bytes there were.</summary>
    public int Read(Span<byte> bytes)
    {
        var done = 0;
        while (done < bytes.Length && Step(_readable, bytes.Length - done, out var address) is > 0 and var size)
        {
            Check(ram.TryRead(address, bytes.Slice(done, size)));
            done += size;
        }

        return done;
    }

    /// <summary>Writes on; returns for how many bytes there was room.</summary>
    public int Write(ReadOnlySpan<byte> bytes)
    {
        var done = 0;
        while (done < bytes.Length && Step(_writable, bytes.Length - done, out var address) is > 0 and var size)
        {
            Check(ram.TryWrite(address, bytes.Slice(done, size)));
            done += size;
        }

        Written += (uint)done;
        return done;
    }

    private static ulong Sum(List<(ulong Address, uint Length)> buffers)
    {
        ulong sum = 0;
        foreach (var (_, length) in buffers)
        {
            sum += length;
        }

        return sum;
    }

    private static void Check(bool isRam)
    {
        if (!isRam)
        {
            throw new VirtioException("A buffer is not in RAM.");
        }
    }

    // Takes up to so many bytes off the first buffer that has any.
    private static int Step(List<(ulong Address, uint Length)> buffers, int wanted, out ulong address)
    {
        while (buffers.Count > 0 && buffers[0].Length == 0)
        {
            buffers.RemoveAt(0);
        }

        if (buffers.Count == 0)
        {
            address = 0;
            return 0;
        }

        (address, var length) = buffers[0];
        var size = (int)Math.Min((uint)wanted, length);
        buffers[0] = (address + (ulong)size, length - (uint)size);
        return size;
    }
}
