using Dragoman.Runtime.Memory;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>A range of physical addresses that is host memory: RAM, or ROM, which drops stores.</summary>
public sealed unsafe class RamBlock : IDisposable
{
    // By page: the clients for which it is dirty. Bits are set and cleared atomically; who clears one then marks the TLBs (PhysicalMemory.ResetDirty).
    private readonly int[] _dirty;
    private readonly int _pageBits;

    internal RamBlock(ulong size, int pageBits, bool isReadOnly)
    {
        Size = size;
        IsReadOnly = isReadOnly;
        _pageBits = pageBits;
        _dirty = new int[size >> pageBits];
        Array.Fill(_dirty, (int)DirtyClients.All);
        Host = HostMemory.Map(
            null, (nuint)size, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapPrivate | HostMemory.MapAnonymous | HostMemory.MapNoReserve, -1, 0);
        if (Host == HostMemory.Failed)
        {
            throw new InsufficientMemoryException($"The host refuses {size} bytes of guest memory.");
        }
    }

    /// <summary>Bytes.</summary>
    public ulong Size { get; }

    /// <summary>True for ROM.</summary>
    public bool IsReadOnly { get; }

    /// <summary>The bytes. Guests store to them without being seen where all clients are dirty; whoever else stores calls <see cref="SetDirty"/> or tells the code.</summary>
    public byte* Host { get; }

    /// <summary>The clients for which the page at an offset is dirty.</summary>
    public DirtyClients DirtyAt(ulong offset) => (DirtyClients)Volatile.Read(ref _dirty[offset >> _pageBits]);

    /// <summary>Sets the page at an offset dirty. Any thread.</summary>
    public void SetDirty(ulong offset, DirtyClients clients) => Interlocked.Or(ref _dirty[offset >> _pageBits], (int)clients);

    /// <summary>Sets the page at an offset clean; returns for whom it was dirty. The caller marks the TLBs.</summary>
    internal DirtyClients Clean(ulong offset, DirtyClients clients) => (DirtyClients)Interlocked.And(ref _dirty[offset >> _pageBits], (int)~clients) & clients;

    /// <summary>Gives the host memory back. No TLB holds the block any more.</summary>
    public void Dispose() => _ = HostMemory.Unmap(Host, (nuint)Size);
}
