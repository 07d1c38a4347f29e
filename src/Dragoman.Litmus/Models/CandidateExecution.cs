namespace Dragoman.Litmus.Models;

/// <summary>Events with a choice of what each read reads from and of the order of the writes to each byte.</summary>
public sealed class CandidateExecution(EventGraph graph)
{
    /// <summary>The events.</summary>
    public EventGraph Graph { get; } = graph;

    /// <summary>Number of events.</summary>
    public int Count => Graph.Count;

    /// <summary>rf: from a write to the reads that read some byte of it.</summary>
    public Relation ReadsFrom { get; } = new();

    /// <summary>co: the order of overlapping writes.</summary>
    public Relation Coherence { get; } = new();

    /// <summary>fr: from a read to the writes that come after what it read.</summary>
    public Relation FromReads { get; } = new();

    /// <summary>
    /// Accesses of one thread to a common byte, in program order, of which the second is, or read from, a write that comes before the write that the first is or read from.
    /// Of each byte by itself: a read may find its thread's own write in some bytes, which others do not see yet, and an older one in the rest.
    /// </summary>
    public Relation Incoherent { get; } = new();

    internal long EventsStamp => Graph.Stamp;

    internal long Stamp { get; private set; }

    /// <summary>Says that the four relations have changed.</summary>
    public void Changed() => Stamp = EventGraph.NextStamp();

    /// <summary>What models may name.</summary>
    internal static Dictionary<string, CatNode> Names() => new()
    {
        ["R"] = Set(EventMarks.Read),
        ["W"] = Set(EventMarks.Write),
        ["M"] = Set(EventMarks.Read | EventMarks.Write),
        ["F"] = Set(EventMarks.Fence),
        ["IW"] = Set(EventMarks.Initial),
        ["A"] = Set(EventMarks.Acquire),
        ["Q"] = Set(EventMarks.AcquirePc),
        ["L"] = Set(EventMarks.Release),
        ["LOCK"] = Set(EventMarks.Locked),
        ["ISB"] = Set(EventMarks.InstructionBarrier),
        ["Frr"] = Set(EventMarks.FenceReadRead),
        ["Frw"] = Set(EventMarks.FenceReadWrite),
        ["Fwr"] = Set(EventMarks.FenceWriteRead),
        ["Fww"] = Set(EventMarks.FenceWriteWrite),
        ["po"] = new CatRelation(true, e => e.Graph.ProgramOrder),
        ["loc"] = new CatRelation(true, e => e.Graph.SameLocation),
        ["ext"] = new CatRelation(true, e => e.Graph.External),
        ["addr"] = new CatRelation(true, e => e.Graph.AddressDependency),
        ["data"] = new CatRelation(true, e => e.Graph.DataDependency),
        ["ctrl"] = new CatRelation(true, e => e.Graph.ControlDependency),
        ["rmw"] = new CatRelation(true, e => e.Graph.ReadModifyWrite),
        ["amo"] = new CatRelation(true, e => e.Graph.AtomicInstruction),
        ["rf"] = new CatRelation(false, e => e.ReadsFrom),
        ["co"] = new CatRelation(false, e => e.Coherence),
        ["fr"] = new CatRelation(false, e => e.FromReads),
        ["incoherent"] = new CatRelation(false, e => e.Incoherent),
    };

    private static CatSet Set(EventMarks marks) => new(true, e => e.Graph.Marked(marks));
}
