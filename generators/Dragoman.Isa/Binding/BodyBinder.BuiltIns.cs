using System.Numerics;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    /// <summary>A built-in function, or null when the name is none.</summary>
    private BoundExpression? BindBuiltIn(CallExpression call)
    {
        if (call.Modifiers.Count > 0)
        {
            return null;
        }

        switch (call.Name.Text)
        {
            case "zx" or "sx" or "lo":
                return BindWidthChange(call);
            case "fill":
                return BindFill(call);
            case "cat":
                return BindCat(call);
            case "widthof":
                return BindArguments(call, 1) is { } measured ? Int(call.Span, measured[0].Type.Width) : Error(call.Span);
            case "clz" or "cls" or "ctz" or "popcount" or "rbit" or "bswap":
                return BindUnaryBits(call, call.Name.Text switch { "clz" => "Clz", "cls" => "Cls", "ctz" => "Ctz", "popcount" => "PopCount", "rbit" => "RBit", _ => "BSwap" }, null);
            case "parity":
                return BindUnaryBits(call, "Parity", 1);
            case "any":
                return BindUnaryBits(call, "Any", 1);
            case "abs":
                return BindAbs(call);
            case "rotl":
                return BindRotateLeft(call);
            case "umulh" or "smulh":
                return BindBinaryBits(call, call.Name.Text == "umulh" ? "UMulH" : "SMulH");
            case "udiv2" or "sdiv2" or "urem2" or "srem2":
                return BindWideDivision(call, call.Name.Text switch { "udiv2" => "UDiv2", "sdiv2" => "SDiv2", "urem2" => "URem2", _ => "SRem2" });
            case "umin" or "smin" or "umax" or "smax":
                return BindBinaryBits(call, call.Name.Text switch { "umin" => "UMin", "smin" => "SMin", "umax" => "UMax", _ => "SMax" });
            case "ssat" or "usat" or "usatu":
                return BindSaturate(call);
            case "carry" or "overflow":
                return BindCarry(call);
            case "map":
                return BindMap(call);
            case "vec":
                return BindVec(call);
            case "fold":
                return BindFold(call);
            case "lookup":
                return BindLookup(call);
            case "min" or "max":
                return BindStaticInts(call, call.Name.Text == "min" ? "Min" : "Max", 2);
            case "lg2":
                return BindStaticInts(call, "Lg2", 1);
            case "ones":
                return BindArguments(call, 1) is { } count
                    ? Operation(call.Span, IsaType.Bits(64), "Ones", [], Coerce(count[0], IsaType.Int))
                    : Error(call.Span);
            case "order":
                return BindOrder(call);
            case "cycles":
                return RunOperation(call.Span, IsaType.Bits(64), "Cycles", []);
            case "counter_frequency":
                return RunOperation(call.Span, IsaType.Bits(64), "CounterFrequency", []);
            default:
                return null;
        }
    }

    private BoundExpression BindStaticInts(CallExpression call, string name, int count)
    {
        if (BindArguments(call, count) is not { } arguments)
        {
            return Error(call.Span);
        }

        return Operation(call.Span, IsaType.Int, name, [], [.. arguments.Select(a => Coerce(a, IsaType.Int))]);
    }

    private int? BindOnlyWidth(CallExpression call)
    {
        if (call.Widths.Count == 1)
        {
            return BindWidth(call.Widths[0]);
        }

        Error(Rules.NotHere, call.Span, $"'{call.FullName}' takes one width: {call.FullName}<n>(..)");
        return null;
    }

    private BoundExpression BindWidthChange(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } width || BindArguments(call, 1) is not { } arguments)
        {
            return Error(call.Span);
        }

        IsaType type = IsaType.Bits(width);
        BoundExpression value = arguments[0];
        if (value.Type.IsInt)
        {
            return IntToBits(value, type, truncate: true);
        }

        value = value.Type.IsBool ? Coerce(value, IsaType.Bits(1)) : value;
        if (!value.Type.IsBits)
        {
            return Error(Rules.TypeMismatch, call.Span, "a value with a width", value.Type);
        }

        int from = value.Type.Width;
        if (from == width)
        {
            return value;
        }

        bool isLow = call.Name.Text == "lo";
        if (isLow != width < from)
        {
            return Error(Rules.WidthMismatch, call.Span, value.Type, type);
        }

        if (isLow)
        {
            return SelectBits(call.Span, value, Int(call.Span, 0), width);
        }

        return Operation(call.Span, type, call.Name.Text == "zx" ? "Zx" : "Sx", [W(value.Type), W(type)], value);
    }

    private BoundExpression BindFill(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } width || BindArguments(call, 1) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression value = Sized(arguments[0]);
        if (value.Type.IsError)
        {
            return value;
        }

        return width % value.Type.Width != 0
            ? Error(Rules.WidthMismatch, call.Span, value.Type, IsaType.Bits(width))
            : Operation(call.Span, IsaType.Bits(width), "Fill", [W(value.Type), width.ToString()], value);
    }

    /// <summary>Bits of a value whose width is known: a field's, a truth value's.</summary>
    private BoundExpression Sized(BoundExpression value)
    {
        if (value.Type.IsBool)
        {
            return Coerce(value, IsaType.Bits(1));
        }

        if (value.Type.IsInt)
        {
            return value.Type.Width > 0 ? IntToBits(value, IsaType.Bits(value.Type.Width), truncate: true) : Error(Rules.NeedsWidth, value.Span, "x");
        }

        return value.Type.IsBits ? value : Error(Rules.TypeMismatch, value.Span, "a value with a width", value.Type);
    }

    private BoundExpression BindCat(CallExpression call)
    {
        BoundExpression[] parts = [.. call.Arguments.Select(a => Bind(a.Value))];
        if (parts.Length < 2)
        {
            return Error(Rules.ArgumentCount, call.Span, "cat", "two or more", parts.Length);
        }

        bool allInts = parts.All(p => p.Type.IsInt || p.Type.IsBool);
        BoundExpression value = Sized(parts[0]);
        foreach (BoundExpression part in parts.Skip(1))
        {
            value = Cat(call.Span, value, Sized(part));
        }

        // Joined fields are a number again, not a value of so many bits.
        return allInts && !value.IsRun && value.Type.Width is > 0 and < 63 ? Operation(call.Span, IsaType.IntOf(value.Type.Width), "BitsToInt", [], value) : value;
    }

    private BoundExpression Cat(TextSpan span, BoundExpression high, BoundExpression low)
    {
        if (high.Type.IsError || low.Type.IsError)
        {
            return Error(span);
        }

        int width = high.Type.Width + low.Type.Width;
        if (width > 128)
        {
            return Error(Rules.BadWidth, span, width);
        }

        if (high is BoundConstant h && low is BoundConstant l)
        {
            return new BoundConstant(span, IsaType.Bits(width), h.Value << low.Type.Width | l.Value);
        }

        return Operation(span, IsaType.Bits(width), "Cat", [W(high.Type), W(low.Type)], high, low);
    }

    private BoundExpression BindUnaryBits(CallExpression call, string name, int? resultWidth)
    {
        if (BindArguments(call, 1) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression value = Sized(arguments[0]);
        return value.Type.IsError ? value : RunOrStatic(call.Span, IsaType.Bits(resultWidth ?? value.Type.Width), name, [W(value.Type)], value);
    }

    private BoundExpression RunOrStatic(TextSpan span, IsaType type, string name, IReadOnlyList<string> immediates, params BoundExpression[] arguments) =>
        _isStatic ? Operation(span, type, name, immediates, arguments) : RunOperation(span, type, name, immediates, [.. arguments.Select(LiftBits)]);

    private BoundExpression BindAbs(CallExpression call)
    {
        if (BindArguments(call, 1) is not { } arguments)
        {
            return Error(call.Span);
        }

        return arguments[0].Type.IsBits
            ? RunOrStatic(call.Span, arguments[0].Type, "Abs", [W(arguments[0].Type)], arguments[0])
            : Operation(call.Span, IsaType.Int, "Abs", [], Coerce(arguments[0], IsaType.Int));
    }

    private BoundExpression BindRotateLeft(CallExpression call)
    {
        if (BindArguments(call, 2) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression count = arguments[1].IsRun ? arguments[1] : Coerce(arguments[1], IsaType.Int);
        return count.IsRun
            ? Operation(call.Span, arguments[0].Type, "Rol", [W(arguments[0].Type)], Lift(arguments[0]), count, Int(call.Span, count.Type.Width))
            : Operation(call.Span, arguments[0].Type, "Rol", [W(arguments[0].Type)], arguments[0], count);
    }

    private BoundExpression BindWideDivision(CallExpression call, string name)
    {
        if (BindArguments(call, 3) is not { } arguments || !Unify(call.Span, arguments))
        {
            return Error(call.Span);
        }

        IsaType type = arguments[0].Type;
        return type.IsBits && type.Width is 32 or 64
            ? RunOperation(call.Span, type, name, [W(type)], [.. arguments.Select(LiftBits)])
            : Error(Rules.TypeMismatch, call.Span, "u32 or u64", type);
    }

    private BoundExpression BindBinaryBits(CallExpression call, string name)
    {
        if (BindArguments(call, 2) is not { } arguments || !Unify(call.Span, arguments))
        {
            return Error(call.Span);
        }

        return arguments[0].Type.IsBits
            ? RunOrStatic(call.Span, arguments[0].Type, name, [W(arguments[0].Type)], arguments)
            : Error(Rules.NeedsWidth, call.Span, "x");
    }

    private BoundExpression BindSaturate(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } width || BindArguments(call, 1) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression value = arguments[0];
        if (!value.Type.IsBits || value.Type.Width < width || value.Type.Width > 64)
        {
            return Error(Rules.WidthMismatch, call.Span, value.Type, IsaType.Bits(width));
        }

        string name = call.Name.Text switch { "ssat" => "SSat", "usat" => "USat", _ => "USatU" };
        return RunOperation(call.Span, IsaType.Bits(width), name, [W(value.Type), width.ToString()], Lift(value));
    }

    private BoundExpression BindCarry(CallExpression call)
    {
        if (BindArguments(call, 3) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression[] both = [arguments[0], arguments[1]];
        if (!Unify(call.Span, both) || !both[0].Type.IsBits)
        {
            return Error(Rules.NeedsWidth, call.Span, "x");
        }

        IsaType type = both[0].Type;
        BoundExpression c = arguments[2];
        c = c.Type.IsInt ? IntToBits(c, type) : c.Type.IsBool ? Coerce(c, IsaType.Bits(1)) : c;
        if (c.Type.IsBits && c.Type.Width < type.Width)
        {
            c = Operation(call.Span, type, "Zx", [W(c.Type), W(type)], c);
        }

        return RunOperation(call.Span, IsaType.Bits(1), call.Name.Text == "carry" ? "Carry" : "Overflow", [W(type)], Lift(both[0]), Lift(both[1]), Lift(Coerce(c, type)));
    }

    private BoundExpression BindLookup(CallExpression call)
    {
        if (BindArguments(call, 3) is not { } arguments || !_symbols.Model.Registers.Any(r => r is { InMemory: true, IsArray: true, Width: 128 }))
        {
            return Error(call.Span);
        }

        return RunOperation(call.Span, IsaType.Bits(8), "Lookup", [], Coerce(arguments[0], IsaType.Int), Coerce(arguments[1], IsaType.Int), Lift(Coerce(arguments[2], IsaType.Bits(8))));
    }

    private BoundExpression BindMap(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } lane)
        {
            return Error(call.Span);
        }

        if (call.Arguments.Count < 2 || call.Arguments[call.Arguments.Count - 1].Value is not LambdaExpression lambda)
        {
            return Error(Rules.NotHere, call.Span, "map is written map<e>(v, .., (a, ..) => expr)");
        }

        BoundExpression[] vectors = [.. call.Arguments.Take(call.Arguments.Count - 1).Select(a => Bind(a.Value))];
        if (!Unify(call.Span, vectors))
        {
            return Error(call.Span);
        }

        int width = vectors[0].Type.Width;
        if (!vectors[0].Type.IsBits || width % lane != 0 || vectors.Length > 4)
        {
            return Error(Rules.WidthMismatch, call.Span, vectors[0].Type, IsaType.Bits(lane));
        }

        bool hasNumber = lambda.Parameters.Count == vectors.Length + 1 && lambda.Parameters[0].Text == "k";
        if (!hasNumber && lambda.Parameters.Count != vectors.Length)
        {
            return Error(Rules.ArgumentCount, lambda.Span, "the lambda", vectors.Length, lambda.Parameters.Count);
        }

        BoundLambda bound = BindLambda(lambda, hasNumber, lane);
        if (bound.Body.Type.IsError)
        {
            return Error(call.Span);
        }

        int lanes = width / lane;
        string[] widths = [width.ToString(), lane.ToString()];
        BoundExpression[] arguments = [.. vectors.Select(Lift), bound];
        if (bound.Body.Type.Kind == TypeKind.Tuple)
        {
            int r = bound.Body.Type.Items[0].Width;
            int q = bound.Body.Type.Items[1].Width;
            IsaType pair = IsaType.Tuple([IsaType.Bits(lanes * r), IsaType.Bits(lanes * q)]);
            return RunOperation(call.Span, pair, "MapPair", [.. widths, r.ToString(), q.ToString()], arguments);
        }

        int result = bound.Body.Type.Width;
        if (lanes * result > 128)
        {
            return Error(Rules.BadWidth, call.Span, lanes * result);
        }

        return (_symbols.Model.UseVectorOps ? Vectorizer.TryVectorize(_symbols, call.Span, width, lane, arguments, bound) : null) ??
            RunOperation(call.Span, IsaType.Bits(lanes * result), "Map", [.. widths, result.ToString()], arguments);
    }

    private BoundLambda BindLambda(LambdaExpression lambda, bool hasNumber, int lane)
    {
        Scope outer = _scope;
        _scope = new Scope(outer);
        List<LocalSymbol> parameters = [];
        for (int i = 0; i < lambda.Parameters.Count; i++)
        {
            bool isNumber = hasNumber && i == 0;
            parameters.Add(DeclareLocal(lambda.Parameters[i].Text, isNumber ? IsaType.Int : IsaType.Bits(lane), isNumber ? BindingTime.Translate : BindingTime.Run));
        }

        if (!hasNumber)
        {
            parameters.Insert(0, new LocalSymbol(_names.Take("k"), IsaType.Int, BindingTime.Translate));
        }

        BoundExpression body = LaneValue(Bind(lambda.Body), lane);
        _scope = outer;
        return new BoundLambda(lambda.Span, parameters, body);
    }

    /// <summary>The value of one lane: an int takes the lane's width.</summary>
    private BoundExpression LaneValue(BoundExpression value, int lane)
    {
        if (value is BoundTuple tuple)
        {
            return MakeTuple(value.Span, [.. tuple.Items.Select(i => LaneValue(i, lane))]);
        }

        return Lift(value.Type.IsInt ? Coerce(value, IsaType.Bits(lane)) : value);
    }

    private BoundExpression BindVec(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } lane)
        {
            return Error(call.Span);
        }

        if (call.Arguments.Count != 1 || call.Arguments[0].Value is not ComprehensionExpression loop)
        {
            return Error(Rules.NotHere, call.Span, "vec is written vec<e>(k in 0..count: expr)");
        }

        if (BindInt(loop.From) is not BoundConstant from || BindInt(loop.To) is not BoundConstant to)
        {
            return Error(Rules.NotStatic, loop.Span, "the number of lanes", "at build time");
        }

        BigInteger count = to.Value - from.Value;
        if (count < 1 || count * lane > 128)
        {
            return Error(Rules.BadWidth, loop.Span, count * lane);
        }

        Scope outer = _scope;
        _scope = new Scope(outer);
        LocalSymbol k = DeclareLocal(loop.Variable.Text, IsaType.Int, BindingTime.Translate);
        BoundExpression body = Coerce(LaneValue(Bind(loop.Body), lane), IsaType.Bits(lane));
        _scope = outer;
        if (body.Type.IsError)
        {
            return body;
        }

        return RunOperation(call.Span, IsaType.Bits((int)count * lane), "Vec", [lane.ToString(), from.Value.ToString(), to.Value.ToString()], new BoundLambda(loop.Span, [k], body));
    }

    private BoundExpression BindFold(CallExpression call)
    {
        if (BindOnlyWidth(call) is not { } lane || call.Arguments.Count != 2 || call.Arguments[1].Value is not LambdaExpression { Parameters.Count: 2 } lambda)
        {
            return Error(Rules.NotHere, call.Span, "fold is written fold<e>(v, (a, b) => expr)");
        }

        BoundExpression vector = Lift(Bind(call.Arguments[0].Value));
        if (!vector.Type.IsBits || vector.Type.Width % lane != 0)
        {
            return vector.Type.IsError ? vector : Error(Rules.WidthMismatch, call.Span, vector.Type, IsaType.Bits(lane));
        }

        BoundLambda bound = BindLambda(lambda, false, lane);
        bound = new BoundLambda(bound.Span, [.. bound.Parameters.Skip(1)], Coerce(bound.Body, IsaType.Bits(lane)));
        return bound.Body.Type.IsError ? Error(call.Span) : RunOperation(call.Span, IsaType.Bits(lane), "Fold", [W(vector.Type), lane.ToString()], vector, bound);
    }
}
