using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Binds the body of one method: resolves names, settles types and times, folds what is known at build time.
/// A run-time operation meets a translate-time value by lifting it to a constant of the IR.
/// </summary>
internal sealed partial class BodyBinder
{
    private readonly IsaSymbols _symbols;
    private readonly DiagnosticBag _diagnostics;
    private readonly BoundFunction? _function;
    private readonly bool _isStatic;
    private readonly Promotions _promotions;
    private readonly LocalNames _names = new();
    private Scope _scope = new(null);

    // Run-time ifs around the statement being bound, and effects seen so far: an if whose sides have effects becomes a branch.
    private int _runDepth;
    private int _effects;

    /// <param name="symbols">Items of the description.</param>
    /// <param name="diagnostics">Where to report.</param>
    /// <param name="function">The method, or null for expressions that stand alone.</param>
    /// <param name="isStatic">Inside a <c>static fn</c>: no registers or memory.</param>
    /// <param name="promotions">Variables found to be run-time ones in an earlier pass over the same body.</param>
    public BodyBinder(IsaSymbols symbols, DiagnosticBag diagnostics, BoundFunction? function, bool isStatic, Promotions promotions) =>
        (_symbols, _diagnostics, _function, _isStatic, _promotions) = (symbols, diagnostics, function, isStatic, promotions);

    /// <summary>Declares a constant name.</summary>
    public void Declare(string name, BoundExpression value) => _scope.Declare(name, value);

    /// <summary>Declares a parameter or field.</summary>
    public LocalSymbol DeclareLocal(string name, IsaType type, BindingTime time, bool isVariable = false, bool isInOut = false)
    {
        var symbol = new LocalSymbol(_names.Take(name), type, time) { IsVariable = isVariable || isInOut, IsInOut = isInOut };
        _scope.Declare(name, new BoundLocal(default, symbol));
        return symbol;
    }

    private BoundExpression Error(TextSpan span) => new BoundConstant(span, IsaType.Error, 0);

    private BoundExpression Error(DiagnosticRule rule, TextSpan span, params object[] arguments)
    {
        _diagnostics.Report(rule, span, arguments);
        return Error(span);
    }

    private static BoundConstant Int(TextSpan span, BigInteger value, int width = 0) => new(span, IsaType.IntOf(width), value);

    private static BoundConstant Truth(TextSpan span, bool value) => new(span, IsaType.Bool, value ? 1 : 0);

    private void Effect()
    {
        _effects++;
        if (_function is not null)
        {
            _function.HasEffects = true;
        }
    }

    /// <summary>An operation whose time is that of its latest argument; folded when all are constants.</summary>
    private BoundExpression Operation(TextSpan span, IsaType type, string name, IReadOnlyList<string> immediates, params BoundExpression[] arguments)
    {
        if (arguments.Any(a => a.Type.IsError))
        {
            return Error(span);
        }

        BindingTime time = arguments.Length == 0 ? BindingTime.Translate : arguments.Max(a => a.Time);
        if (time == BindingTime.Build)
        {
            if (ConstantFolder.TryFold(name, type, arguments, out BigInteger value))
            {
                return new BoundConstant(span, type, value);
            }

            time = BindingTime.Translate;
        }

        return new BoundOperation(span, type, time, name, immediates, time == BindingTime.Run ? [.. arguments.Select(LiftBits)] : arguments);
    }

    /// <summary>An operation that exists at run time only.</summary>
    private BoundExpression RunOperation(TextSpan span, IsaType type, string name, IReadOnlyList<string> immediates, params BoundExpression[] arguments) =>
        arguments.Any(a => a.Type.IsError) ? Error(span) : new BoundOperation(span, type, BindingTime.Run, name, immediates, arguments);

    // Ints stay C# values among the arguments of a run-time operation: positions, counts.
    private BoundExpression LiftBits(BoundExpression value) => value.Type.IsBits || value.Type.IsBool ? Lift(value) : value;

    /// <summary>Makes a value a temp.</summary>
    private BoundExpression Lift(BoundExpression value)
    {
        if (value.IsRun || value.Type.IsError)
        {
            return value;
        }

        switch (value.Type.Kind)
        {
            case TypeKind.Bits:
                return new BoundLift(value.Span, value.Type, value);
            case TypeKind.Bool:
                return new BoundLift(value.Span, IsaType.Bits(1), value);
            case TypeKind.Tuple when value is BoundTuple tuple:
                BoundExpression[] items = [.. tuple.Items.Select(Lift)];
                return new BoundTuple(value.Span, IsaType.Tuple([.. items.Select(i => i.Type)]), BindingTime.Run, items);
            case TypeKind.Int:
                return Error(Rules.NeedsWidth, value.Span, "x");
            default:
                return Error(Rules.TypeMismatch, value.Span, "a run-time value", value.Type);
        }
    }

    /// <summary>Converts to a type, where the language does so by itself.</summary>
    private BoundExpression Coerce(BoundExpression value, IsaType type)
    {
        if (value.Type.Equals(type) || value.Type.IsError || type.IsError)
        {
            return value;
        }

        TextSpan span = value.Span;
        switch (type.Kind)
        {
            case TypeKind.Bits when value.Type.IsInt:
                return IntToBits(value, type);
            case TypeKind.Bits when type.Width == 1 && value.Type.IsBool:
                return Operation(span, type, "BoolToBits", [], value);
            case TypeKind.Bits when value.Type.IsBits:
                return Error(Rules.WidthMismatch, span, value.Type, type);
            case TypeKind.Int when value.Type.IsBool && !value.IsRun:
                return Operation(span, type, "BoolToInt", [], value);
            case TypeKind.Int when value.Type.IsBits && !value.IsRun && value.Type.Width <= 64:
                return Operation(span, type, "BitsToInt", [], value);
            case TypeKind.Int when value.IsRun:
                return Error(Rules.NotStatic, span, "it", "while translating");
            case TypeKind.Bool when value.Type.IsInt && !value.IsRun:
                return Operation(span, type, "IntToBool", [], value);
            case TypeKind.Bool when value.Type.IsBits && value.Type.Width == 1:
                return value.IsRun ? value : Operation(span, type, "IntToBool", [], value);
            case TypeKind.Tuple when value is BoundTuple tuple && tuple.Items.Count == type.Items.Count:
                BoundExpression[] items = [.. tuple.Items.Select((item, i) => Coerce(item, type.Items[i]))];
                return new BoundTuple(span, type, items.Max(i => i.Time), items);
            default:
                return Error(Rules.TypeMismatch, span, type, value.Type);
        }
    }

    private BoundExpression IntToBits(BoundExpression value, IsaType type, bool truncate = false)
    {
        int width = type.Width;
        switch (value)
        {
            case BoundConstant constant:
                BigInteger modulus = BigInteger.One << width;
                if (!truncate && (constant.Value >= modulus || constant.Value < -(modulus >> 1)))
                {
                    return Error(Rules.DoesNotFit, value.Span, constant.Value, type);
                }

                return new BoundConstant(value.Span, type, ((constant.Value % modulus) + modulus) % modulus);
            case BoundOperation { IsRun: true, Name: "Select" } select:
                return Operation(value.Span, type, "Select", [width.ToString()], select.Arguments[0], IntToBits(select.Arguments[1], type), IntToBits(select.Arguments[2], type));
            case { IsRun: true }:
                return Error(Rules.NeedsWidth, value.Span, "x");
            default:
                return Operation(value.Span, type, "IntToBits", [width.ToString()], value);
        }
    }

    /// <summary>Brings two values to one type, and to run time if either is there.</summary>
    private bool Unify(TextSpan span, ref BoundExpression left, ref BoundExpression right)
    {
        BoundExpression[] both = [left, right];
        bool ok = Unify(span, both);
        (left, right) = (both[0], both[1]);
        return ok;
    }

    private bool Unify(TextSpan span, BoundExpression[] values)
    {
        if (values.Any(v => v.Type.IsError))
        {
            return false;
        }

        IsaType target = values[0].Type;
        foreach (BoundExpression value in values)
        {
            target = Wider(target, value.Type);
        }

        for (int i = 0; i < values.Length; i++)
        {
            if (!values[i].Type.Equals(target) && values[i].Type.IsBits && target.IsBits)
            {
                Error(Rules.WidthMismatch, span, values[i].Type, target);
                return false;
            }

            values[i] = Coerce(values[i], target);
        }

        if (values.Any(v => v.IsRun) && !target.IsInt)
        {
            for (int i = 0; i < values.Length; i++)
            {
                values[i] = Lift(values[i]);
            }
        }

        return !values.Any(v => v.Type.IsError);
    }

    private static IsaType Wider(IsaType a, IsaType b)
    {
        if (a.Kind == TypeKind.Tuple && b.Kind == TypeKind.Tuple && a.Items.Count == b.Items.Count)
        {
            return IsaType.Tuple([.. a.Items.Select((item, i) => Wider(item, b.Items[i]))]);
        }

        int Rank(IsaType t) => t.Kind switch { TypeKind.Bits => 3, TypeKind.Int => 2, TypeKind.Bool => 1, _ => 0 };
        if (a.IsBool && b.IsBits || a.IsBits && b.IsBool)
        {
            return a.IsBits ? a : b;
        }

        return Rank(b) > Rank(a) ? b : a;
    }

    /// <summary>A truth value: static <c>bool</c>, or a u1 temp.</summary>
    public BoundExpression BindCondition(Expression expression)
    {
        BoundExpression value = Bind(expression);
        return value.Type.IsError ? value : Coerce(value, IsaType.Bool);
    }

    /// <summary>A number known while translating.</summary>
    public BoundExpression BindInt(Expression expression)
    {
        BoundExpression value = Bind(expression);
        return value.Type.IsError ? value : Coerce(value, IsaType.Int);
    }

    /// <summary>A number known at build time, or null (reported).</summary>
    private int? BindWidth(Expression expression, int maximum = 128)
    {
        BoundExpression value = BindInt(expression);
        if (value.Type.IsError)
        {
            return null;
        }

        if (value is not BoundConstant constant)
        {
            Error(Rules.NotStatic, expression.Span, "a width", "at build time (make it depend on a 'for' variable)");
            return null;
        }

        if (constant.Value < 1 || constant.Value > maximum)
        {
            Error(Rules.BadWidth, expression.Span, constant.Value);
            return null;
        }

        return (int)constant.Value;
    }
}

/// <summary>Variables of a body that turned out to be run-time values; the body is bound again with them so declared.</summary>
internal sealed class Promotions
{
    private readonly Dictionary<TextSpan, IsaType> _types = [];

    /// <summary>True when a variable was added since the last <see cref="Reset"/>.</summary>
    public bool Changed { get; private set; }

    public void Reset() => Changed = false;

    public bool TryGet(TextSpan declaration, out IsaType type) => _types.TryGetValue(declaration, out type);

    public void Add(TextSpan declaration, IsaType type)
    {
        if (!_types.ContainsKey(declaration))
        {
            _types[declaration] = type;
            Changed = true;
        }
    }
}
