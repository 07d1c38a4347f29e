using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>Finds the combinations of operand sizes that a row can have, by trying every value of the prefixes that they depend on.</summary>
internal sealed class RowSizes(ByteUnit unit, StaticEvaluator evaluator, DiagnosticBag diagnostics)
{
    private readonly HashSet<string> _failed = [];

    /// <summary>The different combinations, each a value for each of the names.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, int>> Combinations(InstructionEncoding row, IReadOnlyList<string> sizes)
    {
        HashSet<string> names = [];
        foreach (WidthSyntax width in Needed(sizes))
        {
            FreeNames.Collect(width.Value, names);
        }

        foreach (Expression condition in row.Item.When)
        {
            FreeNames.Collect(condition, names);
        }

        ByteField[] fields = [.. names.Select(unit.FindField).OfType<ByteField>().Where(f => unit.FindWidth(f.Name) is null && f.Values.Count > 0)];
        List<IReadOnlyDictionary<string, int>> found = [];
        HashSet<string> seen = [];
        foreach (Dictionary<string, object> values in Assignments(row, fields, 0))
        {
            if (row.Item.When.Any(c => TryCondition(c, values) == false) || Evaluate(sizes, values) is not { } combination)
            {
                continue;
            }

            if (seen.Add(string.Join(",", sizes.Select(s => combination[s]))))
            {
                found.Add(combination);
            }
        }

        return found;
    }

    // The sizes asked for, and those that they are computed from, in the order of declaration.
    private IEnumerable<WidthSyntax> Needed(IReadOnlyList<string> sizes)
    {
        HashSet<string> needed = [.. sizes];
        foreach (WidthSyntax width in Enumerable.Reverse(unit.Widths))
        {
            if (needed.Contains(width.Name.Text))
            {
                FreeNames.Collect(width.Value, needed);
            }
        }

        return unit.Widths.Where(w => needed.Contains(w.Name.Text));
    }

    private static IEnumerable<Dictionary<string, object>> Assignments(InstructionEncoding row, ByteField[] fields, int index)
    {
        if (index == fields.Length)
        {
            yield return [];
            yield break;
        }

        ByteField field = fields[index];
        EncodingField? key = row.Fields.FirstOrDefault(f => f.Name == field.Name);
        foreach (Dictionary<string, object> rest in Assignments(row, fields, index + 1))
        {
            foreach (BigInteger value in field.Values)
            {
                if (key is null || ((key.Insert((long)value) ^ row.Value) & row.Mask & key.Mask) == 0)
                {
                    yield return new Dictionary<string, object>(rest) { [field.Name] = value };
                }
            }
        }
    }

    private Dictionary<string, int>? Evaluate(IReadOnlyList<string> sizes, Dictionary<string, object> values)
    {
        try
        {
            foreach (WidthSyntax width in Needed(sizes))
            {
                values[width.Name.Text] = evaluator.Evaluate(width.Value, values);
            }

            return sizes.ToDictionary(s => s, s => (int)(BigInteger)values[s]);
        }
        catch (StaticEvaluationException failure)
        {
            if (_failed.Add(failure.Message))
            {
                diagnostics.Report(Rules.NotBuildTime, failure.Span, failure.Message);
            }

            return null;
        }
    }

    private bool? TryCondition(Expression condition, Dictionary<string, object> values)
    {
        try
        {
            return evaluator.EvaluateCondition(condition, values);
        }
        catch (StaticEvaluationException)
        {
            return null;
        }
    }
}
