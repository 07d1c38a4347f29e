using Dragoman.Litmus.Executions;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Checking;

/// <summary>A way to read or write memory that a guest's description uses: a verb with its order, or a load-exclusive with its store-exclusive.</summary>
/// <param name="Name">As the audit table calls it.</param>
/// <param name="First">The access, or the first of two.</param>
/// <param name="FirstOrder">Its order.</param>
/// <param name="StoreOrder">Order of the store-exclusive that follows; null when nothing follows.</param>
/// <param name="Fails">A compare-and-swap that does not store.</param>
internal sealed record AccessForm(string Name, AccessKind First, MemOp FirstOrder, MemOp? StoreOrder = null, bool Fails = false)
{
    /// <summary>Bytes of the accesses that tests are made of.</summary>
    public const int Bytes = 4;

    public bool CanRead => First != AccessKind.Store;

    public bool CanWrite => !Fails && (First is AccessKind.Store or AccessKind.Atomic || StoreOrder is not null);

    /// <summary>Adds the accesses by which a thread reads <paramref name="old"/> and, if the form writes, writes <paramref name="written"/>.</summary>
    public void AddTo(List<Access> accesses, ulong address, UInt128 old, UInt128 written, Dependencies dependencies)
    {
        int index = accesses.Count;
        MemOp size = MemOp.Size32;
        bool writes = CanWrite && First != AccessKind.LoadExclusive;
        accesses.Add(new Access(First, FirstOrder | size, default, address, Bytes, old, writes ? written : 0, writes, dependencies));
        if (StoreOrder is { } order)
        {
            accesses.Add(new Access(AccessKind.StoreExclusive, order | size, default, address, Bytes, 0, written, true, dependencies, index));
        }
    }

    /// <summary>Every form that a guest uses, each once.</summary>
    public static IReadOnlyList<AccessForm> Of(IReadOnlyList<AuditEntry> entries)
    {
        List<AccessForm> forms = [];
        foreach (AuditEntry entry in entries.Where(e => e.Verb != "fence"))
        {
            foreach (MemOp order in Orders(entry.Order))
            {
                string name = $"{entry.Verb} {Text(order)}".Trim();
                switch (entry.Verb)
                {
                    case "load" or "load pair":
                        forms.Add(new AccessForm($"load {Text(order)}".Trim(), AccessKind.Load, order));
                        break;
                    case "store" or "store pair":
                        forms.Add(new AccessForm($"store {Text(order)}".Trim(), AccessKind.Store, order));
                        break;
                    case "load exclusive":
                        forms.Add(new AccessForm(name, AccessKind.LoadExclusive, order));
                        break;
                    case "compare and swap":
                        forms.Add(new AccessForm($"rmw {Text(order)}".Trim(), AccessKind.Atomic, order));
                        forms.Add(new AccessForm($"failing {name}", AccessKind.Atomic, order, Fails: true));
                        break;
                    case var rmw when rmw.StartsWith("rmw", StringComparison.Ordinal):
                        forms.Add(new AccessForm($"rmw {Text(order)}".Trim(), AccessKind.Atomic, order));
                        break;
                }
            }
        }

        MemOp[] stores = [.. entries.Where(e => e.Verb == "store exclusive").SelectMany(e => Orders(e.Order)).Distinct()];
        forms.AddRange([.. forms
            .Where(f => f.First == AccessKind.LoadExclusive)
            .SelectMany(load => stores.Select(store => load with { Name = $"{load.Name} + store exclusive {Text(store)}".Trim(), StoreOrder = store }))]);
        return [.. forms.Distinct()];
    }

    /// <summary>Every barrier that a guest uses.</summary>
    public static IReadOnlyList<MemBarrier> Barriers(IReadOnlyList<AuditEntry> entries) =>
        [.. entries.Where(e => e.Verb == "fence").Select(e => Barrier(e.Order)).Where(b => b != MemBarrier.None).Distinct()];

    // "acquire if a, release if r": with and without each.
    private static IEnumerable<MemOp> Orders(string text)
    {
        IEnumerable<MemOp> orders = [default];
        foreach (string part in text.Split(", "))
        {
            MemOp bit = part.Split(' ')[0] switch
            {
                "acquire" => MemOp.Acquire,
                "acquire-pc" => MemOp.AcquirePc,
                "release" => MemOp.Release,
                "sc" => MemOp.SeqCst,
                "plain" or "" => default,
                var other => throw new InvalidOperationException($"the audit table has an order '{other}' that the checker does not know"),
            };
            bool isOptional = part.Contains(" if ", StringComparison.Ordinal);
            orders = orders.SelectMany(order => isOptional ? new[] { order, order | bit } : [order | bit]);
        }

        return orders;
    }

    private static MemBarrier Barrier(string text)
    {
        string[] sides = text.Split(" -> ");
        return sides.Length != 2 ? MemBarrier.None
            : Bit('r', 'r', MemBarrier.LoadLoad) | Bit('r', 'w', MemBarrier.LoadStore) | Bit('w', 'r', MemBarrier.StoreLoad) | Bit('w', 'w', MemBarrier.StoreStore);

        MemBarrier Bit(char from, char to, MemBarrier bit) => sides[0].Contains(from) && sides[1].Contains(to) ? bit : MemBarrier.None;
    }

    private static string Text(MemOp order) =>
        string.Join("-", new[] { (MemOp.Acquire, "acquire"), (MemOp.AcquirePc, "acquire-pc"), (MemOp.Release, "release"), (MemOp.SeqCst, "sc") }
            .Where(o => (order & o.Item1) != 0).Select(o => o.Item2));
}
