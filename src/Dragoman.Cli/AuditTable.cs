using System.Globalization;
using System.Reflection;
using Dragoman.Litmus.Covering;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Cli;

/// <summary>The audit of a guest: a row for each access and barrier of its instructions and each thing they do to TLBs and to what vCPUs share, in the order of the description.</summary>
internal sealed class AuditTable
{
    private const string LitmusFolder = "litmus/";

    // Bare-metal programs, by guest.
    private const string ProgramsFolder = "programs/";

    private AuditTable(IReadOnlyList<string[]> rows) => Rows = rows;

    /// <summary>Names of the columns.</summary>
    public static IReadOnlyList<string> Columns { get; } =
        ["instruction", "access", "bits", "order", "aligned", "atom", .. HostLowering.All.Select(host => host.Host), "fallback", "locks", "litmus", "programs", "samples", "manual"];

    /// <summary>Those of names of tests, separated by spaces: litmus tests, and bare-metal programs that spell the instruction out.</summary>
    public static IReadOnlyList<string> TestColumns { get; } = ["litmus", "programs"];

    /// <summary>The cells of each row. <c>samples</c> counts the encodings from which random tests of the instruction start.</summary>
    public IReadOnlyList<string[]> Rows { get; }

    public static AuditTable Of(IGuest guest)
    {
        CoveringTests covering = new(guest);
        IReadOnlyDictionary<string, IReadOnlyList<string>> litmus = covering.Litmus(Files(LitmusFolder));
        IReadOnlyDictionary<string, IReadOnlyList<string>> programs = covering.Programs([.. Files(ProgramsFolder + guest.Name + "/")]);
        return new AuditTable([.. guest.AuditEntries.Select(Row)]);

        string[] Row(AuditEntry entry)
        {
            return
            [
                entry.Instruction, entry.Verb, entry.Bits, entry.Order == "plain" ? $"plain ({guest.MemoryOrder.ToString().ToLowerInvariant()})" : entry.Order, entry.Alignment, entry.Atom,
                .. HostLowering.All.Select(host => entry.On(host, guest.MemoryOrder)), entry.Fallback.Path, entry.Fallback.Locks,
                Names(litmus), Names(programs), entry.Samples.ToString(CultureInfo.InvariantCulture), entry.Section,
            ];

            string Names(IReadOnlyDictionary<string, IReadOnlyList<string>> tests) => string.Join(' ', tests.GetValueOrDefault(entry.Instruction) ?? []);
        }
    }

    // The tests' sources travel with the command, so that its table names them wherever it runs.
    private static IEnumerable<(string Name, string Text)> Files(string folder)
    {
        Assembly assembly = typeof(AuditTable).Assembly;
        foreach (string name in assembly.GetManifestResourceNames().Where(n => n.StartsWith(folder, StringComparison.Ordinal)).Order(StringComparer.Ordinal))
        {
            using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
            yield return (name[folder.Length..], reader.ReadToEnd());
        }
    }
}
