using Dragoman.Litmus.Models;

namespace Dragoman.Litmus.Executions;

/// <summary>
/// Goes through the candidate executions of given events: every choice of writes for the bytes of each read that have the values it read, and every
/// order of overlapping writes that keeps each thread's own. Belongs to one thread.
/// </summary>
public sealed class ExecutionSearch
{
    private readonly EventGraph _graph = new();
    private readonly CandidateExecution _execution;
    private readonly List<Segment> _segments = [];

    // Segments of two reads of a thread that have a byte in common, in program order.
    private readonly List<(Segment First, Segment Second)> _rereads = [];
    private readonly List<int> _writes = [];
    private readonly List<int> _order = [];
    private readonly int[] _rank = new int[Relation.MaxEvents];
    private readonly long _mostSteps;
    private long _steps;

    /// <summary>Makes a search.</summary>
    /// <param name="mostSteps">Choices, of all visits together, after which it gives up.</param>
    public ExecutionSearch(long mostSteps = long.MaxValue) => (_execution, _mostSteps) = (new CandidateExecution(_graph), mostSteps);

    /// <summary>Visits the executions that a model allows.</summary>
    /// <param name="mapping">What the accesses become, and the model.</param>
    /// <param name="initial">What memory holds at the start: one write for each location, wide enough for all accesses of it.</param>
    /// <param name="threads">One trace a thread.</param>
    /// <param name="visit">Told of each; what it returns says whether to go on.</param>
    /// <returns>False when a visit said stop.</returns>
    /// <exception cref="LitmusException">All visits together are more than can be gone through.</exception>
    public bool Visit(OrderMapping mapping, IReadOnlyList<MemoryEvent> initial, IReadOnlyList<ThreadTrace> threads, Func<FinalMemory, bool> visit)
    {
        // One for each choice of values too, also where no execution has them.
        Step();
        _graph.Clear();
        foreach (MemoryEvent write in initial)
        {
            _graph.Add(write);
        }

        for (int i = 0; i < threads.Count; i++)
        {
            mapping.Expand(threads[i], i, _graph);
        }

        _graph.Finish();
        if (!FindSegments())
        {
            return true;
        }

        _writes.Clear();
        for (int i = 0; i < _graph.Count; i++)
        {
            if (_graph.Events[i].IsWrite)
            {
                _writes.Add(i);
            }
        }

        _order.Clear();
        return OrderWrites(mapping.Model, visit);
    }

    // The parts of reads that writes tell apart, with the writes that have the part's value; false when nothing is written that some part could have read.
    private bool FindSegments()
    {
        _segments.Clear();
        ReadOnlySpan<MemoryEvent> events = _graph.Events;
        for (int read = 0; read < events.Length; read++)
        {
            if (!events[read].IsRead)
            {
                continue;
            }

            ulong start = events[read].Address;
            while (start < events[read].End)
            {
                ulong end = NextBound(events, start, events[read].End);
                int bytes = (int)(end - start);
                UInt128 value = Bits.Slice(events[read].Value, (int)(start - events[read].Address), bytes);
                List<int> sources = [], writers = [];
                for (int i = 0; i < events.Length; i++)
                {
                    if (events[i].IsWrite && events[i].Address <= start && end <= events[i].End)
                    {
                        writers.Add(i);

                        // What comes later in its own thread no read can see: every model here has coherence.
                        if (Bits.Slice(events[i].Value, (int)(start - events[i].Address), bytes) == value && !_graph.ProgramOrder.Has(read, i))
                        {
                            sources.Add(i);
                        }
                    }
                }

                if (sources.Count == 0)
                {
                    return false;
                }

                _segments.Add(new Segment(read, start, end, sources, writers));
                start = end;
            }
        }

        FindRereads();
        return true;
    }

    private void FindRereads()
    {
        _rereads.Clear();
        foreach (Segment first in _segments)
        {
            foreach (Segment second in _segments)
            {
                if (_graph.ProgramOrder.Has(first.Read, second.Read) && first.Start < second.End && second.Start < first.End)
                {
                    _rereads.Add((first, second));
                }
            }
        }
    }

    // The first place after start where a write begins or ends, or the end.
    private static ulong NextBound(ReadOnlySpan<MemoryEvent> events, ulong start, ulong end)
    {
        foreach (ref readonly MemoryEvent write in events)
        {
            if (write.IsWrite)
            {
                end = write.Address > start && write.Address < end ? write.Address : write.End > start && write.End < end ? write.End : end;
            }
        }

        return end;
    }

    // Appends each write that may come next: initial ones first, then those whose overlapping predecessors in program order are there.
    private bool OrderWrites(MemoryModel model, Func<FinalMemory, bool> visit)
    {
        Step();
        if (_order.Count == _writes.Count)
        {
            SetCoherence();
            return ChooseSources(0, model, visit);
        }

        // Writes that overlap no later one commute with the others: only one order of them is tried.
        foreach (int write in _writes)
        {
            if (_order.Contains(write) || !MayComeNext(write))
            {
                continue;
            }

            _order.Add(write);
            if (!OrderWrites(model, visit))
            {
                return false;
            }

            _order.RemoveAt(_order.Count - 1);
        }

        return true;
    }

    private bool MayComeNext(int write)
    {
        foreach (int other in _writes)
        {
            if (other == write || _order.Contains(other))
            {
                continue;
            }

            bool isBefore = (_graph.Events[other].Marks & EventMarks.Initial) != 0
                ? (_graph.Events[write].Marks & EventMarks.Initial) == 0 || other < write
                : _graph.ProgramOrder.Has(other, write) && _graph.SameLocation.Has(other, write);
            if (isBefore)
            {
                return false;
            }
        }

        // Neighbours that do not overlap are put in one order only.
        return _order.Count == 0 || _graph.SameLocation.Has(_order[^1], write) || _order[^1] < write;
    }

    private void SetCoherence()
    {
        _execution.Coherence.Clear();
        for (int i = 0; i < _order.Count; i++)
        {
            _rank[_order[i]] = i;
            for (int j = i + 1; j < _order.Count; j++)
            {
                if (_graph.SameLocation.Has(_order[i], _order[j]))
                {
                    _execution.Coherence.Add(_order[i], _order[j]);
                }
            }
        }
    }

    private void Step()
    {
        if (++_steps > _mostSteps)
        {
            throw new LitmusException("the test has too many executions for the models to judge");
        }
    }

    private bool ChooseSources(int segment, MemoryModel model, Func<FinalMemory, bool> visit)
    {
        Step();
        if (segment == 0)
        {
            _execution.ReadsFrom.Clear();
        }

        if (segment == _segments.Count)
        {
            SetFromReads();
            SetIncoherent();
            _execution.Changed();
            return model.Broken(_execution) is not null || visit(new FinalMemory(_graph, _order));
        }

        Segment part = _segments[segment];
        foreach (int source in part.Sources)
        {
            part.Chosen = source;
            bool isNew = !_execution.ReadsFrom.Has(source, part.Read);
            _execution.ReadsFrom.Add(source, part.Read);
            bool goOn = ChooseSources(segment + 1, model, visit);
            if (isNew)
            {
                _execution.ReadsFrom[source] &= ~(1UL << part.Read);
            }

            if (!goOn)
            {
                return false;
            }
        }

        return true;
    }

    private void SetFromReads()
    {
        _execution.FromReads.Clear();
        foreach (Segment part in _segments)
        {
            foreach (int writer in part.Writers)
            {
                if (_rank[writer] > _rank[part.Chosen])
                {
                    _execution.FromReads.Add(part.Read, writer);
                }
            }
        }
    }

    private void SetIncoherent()
    {
        Relation incoherent = _execution.Incoherent;
        incoherent.Clear();
        foreach (Segment part in _segments)
        {
            foreach (int writer in part.Writers)
            {
                if (_rank[writer] > _rank[part.Chosen] && _graph.ProgramOrder.Has(writer, part.Read))
                {
                    incoherent.Add(writer, part.Read);
                }
                else if (_rank[writer] < _rank[part.Chosen] && _graph.ProgramOrder.Has(part.Read, writer))
                {
                    incoherent.Add(part.Read, writer);
                }
            }
        }

        foreach ((Segment first, Segment second) in _rereads)
        {
            if (_rank[first.Chosen] > _rank[second.Chosen])
            {
                incoherent.Add(first.Read, second.Read);
            }
        }
    }

    private sealed class Segment(int read, ulong start, ulong end, List<int> sources, List<int> writers)
    {
        public int Read { get; } = read;

        public ulong Start { get; } = start;

        public ulong End { get; } = end;

        public List<int> Sources { get; } = sources;

        public List<int> Writers { get; } = writers;

        public int Chosen { get; set; }
    }
}

/// <summary>What memory holds at the end of an execution.</summary>
public readonly struct FinalMemory
{
    private readonly EventGraph _graph;
    private readonly List<int> _order;

    internal FinalMemory(EventGraph graph, List<int> order) => (_graph, _order) = (graph, order);

    /// <summary>The bytes at an address.</summary>
    public UInt128 Read(ulong address, int bytes)
    {
        UInt128 value = 0;
        for (int i = 0; i < bytes; i++)
        {
            ulong at = address + (ulong)i;
            for (int k = _order.Count - 1; k >= 0; k--)
            {
                ref readonly MemoryEvent write = ref _graph.Events[_order[k]];
                if (write.Address <= at && at < write.End)
                {
                    value |= Bits.Slice(write.Value, (int)(at - write.Address), 1) << (8 * i);
                    break;
                }
            }
        }

        return value;
    }
}
