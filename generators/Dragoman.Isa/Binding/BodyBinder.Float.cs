using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    // Name in the language -> method of the builder, operands, whether it rounds.
    private static readonly Dictionary<string, (string Method, int Operands, bool Rounds)> s_float = new()
    {
        ["fadd"] = ("FAdd", 2, true), ["fsub"] = ("FSub", 2, true), ["fmul"] = ("FMul", 2, true), ["fdiv"] = ("FDiv", 2, true), ["fsqrt"] = ("FSqrt", 1, true),
        ["fmin"] = ("FMin", 2, false), ["fmax"] = ("FMax", 2, false), ["fminnm"] = ("FMinNm", 2, false), ["fmaxnm"] = ("FMaxNm", 2, false),
        ["fmulx"] = ("FMulX", 2, true), ["fmadd"] = ("FMAdd", 3, true), ["frint"] = ("FRint", 1, true), ["frintx"] = ("FRintX", 1, true),
        ["frecpe"] = ("FRecpE", 1, true), ["frsqrte"] = ("FRsqrtE", 1, true), ["frecpx"] = ("FRecpX", 1, false),
        ["frecps"] = ("FRecpS", 2, true), ["frsqrts"] = ("FRsqrtS", 2, true),
    };

    /// <summary>A floating-point operation, or null when the name is none.</summary>
    private BoundExpression? BindFloat(CallExpression call)
    {
        string name = call.Name.Text;
        if (call.Widths.Count == 0 && s_registerFloat.Contains(name))
        {
            return BindRegisterFloat(call);
        }

        if (s_float.TryGetValue(name, out (string Method, int Operands, bool Rounds) op))
        {
            if (FloatWidths(call, 1) is not { } widths || BindArguments(call, op.Operands) is not { } arguments)
            {
                return Error(call.Span);
            }

            IsaType type = IsaType.Bits(widths[0]);
            Effect();
            List<BoundExpression> all = [.. arguments.Select(a => Lift(Coerce(a, type)))];
            if (op.Rounds)
            {
                all.Add(Rounding(call));
            }

            return RunOperation(call.Span, type, op.Method, [widths[0].ToString()], [.. all]);
        }

        switch (name)
        {
            case "fcmp" or "fcmps":
                return BindFloatCompare(call, name == "fcmp" ? "FCmp" : "FCmpS", 4);
            case "feq":
                return BindFloatCompare(call, "FEq", 1);
            case "fge":
                return BindFloatCompare(call, "FGe", 1);
            case "fgt":
                return BindFloatCompare(call, "FGt", 1);
            case "fcvt":
                if (FloatWidths(call, 2) is not { } both || BindArguments(call, 1) is not { } value)
                {
                    return Error(call.Span);
                }

                Effect();
                return RunOperation(call.Span, IsaType.Bits(both[0]), "FCvt", [both[0].ToString(), both[1].ToString()], Lift(Coerce(value[0], IsaType.Bits(both[1]))), Rounding(call));
            case "fexceptions":
                return BindExceptions(call);
            case "f2si" or "f2ui" or "si2f" or "ui2f":
                return BindFloatInteger(call);
            default:
                return null;
        }
    }

    /// <summary><c>fexceptions.take()</c>, <c>fexceptions.add(x)</c> and <c>fexceptions.denormal()</c>: the cumulative exceptions, and what the host knows of denormals, at once.</summary>
    private BoundExpression BindExceptions(CallExpression call)
    {
        string? method = call.Modifiers.Count != 1 ? null : call.Modifiers[0].Text switch { "take" => "TakeExceptions", "add" => "AddExceptions", "denormal" => "TakeDenormal", _ => null };
        if (method is null)
        {
            return Error(Rules.UnknownFunction, call.Span, call.FullName);
        }

        bool adds = method == "AddExceptions";
        if (BindArguments(call, adds ? 1 : 0) is not { } arguments)
        {
            return Error(call.Span);
        }

        Effect();
        return adds
            ? RunOperation(call.Span, IsaType.Bits(8), method, [], Lift(Coerce(arguments[0], IsaType.Bits(8))))
            : RunOperation(call.Span, IsaType.Bits(8), method, []);
    }

    private int[]? FloatWidths(CallExpression call, int count)
    {
        if (call.Widths.Count != count)
        {
            Error(Rules.NotHere, call.Span, $"'{call.FullName}' takes {count} width(s)");
            return null;
        }

        int?[] widths = [.. call.Widths.Select(w => BindWidth(w))];
        return widths.Any(w => w is null) ? null : [.. widths.Select(w => w!.Value)];
    }

    private BoundExpression BindFloatCompare(CallExpression call, string method, int resultWidth)
    {
        if (FloatWidths(call, 1) is not { } widths || BindArguments(call, 2) is not { } arguments)
        {
            return Error(call.Span);
        }

        Effect();
        IsaType type = IsaType.Bits(widths[0]);
        return RunOperation(call.Span, IsaType.Bits(resultWidth), method, [widths[0].ToString()], Lift(Coerce(arguments[0], type)), Lift(Coerce(arguments[1], type)));
    }

    private BoundExpression BindFloatInteger(CallExpression call)
    {
        bool fromFloat = call.Name.Text[0] == 'f';
        string rule = call.Modifiers.Count == 0 ? "" : call.Modifiers[0].Text switch { "sat" => "Sat", "wrap" => "Wrap", "indefinite" => "Indefinite", _ => "?" };
        if (rule == "?" || fromFloat != (rule.Length > 0))
        {
            return Error(Rules.UnknownFunction, call.Span, call.FullName);
        }

        if (FloatWidths(call, 2) is not { } widths)
        {
            return Error(call.Span);
        }

        if (call.Arguments.Count is not (1 or 2))
        {
            return Error(Rules.ArgumentCount, call.Span, call.FullName, "1 or 2", call.Arguments.Count);
        }

        BoundExpression value = Bind(call.Arguments[0].Value);
        BoundExpression fraction = call.Arguments.Count == 2 ? BindInt(call.Arguments[1].Value) : Int(call.Span, 0);
        string method = call.Name.Text switch { "f2si" => "FToSi" + rule, "f2ui" => "FToUi" + rule, "si2f" => "SiToF", _ => "UiToF" };
        Effect();
        return RunOperation(call.Span, IsaType.Bits(widths[0]), method, [widths[0].ToString(), widths[1].ToString()], Lift(Coerce(value, IsaType.Bits(widths[1]))), fraction, Rounding(call));
    }

    /// <summary>The rounding of an operation: <c>with round = e</c>, or what the environment says when it runs.</summary>
    private BoundExpression Rounding(CallExpression call) => Override(call, "round", "Rounding", "a rounding", 7);

    /// <summary>What <c>with NAME = e</c> says, or <paramref name="otherwise"/>, as the argument that the operation <paramref name="method"/> stands for.</summary>
    private BoundExpression Override(CallExpression call, string name, string method, string what, int otherwise)
    {
        foreach (SelectorOverride setting in call.Selector?.Overrides ?? [])
        {
            if (setting.Name.Text == name)
            {
                BoundExpression value = BindInt(setting.Value);
                return value.IsRun ? Error(Rules.NotStatic, setting.Value.Span, what, "while translating") : Operation(call.Span, IsaType.Int, method, [], value);
            }
        }

        return Operation(call.Span, IsaType.Int, method, [], Int(call.Span, otherwise));
    }
}
