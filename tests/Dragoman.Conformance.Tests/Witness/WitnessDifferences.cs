using System.Text.RegularExpressions;

namespace Dragoman.Conformance.Tests.Witness;

/// <summary>
/// Where a witness does other than the manual: a table with the columns instruction (a regular expression for the whole mnemonic), part (another
/// one, for the kind of what differs), section (of the manual) and why. A row that nothing needs is a failure too.
/// </summary>
public sealed class WitnessDifferences
{
    private readonly Row[] _rows;

    private WitnessDifferences(Row[] rows) => _rows = rows;

    /// <summary>Reads a table beside the test assembly.</summary>
    public static WitnessDifferences Load(string file) => new(
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, file))
            .Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('\t'))
            .Select(c => new Row($"{c[0]} {c[1]}", Whole(c[0]), Whole(c[1]))),
    ]);

    /// <summary>Whether a row covers the difference. Notes its use.</summary>
    public bool Explain(string mnemonic, string part)
    {
        bool isExplained = false;
        foreach (Row row in _rows.Where(r => r.Instruction.IsMatch(mnemonic) && r.Part.IsMatch(part)))
        {
            row.Used = isExplained = true;
        }

        return isExplained;
    }

    /// <summary>The rows that explained nothing since <see cref="Load"/>.</summary>
    public IReadOnlyList<string> Unused => [.. _rows.Where(r => !r.Used).Select(r => r.Name)];

    private static Regex Whole(string pattern) => new($"^(?:{pattern})$", RegexOptions.CultureInvariant);

    private sealed record Row(string Name, Regex Instruction, Regex Part)
    {
        public bool Used { get; set; }
    }
}
