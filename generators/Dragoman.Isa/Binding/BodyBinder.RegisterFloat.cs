using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

// Operations on register formats: `fadd.t`, with a format's letter where the others have a width.
internal sealed partial class BodyBinder
{
    private static readonly HashSet<string> s_registerFloat = ["fadd", "fsub", "fmul", "fdiv", "fsqrt", "fcvt", "fcmp", "f2si", "si2f"];

    // Name and modifiers, the formats written as their classes -> method of the builder, operands, width of the result, whether it rounds.
    private static readonly Dictionary<string, (string Method, int Operands, int Width, bool Rounds)> s_registerMethods = new()
    {
        ["fadd.v"] = ("RAdd", 2, 64, true), ["fsub.v"] = ("RSub", 2, 64, true), ["fmul.v"] = ("RMul", 2, 64, true), ["fdiv.v"] = ("RDiv", 2, 64, true),
        ["fsqrt.v"] = ("RSqrt", 1, 64, true), ["fcvt.v.v"] = ("RCvt", 1, 64, true), ["f2si.wrap.v"] = ("RToSi", 1, 64, true), ["si2f.v"] = ("SiToR", 1, 64, true),
        ["fcmp.v.un"] = ("RCmp", 2, 1, false), ["fcmp.v.eq"] = ("RCmp", 2, 1, false), ["fcmp.v.lt"] = ("RCmp", 2, 1, false), ["fcmp.v.le"] = ("RCmp", 2, 1, false),
    };

    // What exists besides S and T arithmetic: formats of each name, the result's first.
    private static readonly HashSet<string> s_registerFormats =
    [
        "fadd s", "fadd t", "fadd f", "fadd g", "fsqrt s", "fsqrt t", "fsqrt f", "fsqrt g", "fcvt s t", "fcvt t s", "fcvt f g", "fcvt d g", "fcvt g d", "fcvt l q",
        "f2si t", "f2si g", "si2f s", "si2f t", "si2f f", "si2f g", "fcmp t", "fcmp g",
    ];

    private static readonly Dictionary<string, string> s_relations = new() { ["un"] = "Unordered", ["eq"] = "Equal", ["lt"] = "Less", ["le"] = "LessOrEqual" };

    private BoundExpression BindRegisterFloat(CallExpression call)
    {
        string[] modifiers = [.. call.Modifiers.Select(m => m.Text)];
        string[] formats = [.. modifiers.Where(m => m is "s" or "t" or "f" or "g" or "d" or "l" or "q")];
        string shape = string.Join(".", [call.Name.Text, .. modifiers.Select(m => formats.Contains(m) ? "v" : m)]);
        string family = call.Name.Text is "fsub" or "fmul" or "fdiv" ? "fadd" : call.Name.Text;
        if (!s_registerMethods.TryGetValue(shape, out (string Method, int Operands, int Width, bool Rounds) op)
            || !s_registerFormats.Contains(string.Join(" ", [family, .. formats])))
        {
            return Error(Rules.BadFormat, call.Span, call.FullName);
        }

        if (BindArguments(call, op.Operands) is not { } arguments)
        {
            return Error(call.Span);
        }

        Effect();
        List<BoundExpression> all = [.. arguments.Select(a => Lift(Coerce(a, IsaType.Bits(64))))];
        all.Add(Override(call, "trap", "Trap", "a trap qualifier", 0));
        if (op.Rounds)
        {
            all.Add(Rounding(call));
        }

        List<string> immediates = [.. formats.Select(f => "RegisterFormat." + f.ToUpperInvariant())];
        if (s_relations.TryGetValue(modifiers[modifiers.Length - 1], out string relation))
        {
            immediates.Add("RegisterRelation." + relation);
        }

        return RunOperation(call.Span, IsaType.Bits(op.Width), op.Method, [.. immediates], [.. all]);
    }
}
