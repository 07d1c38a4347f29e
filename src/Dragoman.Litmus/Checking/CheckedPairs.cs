using Dragoman.Litmus.Executions;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Litmus.Checking;

/// <summary>Which accesses and barriers came after which in the traces that were checked, to be held against all that a guest's audit table has.</summary>
public sealed class CheckedPairs
{
    private const MemOp Order = MemOp.Acquire | MemOp.AcquirePc | MemOp.Release | MemOp.SeqCst;

    private readonly HashSet<(Element First, Element Second)> _pairs = [];

    internal void Add(ThreadTrace trace)
    {
        Element[] elements = [.. trace.Accesses.Select(a => new Element(a.Kind, a.MemOp & Order, a.Barrier, a.Writes))];
        for (int i = 0; i < elements.Length; i++)
        {
            for (int j = i + 1; j < elements.Length; j++)
            {
                _pairs.Add((elements[i], elements[j]));
            }
        }
    }

    /// <summary>The pairs of entries of which no trace has the first before the second, and the entries that are neither access nor barrier nor another effect, which no model here has; in words.</summary>
    public IReadOnlyList<string> Missing(IReadOnlyList<AuditEntry> entries)
    {
        List<string> missing = [.. entries.Where(e => e is { Kind: null, IsOtherEffect: false }).Select(e => $"{e.Instruction}: {e.Verb}").Distinct()];
        Element[] elements = [.. entries.SelectMany(Elements).Distinct()];

        // The same barrier twice is one barrier.
        missing.AddRange(elements.SelectMany(first => elements.Select(second => (First: first, Second: second)))
            .Where(pair => !_pairs.Contains(pair) && !(pair.First == pair.Second && !pair.First.IsAccess))
            .Select(pair => $"{pair.First}; {pair.Second}"));
        return missing;
    }

    private static IEnumerable<Element> Elements(AuditEntry entry) => entry.Kind switch
    {
        null => [],
        AccessKind.Fence => [new Element(AccessKind.Fence, default, entry.Barrier, false)],
        AccessKind.InstructionBarrier => [new Element(AccessKind.InstructionBarrier, default, default, false)],
        { } kind => entry.Orders.SelectMany(order => entry.Verb == "compare and swap"
            ? [new Element(kind, order, default, true), new Element(kind, order, default, false)]
            : new[] { new Element(kind, order, default, kind is AccessKind.Store or AccessKind.StoreExclusive or AccessKind.Atomic) }),
    };

    private readonly record struct Element(AccessKind Kind, MemOp Order, MemBarrier Barrier, bool Writes)
    {
        public bool IsAccess => Kind is not (AccessKind.Fence or AccessKind.InstructionBarrier);

        public override string ToString() => Kind switch
        {
            AccessKind.Fence => $"fence {Barrier}",
            AccessKind.Atomic when !Writes => $"failing {Kind} {Order}",
            _ => Order == default ? Kind.ToString() : $"{Kind} {Order}",
        };
    }
}
