using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>Names that an expression uses.</summary>
internal static class FreeNames
{
    /// <summary>Adds every name read in the expression (also those bound inside it: a superset is enough here).</summary>
    public static void Collect(Expression? expression, HashSet<string> names)
    {
        switch (expression)
        {
            case NameExpression name:
                names.Add(name.Name);
                break;
            case MemberExpression member:
                Collect(member.Target, names);
                break;
            case IndexExpression index:
                CollectAll(names, index.Target, index.Index);
                break;
            case SliceExpression slice:
                CollectAll(names, slice.Target, slice.High, slice.Low);
                break;
            case PartSelectExpression part:
                CollectAll(names, part.Target, part.Position, part.Width);
                break;
            case CallExpression call:
                CollectAll(names, [.. call.Widths, .. call.Arguments.Select(a => a.Value), .. call.Options.Select(o => o.Value)]);
                Collect(call.Selector?.Value, names);
                break;
            case UnaryExpression unary:
                Collect(unary.Operand, names);
                break;
            case BinaryExpression binary:
                CollectAll(names, binary.Left, binary.Right);
                break;
            case ConditionalExpression conditional:
                CollectAll(names, conditional.Condition, conditional.WhenTrue, conditional.WhenFalse);
                break;
            case MatchExpression match:
                Collect(match.Value, names);
                CollectAll(names, [.. match.Arms.Select(a => a.Value)]);
                break;
            case TupleExpression tuple:
                CollectAll(names, [.. tuple.Elements]);
                break;
            case StringExpression text:
                CollectAll(names, [.. text.Parts.OfType<HolePart>().Select(h => h.Value)]);
                break;
        }
    }

    private static void CollectAll(HashSet<string> names, params Expression?[] expressions)
    {
        foreach (Expression? expression in expressions)
        {
            Collect(expression, names);
        }
    }
}
