using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>Turns an expression with <c>unallocated</c> arms into the condition under which one of them is taken.</summary>
internal static class UnallocatedArms
{
    /// <summary>The condition, or null if no arm is <c>unallocated</c>.</summary>
    public static Expression? Find(Expression expression)
    {
        switch (expression)
        {
            case UnallocatedExpression:
                return new BoolExpression(expression.Span, true);
            case MatchExpression match when match.Arms.Any(a => Find(a.Value) is not null):
                IEnumerable<MatchArm> arms = match.Arms.Select(a => a with { Value = Find(a.Value) ?? Never(a.Value) });
                return match with { Arms = [.. arms] };
            case ConditionalExpression conditional:
                Expression? whenTrue = Find(conditional.WhenTrue);
                Expression? whenFalse = Find(conditional.WhenFalse);
                return whenTrue is null && whenFalse is null
                    ? null
                    : conditional with { WhenTrue = whenTrue ?? Never(conditional.WhenTrue), WhenFalse = whenFalse ?? Never(conditional.WhenFalse) };
            case TupleExpression tuple:
                return Any(tuple.Elements);
            case BinaryExpression binary:
                return Any([binary.Left, binary.Right]);
            case UnaryExpression unary:
                return Find(unary.Operand);
            case CallExpression call:
                return Any(call.Arguments.Select(a => a.Value));
            default:
                return null;
        }
    }

    private static Expression? Any(IEnumerable<Expression> parts) =>
        parts.Select(Find).Aggregate((Expression?)null, (left, right) => left is null || right is null ? left ?? right : new BinaryExpression(left.Span.To(right.Span), BinaryOperator.OrElse, left, right));

    private static BoolExpression Never(Expression at) => new(at.Span, false);
}
