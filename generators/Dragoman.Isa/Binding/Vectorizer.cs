using System.Numerics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Turns a lane function into vector ops when each of its operations has one; otherwise the lanes are computed one by one.
/// A truth value of a lane becomes a mask of the lane's width. Functions that the lane function calls get a vector form of their own.
/// </summary>
internal sealed class Vectorizer
{
    private readonly IsaSymbols _symbols;
    private readonly int _width;
    private readonly int _lane;

    // What stands for a local of one lane: a vector, or for a truth value a mask.
    private readonly Dictionary<LocalSymbol, LocalSymbol> _vectors = [];

    private Vectorizer(IsaSymbols symbols, int width, int lane) => (_symbols, _width, _lane) = (symbols, width, lane);

    private bool HasFloat => _lane is 32 or 64;

    private IsaType Vector => IsaType.Bits(_width);

    /// <summary>The vector form of <c>map&lt;lane&gt;(vectors, lambda)</c>, or null.</summary>
    /// <param name="arguments">The vectors, then the lambda.</param>
    public static BoundExpression? TryVectorize(IsaSymbols symbols, TextSpan span, int width, int lane, IReadOnlyList<BoundExpression> arguments, BoundLambda lambda)
    {
        bool usesNumber = BoundTree.All(lambda.Body).Any(e => e is BoundLocal local && local.Symbol == lambda.Parameters[0]);
        if (lane is not (8 or 16 or 32 or 64) || width is not (64 or 128) || lambda.Body.Type.Width != lane || usesNumber)
        {
            return null;
        }

        var vectorizer = new Vectorizer(symbols, width, lane);
        LocalSymbol[] vectors = [.. lambda.Parameters.Skip(1).Select(vectorizer.Declare)];
        return vectorizer.Visit(lambda.Body) is { } body
            ? new BoundOperation(span, IsaType.Bits(width), BindingTime.Run, "Apply", [], [.. arguments.Take(arguments.Count - 1), new BoundLambda(lambda.Span, vectors, body)])
            : null;
    }

    private LocalSymbol Declare(LocalSymbol lane)
    {
        var vector = new LocalSymbol(lane.Name, Vector, BindingTime.Run);
        _vectors[lane] = vector;
        return vector;
    }

    private BoundExpression? Make(BoundExpression at, string name, params BoundExpression?[] arguments) =>
        arguments.Any(a => a is null) ? null : new BoundOperation(at.Span, Vector, BindingTime.Run, name, [_width.ToString(), _lane.ToString()], [.. arguments.OfType<BoundExpression>()]);

    private bool DependsOnLane(BoundExpression expression) =>
        BoundTree.All(expression).Any(e => e is BoundLocal local && _vectors.ContainsKey(local.Symbol));

    private BoundExpression? Visit(BoundExpression expression)
    {
        if (expression.Type.Width != _lane || expression.Type.Kind == TypeKind.Tuple)
        {
            return null;
        }

        if (!DependsOnLane(expression))
        {
            return Make(expression, "LanesDup", expression.IsRun ? expression : new BoundLift(expression.Span, IsaType.Bits(_lane), expression));
        }

        switch (expression)
        {
            case BoundLocal local:
                return new BoundLocal(local.Span, _vectors[local.Symbol]);
            case BoundConditional { Condition: { IsRun: false } condition } conditional:
                return Visit(conditional.WhenTrue) is { } a && Visit(conditional.WhenFalse) is { } b
                    ? new BoundConditional(conditional.Span, Vector, BindingTime.Run, condition, a, b)
                    : null;
            case BoundMatch { Value: { IsRun: false } } match:
                return VisitMatch(match, Visit);
            case BoundCall call:
                return VisitCall(call, isMask: false);
            case BoundOperation operation:
                return VisitOperation(operation);
            default:
                return null;
        }
    }

    private BoundExpression? VisitMatch(BoundMatch match, Func<BoundExpression, BoundExpression?> visit)
    {
        List<BoundArm> arms = [];
        foreach (BoundArm arm in match.Arms)
        {
            if (arm.Value is null || visit(arm.Value) is not { } value)
            {
                return null;
            }

            arms.Add(new BoundArm(arm.Patterns, value));
        }

        return new BoundMatch(match.Span, Vector, BindingTime.Run, match.Value, arms);
    }

    private BoundExpression? VisitOperation(BoundOperation operation)
    {
        IReadOnlyList<BoundExpression> a = operation.Arguments;
        switch (operation.Name)
        {
            case "Mul" when _lane == 64:
                return null;
            case "Add" or "Sub" or "Mul" or "And" or "Or" or "Xor" or "UMin" or "UMax" or "SMin" or "SMax":
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), Visit(a[1]));
            case "Not" or "Neg" or "Abs":
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]));
            case "FAdd" or "FSub" or "FMul" or "FDiv" when HasFloat:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), Visit(a[1]), a[2]);
            case "FMAdd" when HasFloat:
                return Make(operation, "LanesFMAdd", Visit(a[0]), Visit(a[1]), Visit(a[2]), a[3]);
            case "FSqrt" when HasFloat:
                return Make(operation, "LanesFSqrt", Visit(a[0]), a[1]);
            case "FMin" or "FMax" or "FMinNm" or "FMaxNm" when HasFloat:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), Visit(a[1]));
            case "Shl" or "Shr" or "Sar" when !a[1].IsRun:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), a[1]);
            case "Shl" or "Shr" or "Sar" when !DependsOnLane(a[1]) && a[1].Type.Width <= _lane:
                return Make(operation, "Lanes" + operation.Name, Visit(a[0]), a[1], a[2]);
            case "SSat" when a[0] is BoundOperation { Name: "Add" or "Sub" } sum && sum.Arguments.All(IsExtendedLane):
                return Make(operation, sum.Name == "Add" ? "LanesSSAdd" : "LanesSSSub", Visit(Narrow(sum.Arguments[0])), Visit(Narrow(sum.Arguments[1])));
            case "Ror" or "Rol" when !a[1].IsRun:
                BoundExpression width = new BoundConstant(operation.Span, IsaType.Int, _lane);
                BoundExpression back = new BoundOperation(operation.Span, IsaType.Int, a[1].Time, "Sub", [], [width, a[1]]);
                return Make(operation, "LanesOr",
                    Make(operation, operation.Name == "Ror" ? "LanesShr" : "LanesShl", Visit(a[0]), a[1]),
                    Make(operation, operation.Name == "Ror" ? "LanesShl" : "LanesShr", Visit(a[0]), back));
            case "Lookup" when _lane == 8:
                return Make(operation, "LanesLookup", a[0], a[1], Visit(a[2]));
            case "Fill" when a[0].Type.Width == 1:
                return Mask(a[0]);
            case "Select":
                return Make(operation, "LanesSelect", Mask(a[0]), Visit(a[1]), Visit(a[2]));
            default:
                return null;
        }
    }

    private bool IsExtendedLane(BoundExpression value) => value is BoundOperation { Name: "Sx" } extended && extended.Arguments[0].Type.Width == _lane;

    private static BoundExpression Narrow(BoundExpression extended) => ((BoundOperation)extended).Arguments[0];

    /// <summary>A truth value of each lane as all ones or all zeros.</summary>
    private BoundExpression? Mask(BoundExpression condition)
    {
        if (!DependsOnLane(condition))
        {
            return null;
        }

        switch (condition)
        {
            case BoundLocal local:
                return new BoundLocal(local.Span, _vectors[local.Symbol]);
            case BoundConditional { Condition: { IsRun: false } choice } conditional:
                return Mask(conditional.WhenTrue) is { } a && Mask(conditional.WhenFalse) is { } b
                    ? new BoundConditional(conditional.Span, Vector, BindingTime.Run, choice, a, b)
                    : null;
            case BoundMatch { Value: { IsRun: false } } match:
                return VisitMatch(match, Mask);
            case BoundCall call:
                return VisitCall(call, isMask: true);
            case BoundOperation { Name: "Cmp" } compare when compare.Arguments[0].Type.Width == _lane:
                return Visit(compare.Arguments[0]) is { } left && Visit(compare.Arguments[1]) is { } right
                    ? new BoundOperation(compare.Span, Vector, BindingTime.Run, "LanesCmp", [_width.ToString(), _lane.ToString(), compare.Immediates[1]], [left, right])
                    : null;
            case BoundOperation { Name: "FEq" or "FGe" or "FGt" } compare when HasFloat && compare.Arguments[0].Type.Width == _lane:
                return Make(compare, "Lanes" + compare.Name, Visit(compare.Arguments[0]), Visit(compare.Arguments[1]));
            case BoundOperation { Name: "Not", Type.Width: 1 } not:
                return Make(not, "LanesNot", Mask(not.Arguments[0]));
            case BoundOperation { Name: "And" or "Or" or "Xor", Type.Width: 1 } logic:
                return Make(logic, "Lanes" + logic.Name, Mask(logic.Arguments[0]), Mask(logic.Arguments[1]));
            case BoundOperation { Name: "Bits", Type.Width: 1 } bit when bit.Arguments[1] is BoundConstant { Value: var position } && bit.Arguments[0].Type.Width == _lane:
                // The bit at the top, then everywhere.
                return Make(bit, "LanesSar",
                    Make(bit, "LanesShl", Visit(bit.Arguments[0]), new BoundConstant(bit.Span, IsaType.Int, _lane - 1 - position)),
                    new BoundConstant(bit.Span, IsaType.Int, _lane - 1));
            default:
                return null;
        }
    }

    /// <summary>A call of the function's vector form: parameters of one lane become vectors, those known while translating stay.</summary>
    private BoundExpression? VisitCall(BoundCall call, bool isMask)
    {
        List<BoundExpression> arguments = [];
        foreach (BoundExpression argument in call.Arguments)
        {
            BoundExpression? value = !argument.IsRun ? argument : argument.Type.Width == 1 && _lane > 1 ? Mask(argument) : Visit(argument);
            if (value is null)
            {
                return null;
            }

            arguments.Add(value);
        }

        return VectorForm(call.Function, isMask) is { } function ? new BoundCall(call.Span, function, arguments) : null;
    }

    private BoundFunction? VectorForm(BoundFunction function, bool isMask)
    {
        (BoundFunction, int, int) key = (function, _width, _lane);
        if (_symbols.VectorForms.TryGetValue(key, out BoundFunction? known))
        {
            return known;
        }

        // The effects of what has a vector op are exceptions that accumulate: in which order, and how often, cannot be told.
        BoundFunction? form = function.HasLabels || function.ResultType.Kind == TypeKind.Tuple || function.Body is null
            ? null
            : new Vectorizer(_symbols, _width, _lane).MakeForm(function, isMask);
        _symbols.VectorForms[key] = form;
        if (form is not null)
        {
            _symbols.Model.Functions.Add(form);
        }

        return form;
    }

    private BoundFunction? MakeForm(BoundFunction function, bool isMask)
    {
        var form = new BoundFunction(_symbols.TakeMethodName($"{function.Name}_lanes_{_width}_{_lane}"), function.Documentation, function.Span)
        {
            ResultType = Vector,
            ResultTime = BindingTime.Run,
            HasEffects = function.HasEffects,
        };
        foreach (LocalSymbol parameter in function.Parameters)
        {
            if (parameter.IsInOut)
            {
                return null;
            }

            form.Parameters.Add(parameter.Time == BindingTime.Run ? Declare(parameter) : parameter);
        }

        List<BoundStatement> statements = [];
        if (!AddStatements(function.Body!, statements, isMask))
        {
            return null;
        }

        form.Body = statements.Count == 1 ? statements[0] : new BoundBlock(function.Body!.Span, statements);
        return form;
    }

    private bool AddStatements(BoundStatement statement, List<BoundStatement> statements, bool isMask)
    {
        switch (statement)
        {
            case BoundBlock block:
                return block.Statements.All(s => AddStatements(s, statements, isMask));
            case BoundLet { Local: { IsVariable: false } local } let:
                if (local.Time != BindingTime.Run || !DependsOnLane(let.Value))
                {
                    statements.Add(let);
                    return true;
                }

                if ((local.Type.Width == 1 ? Mask(let.Value) : Visit(let.Value)) is not { } vector)
                {
                    return false;
                }

                statements.Add(new BoundLet(let.Span, Declare(local), vector));
                return true;
            case BoundReturn { Value: { } value } leave:
                if ((isMask ? Mask(value) : Visit(value)) is not { } result)
                {
                    return false;
                }

                statements.Add(new BoundReturn(leave.Span, result));
                return true;
            default:
                return false;
        }
    }
}
