using Dragoman.Litmus.Models;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Executions;

/// <summary>The guest's own order: each access is what the description says of it, with its dependencies.</summary>
public sealed class GuestOrder(string name, MemoryModel model) : OrderMapping(name, model)
{
    /// <summary>The order of a guest.</summary>
    public static GuestOrder Of(IGuest guest) => new(guest.Name, MemoryModel.Of(guest.MemoryOrder));

    /// <inheritdoc/>
    public override void Expand(ThreadTrace trace, int thread, EventGraph graph)
    {
        Span<int> reads = stackalloc int[trace.Accesses.Count];
        reads.Fill(-1);
        for (int i = 0; i < trace.Accesses.Count; i++)
        {
            Access access = trace.Accesses[i];
            int first = graph.Count;
            switch (access.Kind)
            {
                case AccessKind.Load or AccessKind.LoadExclusive:
                    reads[i] = AddRead(graph, thread, access, access.Read, Acquire(access.MemOp));
                    break;
                case AccessKind.Store:
                    AddWrite(graph, thread, access, Release(access.MemOp));
                    break;
                case AccessKind.StoreExclusive:
                    Pair(graph, trace.Accesses, access.Pair, reads, AddWrite(graph, thread, access, Release(access.MemOp)));
                    break;
                case AccessKind.Atomic:
                    reads[i] = AddRead(graph, thread, access, access.Read, Acquire(access.MemOp) | EventMarks.Locked);
                    if (access.Writes)
                    {
                        int write = AddWrite(graph, thread, access, Release(access.MemOp) | EventMarks.Locked);
                        graph.ReadModifyWrite.Add(reads[i], write);
                        graph.AtomicInstruction.Add(reads[i], write);
                    }

                    break;
                case AccessKind.Fence:
                    AddFence(graph, thread, FenceMarks(access.Barrier));
                    break;
                default:
                    graph.Add(new MemoryEvent(thread, EventMarks.InstructionBarrier, 0, 0, 0));
                    break;
            }

            for (int added = first; added < graph.Count; added++)
            {
                Depend(graph.AddressDependency, access.Dependencies.Address, reads, added);
                Depend(graph.ControlDependency, access.Dependencies.Control, reads, added);
                if (graph.Events[added].IsWrite)
                {
                    Depend(graph.DataDependency, access.Dependencies.Data, reads, added);
                }
            }
        }
    }

    /// <summary>The marks of a barrier.</summary>
    internal static EventMarks FenceMarks(MemBarrier barrier) =>
        ((barrier & MemBarrier.LoadLoad) != 0 ? EventMarks.FenceReadRead : 0)
        | ((barrier & MemBarrier.LoadStore) != 0 ? EventMarks.FenceReadWrite : 0)
        | ((barrier & MemBarrier.StoreLoad) != 0 ? EventMarks.FenceWriteRead : 0)
        | ((barrier & MemBarrier.StoreStore) != 0 ? EventMarks.FenceWriteWrite : 0);

    private static EventMarks Acquire(MemOp op) =>
        ((op & MemOp.Acquire) != 0 ? EventMarks.Acquire : 0) | ((op & MemOp.AcquirePc) != 0 ? EventMarks.AcquirePc : 0);

    private static EventMarks Release(MemOp op) => (op & MemOp.Release) != 0 ? EventMarks.Release : 0;

    private static void Depend(Relation relation, ulong accesses, ReadOnlySpan<int> reads, int on)
    {
        for (ulong rest = accesses; rest != 0; rest &= rest - 1)
        {
            int read = reads[System.Numerics.BitOperations.TrailingZeroCount(rest)];
            if (read >= 0 && read < on)
            {
                relation.Add(read, on);
            }
        }
    }
}
