namespace Dragoman.Litmus.Models;

/// <summary>The events of an execution with everything but where reads read from and in which order writes come: the same for many candidates.</summary>
public sealed class EventGraph
{
    // By Interlocked, from any thread.
    private static long s_stamps;

    private readonly MemoryEvent[] _events = new MemoryEvent[Relation.MaxEvents];

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The events, each thread's in program order.</summary>
    public ReadOnlySpan<MemoryEvent> Events => _events.AsSpan(0, Count);

    /// <summary>Program order.</summary>
    public Relation ProgramOrder { get; } = new();

    /// <summary>Accesses of a common byte.</summary>
    public Relation SameLocation { get; } = new();

    /// <summary>Events of different threads; initial writes belong to none.</summary>
    public Relation External { get; } = new();

    /// <summary>Address dependencies.</summary>
    public Relation AddressDependency { get; } = new();

    /// <summary>Data dependencies.</summary>
    public Relation DataDependency { get; } = new();

    /// <summary>Control dependencies.</summary>
    public Relation ControlDependency { get; } = new();

    /// <summary>Read and write of an atomic instruction, and a load-exclusive with the store-exclusive that it let store.</summary>
    public Relation ReadModifyWrite { get; } = new();

    /// <summary>Those of <see cref="ReadModifyWrite"/> that are one instruction.</summary>
    public Relation AtomicInstruction { get; } = new();

    /// <summary>Tells these events from any others of the process.</summary>
    public long Stamp { get; private set; }

    /// <summary>A number that was given to nothing yet.</summary>
    public static long NextStamp() => Interlocked.Increment(ref s_stamps);

    /// <summary>Forgets all events.</summary>
    public void Clear()
    {
        Count = 0;
        foreach (Relation relation in new[] { ProgramOrder, SameLocation, External, AddressDependency, DataDependency, ControlDependency, ReadModifyWrite, AtomicInstruction })
        {
            relation.Clear();
        }
    }

    /// <summary>Adds an event after those of its thread; returns its number.</summary>
    /// <exception cref="LitmusException">There are more than <see cref="Relation.MaxEvents"/>.</exception>
    public int Add(in MemoryEvent added)
    {
        if (Count == Relation.MaxEvents)
        {
            throw new LitmusException($"an execution has more than {Relation.MaxEvents} events");
        }

        _events[Count] = added;
        return Count++;
    }

    /// <summary>Completes the relations that follow from the events. Call it once all are there.</summary>
    public void Finish()
    {
        Stamp = NextStamp();
        for (int i = 0; i < Count; i++)
        {
            for (int j = 0; j < Count; j++)
            {
                if (i == j)
                {
                    continue;
                }

                ref MemoryEvent a = ref _events[i], b = ref _events[j];
                if (a.Thread != b.Thread)
                {
                    External.Add(i, j);
                }
                else if (i < j && a.Thread >= 0)
                {
                    ProgramOrder.Add(i, j);
                }

                if (a.Bytes > 0 && b.Bytes > 0 && a.Overlaps(b))
                {
                    SameLocation.Add(i, j);
                }
            }
        }
    }

    /// <summary>The events with any of the marks.</summary>
    public ulong Marked(EventMarks marks)
    {
        ulong set = 0;
        for (int i = 0; i < Count; i++)
        {
            set |= (_events[i].Marks & marks) != 0 ? 1UL << i : 0;
        }

        return set;
    }
}
