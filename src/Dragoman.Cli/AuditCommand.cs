using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Cli;

/// <summary><c>dragoman audit</c>: each access and barrier of a guest's instructions, its order, and what a host makes of it.</summary>
internal static class AuditCommand
{
    private static readonly string[] s_heads = ["instruction", "verb", "bits", "guest order", "aligned", "atom", .. HostLowering.All.Select(host => "on " + host.Host), "manual"];

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
                Write(described.Summary ?? throw new CommandException($"'{name}' has no description"), LinesOfCode(name));
            }
            else
            {
                Write(described, result.GetValue(tsv));
            }

            return 0;
        });
        return command;
    }

    private static void Write(GuestSummary summary, int linesOfCode)
    {
        int declarative = summary.Instructions - summary.WithHelper.Count;
        Console.WriteLine($"{summary.Instructions} instructions in {summary.DescriptionLines} lines of description");
        Console.WriteLine(FormattableString.Invariant($"{declarative} ({100.0 * declarative / summary.Instructions:F1} %) declarative, {summary.WithHelper.Count} with a helper in C#"));
        Console.WriteLine($"{linesOfCode} lines of C# by hand: helpers, and the guest's share of Linux");
        if (summary.WithHelper.Count > 0)
        {
            Console.WriteLine("helped: " + string.Join(", ", summary.WithHelper));
        }
    }

    // Counted when this project was built.
    private static int LinesOfCode(string guest) => int.Parse(
        typeof(AuditCommand).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>().Single(item => item.Key == "Lines:" + guest).Value!, CultureInfo.InvariantCulture);

    private static void Write(IGuest guest, bool tsv)
    {
        List<string[]> rows =
        [
            s_heads,
            .. guest.AuditEntries.Select(e => (string[])[e.Instruction, e.Verb, e.Bits, Order(e), e.Alignment, e.Atom, .. HostLowering.All.Select(e.On), e.Section]),
        ];
        string Order(AuditEntry entry) => entry.Order == "plain" ? $"plain ({guest.MemoryOrder.ToString().ToLowerInvariant()})" : entry.Order;
        int[] widths = [.. Enumerable.Range(0, s_heads.Length).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            Console.WriteLine(tsv
                ? string.Join('\t', row)
                : string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }
    }
}
