using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.Execution;

/// <summary>
/// Unmanaged blocks of vCPUs. A block that is given back is used again but not freed before the machine is disposed: a kick that was
/// on its way to a vCPU that has ended then is a spurious kick, not a write to freed memory.
/// </summary>
internal sealed unsafe class VcpuBlocks(int stateSize)
{
    private readonly Lock _lock = new();
    private readonly Stack<nint> _free = [];
    private readonly List<nint> _all = [];

    /// <summary>A zeroed block with an empty jump cache, 64-byte aligned.</summary>
    public byte* Take()
    {
        var cacheBytes = (nuint)(sizeof(JumpCacheEntry) * JumpCacheEntry.Count);
        byte* env;
        JumpCacheEntry* cache;
        lock (_lock)
        {
            if (_free.TryPop(out var block))
            {
                env = (byte*)block;
                cache = ((VcpuHeader*)env)->JumpCache;
            }
            else
            {
                env = VcpuBlock.Allocate(stateSize);
                cache = (JumpCacheEntry*)NativeMemory.AlignedAlloc(cacheBytes, 64);
                _all.Add((nint)env);
            }
        }

        NativeMemory.Clear(env, (nuint)stateSize);
        NativeMemory.Clear(cache, cacheBytes);
        VcpuBlock.ForgetPairs(env);
        ((VcpuHeader*)env)->FrameBytes = VcpuBlock.FrameBytes;
        ((VcpuHeader*)env)->JumpCache = cache;
        return env;
    }

    /// <summary>Gives a block back.</summary>
    public void Return(byte* env)
    {
        lock (_lock)
        {
            _free.Push((nint)env);
        }
    }

    /// <summary>Frees every block. No vCPU exists any more.</summary>
    public void FreeAll()
    {
        lock (_lock)
        {
            foreach (var env in _all)
            {
                NativeMemory.AlignedFree(((VcpuHeader*)env)->JumpCache);
                VcpuBlock.Free((byte*)env);
            }

            _all.Clear();
            _free.Clear();
        }
    }
}
