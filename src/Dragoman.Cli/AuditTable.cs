using System.Reflection;
using Dragoman.Litmus;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Cli;

/// <summary>The audit of a guest: a row for each access and barrier of its instructions and each thing they do to TLBs and to what vCPUs share, in the order of the description.</summary>
internal sealed class AuditTable
{
    private const string LitmusFolder = "litmus/";

    private AuditTable(IReadOnlyList<string[]> rows) => Rows = rows;

    /// <summary>Names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["instruction", "access", "bits", "order", "aligned", "atom", .. HostLowering.All.Select(host => host.Host), "fallback", "locks", "litmus", "manual"];

    /// <summary>The cells of each row; those of <c>litmus</c> are names of tests, separated by spaces.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    public static AuditTable Of(IGuest guest)
    {
        IReadOnlyDictionary<string, IReadOnlyList<string>> tests = CoveringTests.Of(guest, LitmusFiles());
        return new AuditTable([.. guest.AuditEntries.Select(Row)]);

        string[] Row(AuditEntry entry)
        {
            return
            [
                entry.Instruction, entry.Verb, entry.Bits, entry.Order == "plain" ? $"plain ({guest.MemoryOrder.ToString().ToLowerInvariant()})" : entry.Order, entry.Alignment, entry.Atom,
                .. HostLowering.All.Select(host => entry.On(host, guest.MemoryOrder)), entry.Fallback.Path, entry.Fallback.Locks, string.Join(' ', tests.GetValueOrDefault(entry.Instruction) ?? []), entry.Section,
            ];
        }
    }

    // The files of tests/litmus travel with the command, so that its table names them wherever it runs.
    private static IEnumerable<(string Name, string Text)> LitmusFiles()
    {
        Assembly assembly = typeof(AuditTable).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(LitmusFolder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name, reader.ReadToEnd());
        }
    }
}
