using System.CommandLine;
using System.Globalization;
using System.Reflection;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary><c>dragoman audit</c>: each access and barrier of a guest's instructions, its order, and what a host makes of it; what else they share.</summary>
internal static class AuditCommand
{
    public static Command Create()
    {
        Argument<string> guest = new("GUEST") { Description = $"Architecture: {Guests.Names}" };
        ChoiceOption format = new("--format", AuditWriter.Formats) { Description = "How the table is written; json names every covering test" };
        Option<bool> summary = new("--summary") { Description = "Say how much of the guest its description says" };
        Command command = new("audit", "List what a guest's instructions do to memory, order, TLBs and what vCPUs share") { guest, format, summary };
        command.SetAction(result =>
        {
            string name = result.GetValue(guest)!;
            IGuest described = Guests.Named(name) ?? throw CommandException.Usage($"audit knows no guest '{name}': there is {Guests.Names}");
            if (result.GetValue(summary))
            {
                Write(described.Summary ?? throw new CommandException($"'{name}' has no description"), LinesOfCode(name));
            }
            else
            {
                using Stream output = Console.OpenStandardOutput();
                AuditWriter.Write(described, result.GetRequiredValue(format), output);
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
}
