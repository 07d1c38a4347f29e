using Dragoman.Isa.Auditing;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits <c>Audit.Entries</c>: every memory verb and fence of every instruction, with its order, width and atomicity.</summary>
internal static class AuditEmitter
{
    /// <param name="model">The description.</param>
    /// <param name="isClean">It was held against the manual's order table, and nothing was found.</param>
    /// <param name="descriptionLines">Its lines.</param>
    public static EmittedSource Emit(IsaModel model, bool isClean, int descriptionLines)
    {
        var reader = new AccessReader(model);
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Runtime.Guests");
        writer.Summary("What the description says of memory and order; see <c>dragoman audit</c>.");
        using (writer.Open("public static class Audit"))
        {
            writer.Summary("One row for each different access or barrier of an instruction, in the order of the description.");
            writer.Line("public static IReadOnlyList<AuditEntry> Entries { get; } =");
            writer.Line("[");
            writer.Indent();
            foreach (IGrouping<string, BoundInstruction> instruction in model.Instructions.GroupBy(i => i.Syntax.Name.Text))
            {
                int samples = Samples(model, instruction);
                foreach (IGrouping<Row, MemoryAccess> row in instruction.SelectMany(reader.Read).GroupBy(a => new Row(a.Verb, a.OrderText, a.Alignment, a.AtomBits?.ToString() ?? "")))
                {
                    string bits = string.Join(" ", row.Select(r => r.Bits).Where(b => b > 0).Distinct().OrderBy(b => b));
                    string section = Escape(instruction.First().Syntax.Documentation ?? "");
                    writer.Line($"new(\"{instruction.Key}\", \"{section}\", \"{row.Key.Verb}\", \"{bits}\", \"{Escape(row.Key.Order)}\", \"{row.Key.Alignment}\", \"{row.Key.Atom}\", {samples}),");
                }
            }

            writer.Unindent();
            writer.Line("];");
            writer.Line();
            writer.Summary("The description was held against the manual's table of orders when it was built: vCPUs may have threads of their own (QEMU's TARGET_SUPPORTS_MTTCG).");
            writer.Line($"public const bool IsClean = {(isClean ? "true" : "false")};");
            writer.Line();
            writer.Summary("How much of the guest the description says.");
            IGrouping<string, BoundInstruction>[] instructions = [.. model.Instructions.GroupBy(i => i.Syntax.Name.Text)];
            string helped = string.Join(", ", instructions.Where(i => i.Any(CallsHelper)).Select(i => $"\"{i.Key}\""));
            writer.Line($"public static GuestSummary Summary {{ get; }} = new({instructions.Length}, [{helped}], {descriptionLines});");
        }

        return new EmittedSource(model.Name + ".Audit.g.cs", writer.ToString());
    }

    // What random tests start from: rows, or the words of test lines.
    private static int Samples(IsaModel model, IGrouping<string, BoundInstruction> instruction) => model.Bytes is { } bytes
        ? bytes.Rows.Count(row => row.Item.Name.Text == instruction.Key)
        : instruction.Select(copy => copy.Syntax).Distinct().Sum(item => item.Tests.Count);

    private static bool CallsHelper(BoundInstruction instruction)
    {
        HashSet<BoundFunction> functions = [instruction.Body];
        BoundTree.Functions(instruction.Body, functions);
        return functions.Any(f => f.Body is not null && BoundTree.AllExpressions(f.Body).Any(e => e is BoundHelperCall));
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Replace("\n", " ");

    private sealed record Row(string Verb, string Order, string Alignment, string Atom);
}
