using System.Runtime.InteropServices;
using Dragoman.Runtime.Scheduling;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Code that nothing leads to any more, kept referenced until every vCPU has passed a quiescent point since: in the dispatcher, or
/// outside execution. Only then may the GC have its code, and its number and slots be used again.
/// </summary>
/// <remarks>
/// Protocol: what is retired has been unlinked before the epoch advances. A vCPU publishes, at each quiescent point, an epoch that it
/// read before it takes up any code pointer; what was retired at or before that epoch it can no longer hold. A vCPU outside execution
/// holds nothing, and reads the epoch after the full fence of ExecStart. Guarded by the memory's lock, but for the epoch itself.
/// </remarks>
internal sealed unsafe class RetireList(TbIndexTable indexes)
{
    private const int KickAbove = 256;

    // Guarded by the memory's lock; epochs ascend.
    private readonly Queue<(long Epoch, TranslationBlock? Tb, TbCode? Code)> _retired = [];

    // Advanced by Interlocked (a full fence) under the memory's lock; read by vCPUs without it.
    private long _epoch = 1;

    /// <summary>The epoch that a vCPU publishes at a quiescent point.</summary>
    public long Epoch => Volatile.Read(ref _epoch);

    /// <summary>What waits.</summary>
    public int Count => _retired.Count;

    /// <summary>Keeps a TB that has been unlinked everywhere.</summary>
    public void Retire(TranslationBlock tb) => _retired.Enqueue((Interlocked.Increment(ref _epoch), tb, null));

    /// <summary>Keeps code that a TB no longer runs, and that no slot or cache leads to any more.</summary>
    public void Retire(TbCode code) => _retired.Enqueue((Interlocked.Increment(ref _epoch), null, code));

    /// <summary>Lets go of what no vCPU can hold; asks vCPUs that hold up much to pass the dispatcher. Returns what was let go.</summary>
    public int Collect(IReadOnlyList<ScheduledVcpu> vcpus)
    {
        if (_retired.Count == 0)
        {
            return 0;
        }

        // Pairs with the fence between a vCPU's Running store and its epoch read.
        Interlocked.MemoryBarrier();
        var safe = long.MaxValue;
        foreach (var vcpu in vcpus)
        {
            if (vcpu.IsRunning)
            {
                safe = Math.Min(safe, vcpu.QuiescentEpoch);
            }
        }

        var collected = 0;
        while (_retired.TryPeek(out var item) && item.Epoch <= safe)
        {
            _retired.Dequeue();
            collected++;
            if (item.Tb is { } tb)
            {
                indexes.Remove(tb);
                Poison(tb);
                NativeMemory.Free(tb.Slots);
                NativeMemory.Free(tb.RegionSlots);
            }
        }

        if (_retired.Count > KickAbove)
        {
            foreach (var vcpu in vcpus)
            {
                if (vcpu.IsRunning && vcpu.QuiescentEpoch < _retired.Peek().Epoch)
                {
                    vcpu.Kick();
                }
            }
        }

        return collected;
    }

    // A jump through a slot that was let go too early must be seen, not run some other method's code.
    [System.Diagnostics.Conditional("DEBUG")]
    private static void Poison(TranslationBlock tb)
    {
        for (var i = 0; i < tb.SlotCount; i++)
        {
            tb.Slot(i)->Code = unchecked((nint)0xDEAD_0000_DEAD_0000);
            tb.Slot(i)->LinkedTb = int.MinValue;
        }
    }
}
