using Dragoman.Litmus.Executions;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Checking;

/// <summary>What lies between the two accesses of a thread.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Barriers">Barriers, in order; null for an instruction barrier.</param>
/// <param name="Address">The second's address depends on what the first read.</param>
/// <param name="Data">The second's value does.</param>
/// <param name="Control">A branch does.</param>
internal sealed record Link(string Name, IReadOnlyList<MemBarrier?> Barriers, bool Address = false, bool Data = false, bool Control = false)
{
    /// <summary>Links that a guest can make between a first access that reads or not and a second one that writes or not.</summary>
    public static IEnumerable<Link> Between(bool reads, bool writes, IReadOnlyList<MemBarrier> barriers, bool hasInstructionBarrier)
    {
        yield return new Link("po", []);
        foreach (MemBarrier barrier in barriers)
        {
            yield return Of(barrier);
        }

        if (!reads)
        {
            yield break;
        }

        yield return new Link("addr", [], Address: true);
        yield return new Link("ctrl", [], Control: true);
        if (writes)
        {
            yield return new Link("data", [], Data: true);
        }

        if (hasInstructionBarrier)
        {
            yield return new Link("ctrl+isb", [null], Control: true);
        }
    }

    /// <summary>What orders nothing by what it follows, and so is tried with one plain access at least.</summary>
    public static IEnumerable<Link> InstructionBarrier(bool hasInstructionBarrier) => hasInstructionBarrier ? [Of(null)] : [];

    /// <summary>Each two barriers, in both orders: tried between plain accesses.</summary>
    public static IEnumerable<Link> Doubles(IReadOnlyList<MemBarrier> barriers, bool hasInstructionBarrier)
    {
        MemBarrier?[] all = [.. barriers, .. hasInstructionBarrier ? new MemBarrier?[] { null } : []];
        return all.SelectMany(first => all.Where(second => second != first)
            .Select(second => new Link($"{Of(first).Name}; {Of(second).Name}", [first, second])));
    }

    private static Link Of(MemBarrier? barrier) => new(barrier is { } kind ? $"fence {kind}" : "isb", [barrier]);
}

/// <summary>One way to write a thread of a shape.</summary>
/// <param name="Name">For messages.</param>
/// <param name="Traces">Its traces: one for each combination of old values that read-modify-writes in the place of writes may meet.</param>
internal sealed record ThreadVariant(string Name, IReadOnlyList<ThreadTrace> Traces)
{
    /// <summary>A thread of one access.</summary>
    public static ThreadVariant Make(Shape shape, ShapeAccess access, AccessForm form) =>
        new(form.Name, [.. OldValues(shape, access, form).Select(old =>
        {
            List<Access> accesses = [];
            Add(accesses, access, form, old, default);
            return new ThreadTrace(accesses, []);
        })]);

    /// <summary>A thread of two accesses.</summary>
    public static ThreadVariant Make(Shape shape, ShapeAccess first, AccessForm firstForm, Link link, ShapeAccess second, AccessForm secondForm) =>
        new($"{firstForm.Name}; {link.Name}; {secondForm.Name}",
        [.. OldValues(shape, first, firstForm).SelectMany(oldFirst => OldValues(shape, second, secondForm).Select(oldSecond =>
        {
            List<Access> accesses = [];
            Add(accesses, first, firstForm, oldFirst, default);
            ulong read = 1;
            ulong control = link.Control ? read : 0;
            accesses.AddRange(link.Barriers.Select(barrier =>
                barrier is { } kind ? Access.Fence(kind, default) : Access.InstructionBarrier(new Dependencies(0, 0, control))));

            Add(accesses, second, secondForm, oldSecond, new Dependencies(link.Address ? read : 0, link.Data ? read : 0, control));
            return new ThreadTrace(accesses, []);
        }))]);

    private static void Add(List<Access> accesses, ShapeAccess access, AccessForm form, int old, Dependencies dependencies) =>
        form.AddTo(accesses, LoweringChecker.AddressOf(access.Location), (uint)old, (uint)access.Value, dependencies);

    // A form that reads and writes, in the place of a read, writes back what it read.
    private static IEnumerable<int> OldValues(Shape shape, ShapeAccess access, AccessForm form) =>
        !access.IsWrite ? [access.Value] : form.First == AccessKind.Store ? [0] : shape.ValuesOf(access.Location);
}
