using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Turns a lane function into vector ops when each of its operations has one; otherwise the lanes are computed one by one.
/// A truth value of a lane becomes a mask of the lane's width.
/// </summary>
internal sealed class Vectorizer
{
    private readonly int _width;
    private readonly int _lane;
    private readonly Dictionary<LocalSymbol, BoundExpression> _values = [];

    private Vectorizer(int width, int lane) => (_width, _lane) = (width, lane);

    /// <summary>The vector form of <c>map&lt;lane&gt;(vectors, lambda)</c>, or null.</summary>
    /// <param name="arguments">The vectors, then the lambda.</param>
    public static BoundExpression? TryVectorize(TextSpan span, int width, int lane, IReadOnlyList<BoundExpression> arguments, BoundLambda lambda)
    {
        if (lane is not (8 or 16 or 32 or 64) || width is not (64 or 128) || lambda.Body.Type.Width != lane)
        {
            return null;
        }

        // The body may use a vector more than once: each must be a value, not a computation.
        for (int i = 0; i < arguments.Count - 1; i++)
        {
            if (UseCount(lambda.Body, lambda.Parameters[i + 1]) > 1 && arguments[i] is not (BoundLocal or BoundLift))
            {
                return null;
            }
        }

        var vectorizer = new Vectorizer(width, lane);
        for (int i = 0; i < arguments.Count - 1; i++)
        {
            vectorizer._values[lambda.Parameters[i + 1]] = arguments[i];
        }

        return vectorizer.Visit(lambda.Body) is { } result ? result with { Span = span } : null;
    }

    private static int UseCount(BoundExpression expression, LocalSymbol symbol) => expression switch
    {
        BoundLocal local => local.Symbol == symbol ? 1 : 0,
        BoundOperation operation => operation.Arguments.Sum(a => UseCount(a, symbol)),
        BoundLift lift => UseCount(lift.Value, symbol),
        BoundConditional conditional => UseCount(conditional.WhenTrue, symbol) + UseCount(conditional.WhenFalse, symbol),
        BoundMatch match => match.Arms.Max(a => a.Value is null ? 0 : UseCount(a.Value, symbol)),
        _ => 2,
    };

    private IsaType Vector => IsaType.Bits(_width);

    private BoundExpression? Make(BoundExpression at, string name, params BoundExpression?[] arguments) =>
        arguments.Any(a => a is null) ? null : new BoundOperation(at.Span, Vector, BindingTime.Run, name, [_width.ToString(), _lane.ToString()], [.. arguments.OfType<BoundExpression>()]);

    private BoundExpression? Visit(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundLocal { IsRun: true } local:
                return _values.TryGetValue(local.Symbol, out BoundExpression value) ? value : null;
            case BoundLift lift:
                return lift.Type.Width == _lane ? Make(lift, "LanesDup", lift) : null;
            case BoundConditional { Condition: { IsRun: false } condition } conditional:
                return Visit(conditional.WhenTrue) is { } a && Visit(conditional.WhenFalse) is { } b
                    ? new BoundConditional(conditional.Span, Vector, BindingTime.Run, condition, a, b)
                    : null;
            case BoundMatch match:
                List<BoundArm> arms = [];
                foreach (BoundArm arm in match.Arms)
                {
                    if (arm.Value is null || Visit(arm.Value) is not { } armValue)
                    {
                        return null;
                    }

                    arms.Add(new BoundArm(arm.Patterns, armValue));
                }

                return new BoundMatch(match.Span, Vector, BindingTime.Run, match.Value, arms);
            case BoundOperation operation:
                return VisitOperation(operation);
            default:
                return null;
        }
    }

    private BoundExpression? VisitOperation(BoundOperation operation)
    {
        IReadOnlyList<BoundExpression> a = operation.Arguments;
        switch (operation.Name)
        {
            case "Add" or "Sub" or "And" or "Or" or "Xor" when operation.Type.Width == _lane:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), Visit(a[1]));
            case "Mul" when operation.Type.Width == _lane && _lane < 64:
                return Make(operation, "LanesMul", Visit(a[0]), Visit(a[1]));
            case "Not" or "Neg" or "Abs" when operation.Type.Width == _lane:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]));
            case "UMin" or "UMax" or "SMin" or "SMax" when operation.Type.Width == _lane:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), Visit(a[1]));
            case "Shl" or "Shr" or "Sar" when operation.Type.Width == _lane && !a[1].IsRun:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), a[1]);
            case "Fill" when a[0].Type.Width == 1 && operation.Type.Width == _lane:
                return Mask(a[0]);
            case "Select" when operation.Type.Width == _lane:
                return Make(operation, "LanesSelect", Mask(a[0]), Visit(a[1]), Visit(a[2]));
            default:
                return null;
        }
    }

    /// <summary>A truth value of each lane as all ones or all zeros.</summary>
    private BoundExpression? Mask(BoundExpression condition)
    {
        switch (condition)
        {
            case BoundConditional { Condition: { IsRun: false } choice } conditional:
                return Mask(conditional.WhenTrue) is { } a && Mask(conditional.WhenFalse) is { } b
                    ? new BoundConditional(conditional.Span, Vector, BindingTime.Run, choice, a, b)
                    : null;
            case BoundOperation { Name: "Cmp" } compare when compare.Arguments[0].Type.Width == _lane:
                return Visit(compare.Arguments[0]) is { } left && Visit(compare.Arguments[1]) is { } right
                    ? new BoundOperation(compare.Span, Vector, BindingTime.Run, "LanesCmp", [_width.ToString(), _lane.ToString(), compare.Immediates[1]], [left, right])
                    : null;
            case BoundOperation { Name: "Not", Type.Width: 1 } not:
                return Make(not, "LanesNot", Mask(not.Arguments[0]));
            default:
                return null;
        }
    }
}
