using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>The audit's rules that need a bound description (ISA4xxx); the binder holds those that the text of one instruction breaks.</summary>
internal static class AuditChecker
{
    /// <param name="model">The description.</param>
    /// <param name="table">The manual's table, or null: then the guest is not audited, but for what its description alone shows.</param>
    /// <param name="diagnostics">Where to report.</param>
    public static void Check(IsaModel model, OrderTable? table, DiagnosticBag diagnostics)
    {
        var reader = new AccessReader(model);
        (BoundInstruction, MemoryAccess[] Accesses)[] instructions = [.. model.Instructions.Select(i => (i, reader.Read(i).ToArray()))];
        CheckPartners([.. instructions.SelectMany(i => i.Accesses)], diagnostics);
        if (table is not null)
        {
            OrderChecker.Check(instructions, table, diagnostics);
        }
    }

    /// <summary>An exclusive load of a width that no exclusive store of the guest has reserves for nobody; such a store can only fail.</summary>
    private static void CheckPartners(MemoryAccess[] accesses, DiagnosticBag diagnostics)
    {
        foreach ((string verb, string partner) in new[] { ("load exclusive", "store exclusive"), ("store exclusive", "load exclusive") })
        {
            HashSet<int> widths = [.. accesses.Where(a => a.Verb == partner).Select(a => a.Bits)];
            foreach (MemoryAccess access in accesses.Where(a => a.Verb == verb && !widths.Contains(a.Bits)))
            {
                diagnostics.Report(Rules.NoPartner, access.Span, verb, access.Bits, partner);
            }
        }
    }
}
