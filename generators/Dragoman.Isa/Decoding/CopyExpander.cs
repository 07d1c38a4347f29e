using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>
/// Expands <c>for</c>: enumerates the fields that its expressions depend on (through <c>let</c> too), and makes one copy for each different
/// combination of the variables' values. Values that <c>when</c> or <c>unallocated</c> refuse whatever the other fields hold make no copy.
/// </summary>
public sealed class CopyExpander(StaticEvaluator evaluator, DiagnosticBag diagnostics)
{
    /// <summary>More bits than this would be thousands of copies.</summary>
    public const int MaxBits = 12;

    public ExpandedInstruction Expand(InstructionEncoding encoding)
    {
        InstructionItem item = encoding.Item;
        if (item.For.Count == 0)
        {
            var words = new CopyWords(encoding.Mask, encoding.Value, item.When.Count == 0, encoding.Unallocated.Count == 0);
            return new ExpandedInstruction(encoding, [new InstructionCopy(encoding, item.Name.Text, new Dictionary<string, object>(), new Dictionary<string, long>(), [words])], []);
        }

        IReadOnlyList<EncodingField> fields = DependedOn(encoding, item.For.Select(f => f.Value));
        int bits = fields.Sum(f => f.Width);
        if (bits > MaxBits)
        {
            diagnostics.Report(Rules.TooManyCopies, item.For[0].Variable.Span, item.Name.Text, bits, MaxBits);
            return new ExpandedInstruction(encoding, [], []);
        }

        Dictionary<string, (Dictionary<string, object> Values, List<CopyWords> Words)> copies = [];
        List<CopyWords> refused = [];
        try
        {
            for (ulong combination = 0; combination < 1UL << bits; combination++)
            {
                if (Evaluate(encoding, fields, combination) is not { } copy)
                {
                    continue;
                }

                if (copy.Values is null)
                {
                    refused.Add(copy.Words);
                    continue;
                }

                string name = item.Name.Text + string.Concat(item.For.Select(f => "_" + Suffix(copy.Values[f.Variable.Text])));
                if (!copies.TryGetValue(name, out var existing))
                {
                    copies[name] = existing = (copy.Values, []);
                }

                existing.Words.Add(copy.Words);
            }
        }
        catch (StaticEvaluationException failure)
        {
            diagnostics.Report(Rules.NotBuildTime, failure.Span == default ? item.For[0].Value.Span : failure.Span, failure.Message);
            return new ExpandedInstruction(encoding, [], []);
        }

        if (copies.Count == 0)
        {
            diagnostics.Report(Rules.NoCopies, item.Name.Span, item.Name.Text);
        }

        return new ExpandedInstruction(
            encoding,
            [.. copies.Select(c => new InstructionCopy(encoding, c.Key, c.Value.Values, FixedIn(fields, c.Value.Words), c.Value.Words))],
            refused);
    }

    /// <summary>Fields that the expressions read, directly or through the instruction's <c>let</c> names.</summary>
    public static IReadOnlyList<EncodingField> DependedOn(InstructionEncoding encoding, IEnumerable<Expression> expressions)
    {
        HashSet<string> names = [];
        foreach (Expression expression in expressions)
        {
            FreeNames.Collect(expression, names);
        }

        // Later lets may use earlier ones: from the last to the first, one pass closes the set.
        foreach (LetStatement let in encoding.Item.Lets.Reverse())
        {
            if (let.Names.Any(n => names.Contains(n.Text)))
            {
                FreeNames.Collect(let.Value, names);
            }
        }

        foreach (ForClause variable in encoding.Item.For.Reverse())
        {
            if (names.Contains(variable.Variable.Text))
            {
                FreeNames.Collect(variable.Value, names);
            }
        }

        return [.. encoding.Fields.Where(f => names.Contains(f.Name))];
    }

    /// <summary>The values for one combination of the fields; without values if it is unallocated; null if <c>when</c> refuses it.</summary>
    private (Dictionary<string, object>? Values, CopyWords Words)? Evaluate(InstructionEncoding encoding, IReadOnlyList<EncodingField> fields, ulong combination)
    {
        Dictionary<string, object> names = [];
        ulong mask = encoding.Mask;
        ulong value = encoding.Value;
        foreach (EncodingField field in fields)
        {
            ulong bits = combination & ((1UL << field.Width) - 1);
            combination >>= field.Width;
            mask |= field.Mask;
            value |= bits << field.Low;
            names[field.Name] = (BigInteger)field.Extract(bits << field.Low);
        }

        // A condition that other fields decide is null here: the decoder tests it in the word. Conditions are tried before the variables,
        // whose values need not make sense where they fail, and again with them.
        InstructionItem item = encoding.Item;
        evaluator.AddLets(item, names);
        if (item.When.Any(c => TryCondition(c, names) == false))
        {
            return null;
        }

        Dictionary<string, object>? values = [];
        try
        {
            if (encoding.Unallocated.Any(c => TryCondition(c, names) == true))
            {
                values = null;
            }
            else
            {
                foreach (ForClause variable in item.For)
                {
                    names[variable.Variable.Text] = values[variable.Variable.Text] = evaluator.Evaluate(variable.Value, names);
                }
            }
        }
        catch (StaticEvaluationException failure) when (failure.IsUnallocated)
        {
            values = null;
        }

        evaluator.AddLets(item, names);
        bool?[] when = [.. item.When.Select(c => TryCondition(c, names))];
        bool?[] unallocated = [.. encoding.Unallocated.Select(c => TryCondition(c, names))];
        return when.Contains(false) ? null
            : (unallocated.Contains(true) ? null : values, new CopyWords(mask, value, when.All(c => c == true), unallocated.All(c => c == false)));
    }

    private bool? TryCondition(Expression condition, Dictionary<string, object> names)
    {
        try
        {
            return evaluator.EvaluateCondition(condition, names);
        }
        catch (StaticEvaluationException)
        {
            return null;
        }
    }

    private static Dictionary<string, long> FixedIn(IReadOnlyList<EncodingField> fields, List<CopyWords> words)
    {
        Dictionary<string, long> known = [];
        foreach (EncodingField field in fields)
        {
            if (words.All(w => field.Extract(w.Value) == field.Extract(words[0].Value)))
            {
                known[field.Name] = field.Extract(words[0].Value);
            }
        }

        return known;
    }

    private static string Suffix(object value) => value switch
    {
        bool boolean => boolean ? "1" : "0",
        BigInteger number => number < 0 ? "m" + -number : number.ToString(),
        object[] tuple => string.Join("_", tuple.Select(Suffix)),
        _ => new string([.. value.ToString().Select(c => char.IsLetterOrDigit(c) ? c : '_')]),
    };
}
