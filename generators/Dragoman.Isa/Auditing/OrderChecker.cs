using System.Text.RegularExpressions;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>
/// Holds each access of a description against the manual's table. An instruction has the rows of the sections and mnemonics that its documentation names;
/// each of its accesses, with every order that it may have, must stand there, and every row must be met.
/// </summary>
internal static class OrderChecker
{
    private static readonly Regex s_section = new(@"\b(?:[A-Z]+)?\d+(?:\.\d+)+", RegexOptions.CultureInvariant);

    private static readonly Regex s_mnemonic = new(@"\b[A-Z][A-Z0-9_]+\b", RegexOptions.CultureInvariant);

    public static void Check(IReadOnlyList<(BoundInstruction Instruction, MemoryAccess[] Accesses)> instructions, OrderTable table, DiagnosticBag diagnostics)
    {
        HashSet<(OrderRow, string)> met = [];
        OrderRow[] everywhere = [.. table.Rows.Where(r => r.Mnemonic == OrderTable.Everything)];
        foreach (IGrouping<string, (BoundInstruction Instruction, MemoryAccess[] Accesses)> copies in instructions.GroupBy(i => i.Instruction.Syntax.Name.Text))
        {
            OrderRow[] own = [.. RowsOf(copies.First().Instruction, table), .. everywhere];
            foreach (MemoryAccess access in copies.SelectMany(c => c.Accesses))
            {
                foreach ((string order, string atomic) in access.Classes)
                {
                    OrderRow[] rows = [.. own.Where(r => r.Order == order && r.Atomic.Contains(atomic))];
                    met.UnionWith(rows.Select(r => (r, atomic)));
                    if (rows.Length == 0)
                    {
                        diagnostics.Report(Rules.OrderDiffers, access.Span, copies.Key, Text(order, atomic), Known(own));
                    }
                }
            }
        }

        foreach (OrderRow row in table.Rows.Where(r => r.Order != "none"))
        {
            string[] missing = [.. row.Atomic.Where(atomic => !met.Contains((row, atomic)))];
            if (missing.Length > 0)
            {
                diagnostics.Report(Rules.OrderRowUnmet, row.Span, row.Mnemonic, Text(row.Order, string.Join("|", missing)));
            }
        }
    }

    private static IEnumerable<OrderRow> RowsOf(BoundInstruction instruction, OrderTable table)
    {
        string documentation = instruction.Syntax.Documentation ?? "";
        HashSet<string> sections = [.. s_section.Matches(documentation).Cast<Match>().Select(m => m.Value)];
        HashSet<string> mnemonics = [.. s_mnemonic.Matches(documentation).Cast<Match>().Select(m => m.Value), instruction.Syntax.Name.Text.Split('_')[0]];
        return table.Rows.Where(row => sections.Contains(row.Section) || mnemonics.Contains(row.Mnemonic.Split(' ')[0].ToUpperInvariant()));
    }

    private static string Text(string order, string atomic) => atomic == "-" ? order : $"{order} {atomic}";

    private static string Known(OrderRow[] rows) => rows.Length == 0 ? "nothing" : string.Join(", ", rows.Select(r => Text(r.Order, string.Join("|", r.Atomic))).Distinct());
}
