using Dragoman.Litmus.Models;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Executions;

/// <summary>What accesses become under one model: events with marks.</summary>
/// <param name="name">Whose order it is, for messages.</param>
/// <param name="model">The model that judges the events.</param>
public abstract class OrderMapping(string name, MemoryModel model)
{
    /// <summary>Whose order it is.</summary>
    public string Name { get; } = name;

    /// <summary>The model that judges the events.</summary>
    public MemoryModel Model { get; } = model;

    /// <summary>Adds the events of a thread.</summary>
    public abstract void Expand(ThreadTrace trace, int thread, EventGraph graph);

    /// <summary>Adds a read, marked further.</summary>
    protected static int AddRead(EventGraph graph, int thread, Access access, UInt128 value, EventMarks marks) =>
        graph.Add(new MemoryEvent(thread, EventMarks.Read | marks, access.Address, access.Bytes, value));

    /// <summary>Adds a write, marked further.</summary>
    protected static int AddWrite(EventGraph graph, int thread, Access access, EventMarks marks) =>
        graph.Add(new MemoryEvent(thread, EventMarks.Write | marks, access.Address, access.Bytes, access.Written));

    /// <summary>Adds a fence.</summary>
    protected static int AddFence(EventGraph graph, int thread, EventMarks marks) =>
        graph.Add(new MemoryEvent(thread, EventMarks.Fence | marks, 0, 0, 0));

    /// <summary>Adds the pairs of a store-exclusive with the reads of its load-exclusive: more than one where that is not one single-copy atomic access.</summary>
    protected static void Pair(EventGraph graph, IReadOnlyList<Access> accesses, int loadExclusive, ReadOnlySpan<int> reads, int write)
    {
        for (int i = loadExclusive; i < accesses.Count && accesses[i].Kind == AccessKind.LoadExclusive && accesses[i].MemOp == accesses[loadExclusive].MemOp; i++)
        {
            if (i > loadExclusive && accesses[i].Address <= accesses[i - 1].Address)
            {
                break;
            }

            graph.ReadModifyWrite.Add(reads[i], write);
        }
    }
}
