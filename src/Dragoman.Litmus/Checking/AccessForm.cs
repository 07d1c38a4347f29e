using Dragoman.Litmus.Executions;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

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
        foreach (AuditEntry entry in entries)
        {
            foreach (MemOp order in entry.Orders)
            {
                switch (entry.Kind)
                {
                    case AccessKind.Load:
                        forms.Add(new AccessForm(Named("load"), AccessKind.Load, order));
                        break;
                    case AccessKind.Store:
                        forms.Add(new AccessForm(Named("store"), AccessKind.Store, order));
                        break;
                    case AccessKind.LoadExclusive:
                        forms.Add(new AccessForm(Named("load exclusive"), AccessKind.LoadExclusive, order));
                        break;
                    case AccessKind.Atomic:
                        forms.Add(new AccessForm(Named("rmw"), AccessKind.Atomic, order));
                        if (entry.Verb == "compare and swap")
                        {
                            forms.Add(new AccessForm("failing " + Named(entry.Verb), AccessKind.Atomic, order, Fails: true));
                        }

                        break;
                }

                string Named(string verb) => $"{verb} {Text(order)}".Trim();
            }
        }

        MemOp[] stores = [.. entries.Where(e => e.Kind == AccessKind.StoreExclusive).SelectMany(e => e.Orders).Distinct()];
        forms.AddRange([.. forms
            .Where(f => f.First == AccessKind.LoadExclusive)
            .SelectMany(load => stores.Select(store => load with { Name = $"{load.Name} + store exclusive {Text(store)}".Trim(), StoreOrder = store }))]);
        return [.. forms.Distinct()];
    }

    /// <summary>Every barrier that a guest uses.</summary>
    public static IReadOnlyList<MemBarrier> Barriers(IReadOnlyList<AuditEntry> entries) =>
        [.. entries.Where(e => e.Kind == AccessKind.Fence).Select(e => e.Barrier).Where(b => b != MemBarrier.None).Distinct()];

    private static string Text(MemOp order) =>
        string.Join("-", new[] { (MemOp.Acquire, "acquire"), (MemOp.AcquirePc, "acquire-pc"), (MemOp.Release, "release"), (MemOp.SeqCst, "sc") }
            .Where(o => (order & o.Item1) != 0).Select(o => o.Item2));
}
