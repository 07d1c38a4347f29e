using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>
/// A list of differences that are understood: a table with the columns mnemonic (a name for the row), ours, theirs (regular expressions
/// for the whole normalized text), word (one for the instruction's 32 binary digits; empty is any), section (of the manual) and why. A row
/// that nothing uses in a long run is a failure too.
/// </summary>
public sealed class ExplainedDifferences
{
    private readonly Row[] _rows;

    private ExplainedDifferences(Row[] rows) => _rows = rows;

    /// <summary>Reads a table beside the test assembly.</summary>
    public static ExplainedDifferences Load(string file) => new(
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, file))
            .Where(line => line.Length > 0 && line[0] != '#').Skip(1)
            .Select(line => line.Split('\t'))
            .Select(c => new Row(c[0], Whole(c[1]), Whole(c[2]), c[3].Length == 0 ? null : Whole(c[3]))),
    ]);

    /// <summary>Whether a row covers the difference. Notes its use.</summary>
    public bool Explain(string ours, string theirs, uint? word = null)
    {
        foreach (Row row in _rows)
        {
            if (row.Ours.IsMatch(ours) && row.Theirs.IsMatch(theirs) && (row.Word is null || word is { } bits && row.Word.IsMatch(bits.ToString("B32", CultureInfo.InvariantCulture))))
            {
                row.Used = true;
                return true;
            }
        }

        return false;
    }

    /// <summary>Names of the rows that explained nothing since <see cref="Load"/>.</summary>
    public IReadOnlyList<string> Unused => [.. _rows.Where(r => !r.Used).Select(r => r.Name)];

    private static Regex Whole(string pattern) => new($"^(?:{pattern})$", RegexOptions.CultureInvariant);

    private sealed record Row(string Name, Regex Ours, Regex Theirs, Regex? Word)
    {
        public bool Used { get; set; }
    }
}
