using Dragoman.Litmus.Models;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Executions;

/// <summary>
/// What the backend makes of accesses on a host, by the lowering that it works by. Dependencies are left out: neither our optimizer nor RyuJIT keeps them.
/// </summary>
/// <remarks>
/// RyuJIT may also change the order of what is emitted, as far as <c>volatile.</c> lets it: a volatile read stays before, a volatile write after everything
/// else, so that only a write and a later read may change places (ECMA-335, I.12.6.7). TSO lets the host itself do that; on Arm64 hosts the reads are
/// marked as RCpc here, so that nothing relies on the order from STLR to LDAR.
/// </remarks>
public sealed class HostOrder : OrderMapping
{
    private readonly HostLowering _lowering;

    /// <summary>The order on a host.</summary>
    public HostOrder(HostLowering lowering)
        : base(lowering.Host, MemoryModel.Load(lowering.Model)) => _lowering = lowering;

    /// <inheritdoc/>
    public override void Expand(ThreadTrace trace, int thread, EventGraph graph)
    {
        IReadOnlyList<Access> accesses = trace.Accesses;
        Span<int> reads = stackalloc int[accesses.Count];
        for (int i = 0; i < accesses.Count; i++)
        {
            Access access = accesses[i];
            foreach (HostStep step in _lowering.Steps(access.Kind, access.MemOp, access.Barrier))
            {
                switch (step)
                {
                    case HostStep.Fence:
                        AddFence(graph, thread, GuestOrder.FenceMarks(MemBarrier.All));
                        break;
                    case HostStep.LoadFence:
                        AddFence(graph, thread, GuestOrder.FenceMarks(MemBarrier.LoadLoad | MemBarrier.LoadStore));
                        break;
                    case HostStep.Load or HostStep.LoadAcquire:
                        reads[i] = AddRead(graph, thread, access, access.Read, step == HostStep.LoadAcquire ? EventMarks.AcquirePc : 0);
                        break;
                    case HostStep.Store or HostStep.StoreRelease:
                        AddWrite(graph, thread, access, step == HostStep.StoreRelease ? EventMarks.Release : 0);
                        break;
                    default:
                        AddAtomic(graph, thread, accesses, i, reads);
                        break;
                }
            }
        }
    }

    private static void AddAtomic(EventGraph graph, int thread, IReadOnlyList<Access> accesses, int index, Span<int> reads)
    {
        Access access = accesses[index];
        UInt128 read = access.Kind == AccessKind.StoreExclusive ? ValueOfPair(accesses, access) : access.Read;
        reads[index] = AddRead(graph, thread, access, read, EventMarks.Locked | EventMarks.Acquire);
        if (!access.Writes)
        {
            return;
        }

        int write = AddWrite(graph, thread, access, EventMarks.Locked | EventMarks.Release);
        graph.ReadModifyWrite.Add(reads[index], write);
        graph.AtomicInstruction.Add(reads[index], write);

        // A pair with something between is guarded by the armed page: no other store comes between load and store (docs/runtime.md, Exclusives).
        // A pair with nothing between is one compare-and-swap, of the value alone.
        if (access.Kind == AccessKind.StoreExclusive && !IsSimple(accesses, access.Pair, index))
        {
            Pair(graph, accesses, access.Pair, reads, write);
        }
    }

    // What the load-exclusive read: the value that the compare-and-swap expects.
    private static UInt128 ValueOfPair(IReadOnlyList<Access> accesses, Access store)
    {
        UInt128 value = 0;
        for (int done = 0, i = store.Pair; done < store.Bytes; i++)
        {
            value |= accesses[i].Read << (8 * done);
            done += accesses[i].Bytes;
        }

        return value;
    }

    private static bool IsSimple(IReadOnlyList<Access> accesses, int load, int store)
    {
        for (int i = load; i < store; i++)
        {
            if (accesses[i].Kind != AccessKind.LoadExclusive)
            {
                return false;
            }
        }

        return true;
    }
}
