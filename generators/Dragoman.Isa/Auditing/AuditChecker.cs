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
        LoadModifyStoreChecker.Check(model, reader, instructions, diagnostics);
        CheckPartners(instructions, diagnostics);
        SharedWriteChecker.Check(model, diagnostics);
        TbEndChecker.Check(model, diagnostics);
        if (table is not null)
        {
            OrderChecker.Check(instructions, table, diagnostics);
        }
    }

    /// <summary>
    /// An exclusive load of a width that no exclusive store of the guest has reserves for nobody; such a store can only fail. A partner must be there on every CPU that
    /// has the instruction: it wants no feature more.
    /// </summary>
    private static void CheckPartners((BoundInstruction Instruction, MemoryAccess[] Accesses)[] instructions, DiagnosticBag diagnostics)
    {
        (string Verb, int Bits, HashSet<string> Features, MemoryAccess Access)[] exclusives =
        [
            .. instructions.SelectMany(i => i.Accesses
                .Where(a => a.Verb.EndsWith(" exclusive", StringComparison.Ordinal) && a.Bits > 0)
                .Select(a => (a.Verb, a.Bits, new HashSet<string>(i.Instruction.Syntax.Features.Select(f => f.Feature.Text)), a)))
                .Distinct(),
        ];
        foreach ((string verb, int bits, HashSet<string> features, MemoryAccess access) in exclusives)
        {
            string partner = verb == "load exclusive" ? "store exclusive" : "load exclusive";
            if (!exclusives.Any(e => e.Verb == partner && e.Bits == bits && e.Features.IsSubsetOf(features)))
            {
                diagnostics.Report(Rules.NoPartner, access.Span, verb, bits, partner);
            }
        }
    }
}
