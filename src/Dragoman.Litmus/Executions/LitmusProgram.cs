using Dragoman.Litmus.Assembling;
using Dragoman.Litmus.Models;
using Dragoman.Litmus.Syntax;
using Dragoman.Runtime.Guests;

namespace Dragoman.Litmus.Executions;

/// <summary>A test with its threads assembled for a guest: what models allow of it follows from here.</summary>
public sealed class LitmusProgram
{
    // Choices through which a test is judged, some seconds of them.
    private const long MostSteps = 500_000;

    private readonly IReadOnlyList<MemoryEvent> _initial;
    private IReadOnlyList<IReadOnlyList<ThreadTrace>>? _traces;

    private LitmusProgram(LitmusTest test, IGuest guest, IReadOnlyList<ThreadCode> threads)
    {
        Test = test;
        Guest = guest;
        Threads = threads;
        _initial = [.. test.Locations.Select((location, i) =>
            new MemoryEvent(-1, EventMarks.Write | EventMarks.Initial, CanonicalAddress.Of(i), location.Extent, ValueOf(location.Initial)))];
    }

    /// <summary>The test.</summary>
    public LitmusTest Test { get; }

    /// <summary>The guest.</summary>
    public IGuest Guest { get; }

    /// <summary>The code of each thread; threads lie <see cref="ThreadStride"/> apart.</summary>
    public IReadOnlyList<ThreadCode> Threads { get; }

    /// <summary>Guest address of thread 0's code.</summary>
    public const ulong CodeBase = 0x10_0000;

    /// <summary>Bytes from one thread's code to the next.</summary>
    public const ulong ThreadStride = 0x1_0000;

    /// <summary>Assembles a test.</summary>
    /// <exception cref="LitmusException">An instruction is not described, or a register unknown.</exception>
    public static LitmusProgram Assemble(LitmusTest test, IGuest guest, DescribedAssembler assembler)
    {
        if (test.Registers.FirstOrDefault(r => guest.Registers.All(known => known.Name != r.Register)) is { } initial)
        {
            throw new LitmusException(test.Path, initial.Line, initial.Column, $"{guest.Name} has no register {initial.Written}");
        }

        if (test.Observed.FirstOrDefault(o => !o.IsLocation && guest.Registers.All(known => known.Name != o.Name)) is { } unknown)
        {
            throw new LitmusException(test.Path, unknown.Line, unknown.Column, $"{guest.Name} has no register {unknown.Name}");
        }

        test = test.Architecture.IsAtt ? AttSyntax.Lower(test) : test;
        return new LitmusProgram(test, guest,
            [.. test.Threads.Select((_, i) => ThreadCode.Assemble(test, i, assembler, CodeBase + ((ulong)i * ThreadStride)))]);
    }

    /// <summary>The canonical value of an initial value.</summary>
    public UInt128 ValueOf(InitialValue value) =>
        value.Location is { } name ? CanonicalAddress.Of(IndexOf(name)) : value.Number;

    /// <summary>The outcomes that a mapping's model allows.</summary>
    public IReadOnlySet<Outcome> Allowed(OrderMapping mapping)
    {
        HashSet<Outcome> outcomes = [];
        ExecutionSearch search = new(MostSteps);
        foreach (ThreadTrace[] traces in Combinations(0, new ThreadTrace[Threads.Count]))
        {
            search.Visit(mapping, _initial, traces, memory =>
            {
                outcomes.Add(OutcomeOf(traces, memory));
                return true;
            });
        }

        return outcomes;
    }

    private IEnumerable<ThreadTrace[]> Combinations(int thread, ThreadTrace[] chosen)
    {
        _traces ??= FindTraces();
        if (thread == Threads.Count)
        {
            yield return chosen;
            yield break;
        }

        foreach (ThreadTrace trace in _traces[thread])
        {
            chosen[thread] = trace;
            foreach (ThreadTrace[] rest in Combinations(thread + 1, chosen))
            {
                yield return rest;
            }
        }
    }

    private Outcome OutcomeOf(ThreadTrace[] traces, FinalMemory memory)
    {
        int[] next = new int[traces.Length];
        return new Outcome([.. Test.Observed.Select(o => o.IsLocation
            ? memory.Read(CanonicalAddress.Of(IndexOf(o.Name)) + (ulong)o.Offset, o.Bytes)
            : traces[o.Thread].Registers[next[o.Thread]++])]);
    }

    // Threads run with the values that are known to be written, until no new ones turn up. A counter's values would grow for ever; but no value of an execution
    // comes of a longer chain of writes than the execution has writes (values out of thin air aside, which no model here allows).
    private IReadOnlyList<IReadOnlyList<ThreadTrace>> FindTraces()
    {
        KnownWrites memory = new();
        foreach (MemoryEvent write in _initial)
        {
            memory.Add(write.Address, write.Bytes, write.Value);
        }

        ThreadEvaluator[] evaluators = [.. Threads.Select((code, i) => new ThreadEvaluator(new ThreadProgram(Guest, code), InitialRegisters(i), ObservedRegisters(i), memory))];
        for (int round = 0; ; round++)
        {
            int before = memory.Count;
            IReadOnlyList<ThreadTrace>[] traces = [.. evaluators.Select(e => e.Run())];
            if (round >= evaluators.Sum(e => e.MostWrites))
            {
                return Ended(traces);
            }

            foreach (Access access in evaluators.SelectMany(e => e.Writes))
            {
                memory.Add(access.Address, access.Bytes, access.Written);
            }

            if (memory.Count == before)
            {
                return Ended(traces);
            }
        }
    }

    // A thread without a trace loops for ever: nothing could be said of the test, and a run would not end.
    private IReadOnlyList<ThreadTrace>[] Ended(IReadOnlyList<ThreadTrace>[] traces) => Array.FindIndex(traces, t => t.Count == 0) is >= 0 and int thread
        ? throw new LitmusException($"{Test.Path}: thread {thread} has no way through it that ends")
        : traces;

    private IReadOnlyList<(int Offset, int Bytes, UInt128 Value)> InitialRegisters(int thread) =>
        [.. Test.Registers.Where(r => r.Thread == thread).Select(r => (RegisterOf(r.Register).Offset, RegisterOf(r.Register).Size, ValueOf(r.Value)))];

    private IReadOnlyList<(int Offset, int Bytes)> ObservedRegisters(int thread) =>
        [.. Test.Observed.Where(o => o.Thread == thread).Select(o => (RegisterOf(o.Name).Offset, Math.Min(o.Bytes, RegisterOf(o.Name).Size)))];

    internal GuestRegister RegisterOf(string name) => Guest.Registers.First(r => r.Name == name);

    internal int IndexOf(string location) => Test.Locations.Index().First(l => l.Item.Name == location).Index;
}
