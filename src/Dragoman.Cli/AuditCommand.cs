using System.CommandLine;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary><c>dragoman audit</c>: each access and barrier of a guest's instructions, its order, and what a host makes of it.</summary>
internal static class AuditCommand
{
    private static readonly string[] s_heads = ["instruction", "verb", "bits", "guest order", "aligned", "atom", "on x64", "on Arm64", "manual"];

    public static Command Create()
    {
        Argument<string> guest = new("GUEST") { Description = $"Architecture: {Guests.Names}" };
        Option<bool> tsv = new("--tsv") { Description = "Columns separated by tabs, for other programs" };
        Option<bool> summary = new("--summary") { Description = "Say how much of the guest its description says" };
        Command command = new("audit", "List the memory accesses and barriers of a guest's instructions") { guest, tsv, summary };
        command.SetAction(result =>
        {
            string name = result.GetValue(guest)!;
            IGuest described = Guests.Named(name) ?? throw new CommandException($"audit knows no guest '{name}': there is {Guests.Names}");
            if (result.GetValue(summary))
            {
                Write(described.Summary ?? throw new CommandException($"'{name}' has no description"));
            }
            else
            {
                Write(described.AuditEntries, result.GetValue(tsv));
            }

            return 0;
        });
        return command;
    }

    private static void Write(GuestSummary summary)
    {
        int declarative = summary.Instructions - summary.WithHelper.Count;
        Console.WriteLine($"{summary.Instructions} instructions in {summary.DescriptionLines} lines of description");
        Console.WriteLine(FormattableString.Invariant($"{declarative} ({100.0 * declarative / summary.Instructions:F1} %) declarative, {summary.WithHelper.Count} with a helper in C#"));
        if (summary.WithHelper.Count > 0)
        {
            Console.WriteLine("helped: " + string.Join(", ", summary.WithHelper));
        }
    }

    private static void Write(IReadOnlyList<AuditEntry> entries, bool tsv)
    {
        List<string[]> rows = [s_heads, .. entries.Select(e => new[] { e.Instruction, e.Verb, e.Bits, e.Order, e.Alignment, e.Atom, e.OnX64, e.OnArm64, e.Section })];
        int[] widths = [.. Enumerable.Range(0, s_heads.Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            Console.WriteLine(tsv
                ? string.Join('\t', row)
                : string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
