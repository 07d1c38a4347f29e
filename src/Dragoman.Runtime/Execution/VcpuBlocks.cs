using System.Runtime.InteropServices;
using Dragoman.Runtime.Memory;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// Unmanaged blocks of vCPUs. A block that is given back is used again but not freed before the machine is disposed: a kick that was
/// on its way to a vCPU that has ended then is a spurious kick, not a write to freed memory.
/// </summary>
/// <remarks>
/// Each is a mapping of its own, the jump cache first, so that a forked child which executes another program frees one and makes one without copying any page. All pages are
/// there at once: a program touches most of them, and one by one they would cost several times as much.
/// </remarks>
internal sealed unsafe class VcpuBlocks(int stateSize)
{
    private static readonly int s_cacheBytes = JumpCacheEntry.Count * sizeof(JumpCacheEntry);

    private readonly nuint _length = (nuint)(s_cacheBytes + VcpuBlock.SizeOf(stateSize));
    private readonly Lock _lock = new();
    private readonly Stack<nint> _free = [];
    private readonly List<nint> _all = [];

    /// <summary>A zeroed block with an empty jump cache, 64-byte aligned.</summary>
    /// <exception cref="OutOfMemoryException">The host has no memory for it.</exception>
    public byte* Take()
    {
        byte* memory;
        lock (_lock)
        {
            if (_free.TryPop(out var block))
            {
                memory = (byte*)block;
                NativeMemory.Clear(memory, _length);
            }
            else
            {
                memory = HostMemory.Map(
                    null, _length, HostMemory.ProtRead | HostMemory.ProtWrite, HostMemory.MapPrivate | HostMemory.MapAnonymous | HostMemory.MapPopulate, -1, 0);
                if (memory == HostMemory.Failed)
                {
                    throw new OutOfMemoryException("No memory for a vCPU.");
                }

                _all.Add((nint)memory);
            }
        }

        var env = VcpuBlock.Place(memory + s_cacheBytes);
        ((VcpuHeader*)env)->JumpCache = (JumpCacheEntry*)memory;
        return env;
    }

    /// <summary>Gives a block back.</summary>
    public void Return(byte* env)
    {
        lock (_lock)
        {
            _free.Push((nint)((VcpuHeader*)env)->JumpCache);
        }
    }

    /// <summary>Frees every block. No vCPU exists any more.</summary>
    public void FreeAll()
    {
        lock (_lock)
        {
            foreach (var memory in _all)
            {
                HostMemory.Unmap((byte*)memory, _length);
            }

            _all.Clear();
            _free.Clear();
        }
    }
}
