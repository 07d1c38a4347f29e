using Dragoman.Litmus.Executions;
using Dragoman.Litmus.Models;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Checking;

/// <summary>
/// Shows, without running anything, that a lowering keeps a guest's order: of the classic shapes, written with every pair of access forms, barriers and
/// dependencies that the guest's description uses, no outcome that the guest's model forbids is allowed by the host's model of the lowered test.
/// </summary>
/// <remarks>Belongs to one thread.</remarks>
public sealed class LoweringChecker
{
    private readonly IReadOnlyList<AccessForm> _forms;
    private readonly IReadOnlyList<MemBarrier> _barriers;
    private readonly bool _hasInstructionBarrier;
    private readonly GuestOrder _guest;
    private readonly HostOrder _host;
    private readonly ExecutionSearch _search = new();
    private readonly List<Violation> _violations = [];
    private readonly HashSet<ThreadVariant> _checked = new(ReferenceEqualityComparer.Instance);

    /// <summary>A checker for a guest on a host.</summary>
    public LoweringChecker(IGuest guest, HostLowering lowering)
    {
        IReadOnlyList<AuditEntry> entries = guest.AuditEntries;
        _forms = AccessForm.Of(entries);
        _barriers = AccessForm.Barriers(entries);
        _hasInstructionBarrier = entries.Any(e => e.Verb == "instruction barrier");
        _guest = GuestOrder.Of(guest);
        _host = new HostOrder(lowering);
    }

    /// <summary>Tests that were looked at.</summary>
    public long Tests { get; private set; }

    /// <summary>Those whose outcome the host allows.</summary>
    public long AllowedOnHost { get; private set; }

    /// <summary>What came after what in the threads of those tests.</summary>
    public CheckedPairs Pairs { get; } = new();

    /// <summary>Names of the access forms of the guest.</summary>
    public IReadOnlyList<string> Forms => [.. _forms.Select(f => f.Name)];

    /// <summary>Where a location lies.</summary>
    internal static ulong AddressOf(char location) => (ulong)(location - 'x' + 1) * 0x100;

    /// <summary>
    /// Checks the shapes, with each of its threads written in every way while the others are plain accesses with full barriers between, and with all written alike.
    /// Since each thread's order counts by itself in every model here, that finds each pair that is lowered too weakly.
    /// </summary>
    /// <param name="thorough">All shapes, and of those of two threads every combination of both.</param>
    /// <param name="only">Only the shape of this name.</param>
    public IReadOnlyList<Violation> Check(bool thorough = false, string? only = null)
    {
        _violations.Clear();
        foreach (Shape shape in (thorough ? Shape.All : Shape.Basic).Where(s => only is null || s.Name == only))
        {
            IReadOnlyList<ThreadVariant>[] variants = [.. shape.Threads.Select(thread => Variants(shape, thread))];
            ThreadVariant[] test = [.. shape.Threads.Select(thread => Strongest(shape, thread))];
            for (int i = 0; i < test.Length; i++)
            {
                Vary(shape, test, i, variants[i], thorough && test.Length == 2 ? variants : null);
            }

            CheckAlike(shape, variants);
        }

        return _violations;
    }

    private void Vary(Shape shape, ThreadVariant[] test, int thread, IReadOnlyList<ThreadVariant> variants, IReadOnlyList<ThreadVariant>[]? others)
    {
        ThreadVariant strongest = test[thread];
        foreach (ThreadVariant variant in variants)
        {
            test[thread] = variant;
            Check(shape, test);
            for (int other = thread + 1; others is not null && other < test.Length; other++)
            {
                Vary(shape, test, other, others[other], null);
            }
        }

        test[thread] = strongest;
    }

    // Threads of the same kind written in the same way: what each of two weak halves would hide of the other.
    private void CheckAlike(Shape shape, IReadOnlyList<ThreadVariant>[] variants)
    {
        foreach (ThreadVariant variant in variants.MaxBy(v => v.Count)!)
        {
            ThreadVariant?[] test = [.. variants.Select(v => v.FirstOrDefault(other => other.Name == variant.Name) ?? (v.Count < 50 ? v[0] : null))];
            if (test.All(t => t is not null))
            {
                Check(shape, test!);
            }
        }
    }

    private void Check(Shape shape, ThreadVariant[] test)
    {
        Tests++;
        foreach (ThreadTrace trace in test.Where(_checked.Add).SelectMany(thread => thread.Traces))
        {
            Pairs.Add(trace);
        }

        MemoryEvent[] initial = [.. shape.Threads.SelectMany(t => t).Select(a => a.Location).Distinct().Select(location =>
            new MemoryEvent(-1, EventMarks.Write | EventMarks.Initial, AddressOf(location), AccessForm.Bytes, 0))];
        foreach (ThreadTrace[] traces in Combinations(test, 0, new ThreadTrace[test.Length]))
        {
            if (Allows(_host, shape, initial, traces))
            {
                AllowedOnHost++;
                if (!Allows(_guest, shape, initial, traces))
                {
                    _violations.Add(new Violation(_host.Name, shape.Name, string.Join(" | ", test.Select(t => t.Name))));
                    return;
                }
            }
        }
    }

    private bool Allows(OrderMapping mapping, Shape shape, MemoryEvent[] initial, ThreadTrace[] traces) =>
        !_search.Visit(mapping, initial, traces, memory =>
        {
            foreach ((char location, int value) in shape.Final)
            {
                if (memory.Read(AddressOf(location), AccessForm.Bytes) != (uint)value)
                {
                    return true;
                }
            }

            return false;
        });

    private static IEnumerable<ThreadTrace[]> Combinations(ThreadVariant[] test, int thread, ThreadTrace[] chosen)
    {
        if (thread == test.Length)
        {
            yield return chosen;
            yield break;
        }

        foreach (ThreadTrace trace in test[thread].Traces)
        {
            chosen[thread] = trace;
            foreach (ThreadTrace[] rest in Combinations(test, thread + 1, chosen))
            {
                yield return rest;
            }
        }
    }

    private IReadOnlyList<ThreadVariant> Variants(Shape shape, IReadOnlyList<ShapeAccess> thread)
    {
        if (thread.Count == 1)
        {
            return [.. FormsFor(thread[0]).Select(form => ThreadVariant.Make(shape, thread[0], form))];
        }

        AccessForm plainFirst = Plain(thread[0]), plainSecond = Plain(thread[1]);
        return [.. FormsFor(thread[0]).SelectMany(first => FormsFor(thread[1]).SelectMany(second =>
            Link.Between(first.CanRead, thread[1].IsWrite, _barriers, _hasInstructionBarrier)
                .Concat(first == plainFirst || second == plainSecond ? Link.InstructionBarrier(_hasInstructionBarrier) : [])
                .Concat(first == plainFirst && second == plainSecond ? Link.Doubles(_barriers, _hasInstructionBarrier) : [])
                .Select(link => ThreadVariant.Make(shape, thread[0], first, link, thread[1], second))))];
    }

    private AccessForm Plain(ShapeAccess access) => FormsFor(access).First(f => f.First is AccessKind.Load or AccessKind.Store && f.FirstOrder == default);

    private IEnumerable<AccessForm> FormsFor(ShapeAccess access) => _forms.Where(f => access.IsWrite ? f.CanWrite : f.CanRead);

    private ThreadVariant Strongest(Shape shape, IReadOnlyList<ShapeAccess> thread) => thread.Count == 1
        ? ThreadVariant.Make(shape, thread[0], Plain(thread[0]))
        : ThreadVariant.Make(shape, thread[0], Plain(thread[0]), new Link("full fence", [MemBarrier.All]), thread[1], Plain(thread[1]));
}

/// <summary>A test whose outcome the host allows and the guest's model forbids.</summary>
/// <param name="Host">The host.</param>
/// <param name="Shape">The shape.</param>
/// <param name="Threads">How its threads are written.</param>
public sealed record Violation(string Host, string Shape, string Threads)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Shape} on {Host}: {Threads}";
}
