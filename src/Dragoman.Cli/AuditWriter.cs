using System.Text.Encodings.Web;
using System.Text.Json;
using Dragoman.Runtime.Guests;

namespace Dragoman.Cli;

/// <summary>Writes an audit in one of its formats.</summary>
internal static class AuditWriter
{
    private const int ShownTests = 3;

    private static readonly int[] s_tests = [.. AuditTable.TestColumns.Select(name => AuditTable.Columns.ToList().IndexOf(name))];

    /// <summary>Names of the formats, the default first.</summary>
    public static string[] Formats { get; } = ["text", "markdown", "json", "tsv"];

    public static void Write(IGuest guest, string format, Stream output)
    {
        AuditTable table = AuditTable.Of(guest);
        if (format == "json")
        {
            WriteJson(guest, table, output);
            return;
        }

        using var writer = new StreamWriter(output, leaveOpen: true);
        switch (format)
        {
            case "tsv":
                foreach (IEnumerable<string> row in table.Rows.Prepend([.. AuditTable.Columns]))
                {
                    writer.WriteLine(string.Join('\t', row));
                }

                break;
            case "markdown":
                WriteMarkdown(guest, table, writer);
                break;
            default:
                WriteText(guest, table, writer);
                break;
        }
    }

    private static string Verdict(IGuest guest) => guest.SupportsMttcg
        ? "The audit is clean: a vCPU may have a host thread of its own."
        : "The audit is not clean: vCPUs take turns on one host thread.";

    private static void WriteText(IGuest guest, AuditTable table, StreamWriter writer)
    {
        string[][] rows = [[.. AuditTable.Columns], .. table.Rows.Select(Shortened)];
        int[] widths = [.. Enumerable.Range(0, AuditTable.Columns.Count).Select(column => rows.Max(row => row[column].Length))];
        foreach (string[] row in rows)
        {
            writer.WriteLine(string.Join("  ", row.Select((cell, column) => cell.PadRight(widths[column]))).TrimEnd());
        }

        writer.WriteLine();
        writer.WriteLine(Verdict(guest));
    }

    private static void WriteMarkdown(IGuest guest, AuditTable table, StreamWriter writer)
    {
        writer.WriteLine($"# Audit of {guest.Name}");
        writer.WriteLine();
        writer.WriteLine(Verdict(guest));
        writer.WriteLine();
        string[][] rows = [[.. AuditTable.Columns], [.. AuditTable.Columns.Select(_ => "---")], .. table.Rows.Select(Shortened)];
        foreach (string[] row in rows)
        {
            writer.WriteLine($"| {string.Join(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal)))} |");
        }
    }

    private static void WriteJson(IGuest guest, AuditTable table, Stream output)
    {
        using var json = new Utf8JsonWriter(output, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        json.WriteStartObject();
        json.WriteString("guest", guest.Name);
        json.WriteBoolean("supportsMttcg", guest.SupportsMttcg);
        json.WriteStartArray("accesses");
        foreach (string[] row in table.Rows)
        {
            json.WriteStartObject();
            for (int column = 0; column < row.Length; column++)
            {
                if (s_tests.Contains(column))
                {
                    json.WriteStartArray(AuditTable.Columns[column]);
                    foreach (string test in row[column].Split(' ', StringSplitOptions.RemoveEmptyEntries))
                    {
                        json.WriteStringValue(test);
                    }

                    json.WriteEndArray();
                }
                else
                {
                    json.WriteString(AuditTable.Columns[column], row[column]);
                }
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.Flush();
        output.WriteByte((byte)'\n');
    }

    // The first few names of tests, and how many more there are.
    private static string[] Shortened(string[] row)
    {
        string[] shortened = [.. row];
        foreach (int column in s_tests)
        {
            string[] tests = row[column].Split(' ', StringSplitOptions.RemoveEmptyEntries);
            shortened[column] = string.Join(' ', tests.Take(ShownTests)) + (tests.Length > ShownTests ? $" +{tests.Length - ShownTests}" : "");
        }

        return shortened;
    }
}
