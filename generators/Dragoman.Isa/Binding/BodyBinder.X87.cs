using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

// Operations on double extended values: `x87.add(a, b, control)`. They have no effects: the exceptions are part of the result.
internal sealed partial class BodyBinder
{
    private const int X87Value = 80;

    private static readonly Dictionary<string, string> s_x87Unary = new()
    {
        ["sqrt"] = "Sqrt", ["round"] = "Round", ["exponent"] = "Exponent", ["significand"] = "Significand",
        ["from32"] = "From32", ["from64"] = "From64", ["to32"] = "To32", ["to64"] = "To64", ["from_int"] = "FromInteger", ["from_bcd"] = "FromBcd", ["to_bcd"] = "ToBcd",
        ["to_int16"] = "ToInt16", ["to_int32"] = "ToInt32", ["to_int64"] = "ToInt64", ["trunc16"] = "Truncate16", ["trunc32"] = "Truncate32", ["trunc64"] = "Truncate64",
        ["exp2m1"] = "Exp2M1", ["sin"] = "Sin", ["cos"] = "Cos", ["tan"] = "Tan",
    };

    private static readonly Dictionary<string, string> s_x87Binary = new()
    {
        ["compare_quiet"] = "CompareQuiet",
        ["rem"] = "Remainder", ["rem_nearest"] = "RemainderNearest", ["scale"] = "Scale", ["log2"] = "Log2", ["log2p1"] = "Log2P1", ["atan2"] = "ArcTangent",
    };

    // Their second operand is double extended, or with 32 or 64 behind the name a single or a double.
    private static readonly Dictionary<string, string> s_x87Mixed = new()
    {
        ["add"] = "Add", ["sub"] = "Subtract", ["subr"] = "SubtractReversed", ["mul"] = "Multiply", ["div"] = "Divide", ["divr"] = "DivideReversed", ["compare"] = "Compare",
    };

    /// <summary>An operation of the x87, or null when the name is none.</summary>
    private BoundExpression? BindX87(CallExpression call)
    {
        if (call.Name.Text != "x87" || call.Modifiers.Count != 1 || call.Widths.Count != 0)
        {
            return null;
        }

        string name = call.Modifiers[0].Text;
        bool isBinary = s_x87Binary.TryGetValue(name, out string operation) || TryMixed(name, out operation);
        if (!isBinary && !s_x87Unary.TryGetValue(name, out operation))
        {
            return null;
        }

        if (BindArguments(call, isBinary ? 3 : 2) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundExpression Value(BoundExpression value) => Lift(Coerce(value, IsaType.Bits(X87Value)));
        BoundExpression control = Lift(Coerce(arguments[arguments.Length - 1], IsaType.Bits(32)));
        BoundExpression a = Value(arguments[0]);
        BoundExpression b = isBinary ? Value(arguments[1]) : a;
        return RunOperation(call.Span, IsaType.Bits(128), "X87", ["X87Operation." + operation], a, b, control);
    }

    private static bool TryMixed(string name, out string operation)
    {
        (string stem, string source) = name.EndsWith("32") ? (name.Substring(0, name.Length - 2), " | X87Operation.WithSingle")
            : name.EndsWith("64") ? (name.Substring(0, name.Length - 2), " | X87Operation.WithDouble")
            : (name, "");
        bool known = s_x87Mixed.TryGetValue(stem, out string number);
        operation = number + source;
        return known;
    }
}
