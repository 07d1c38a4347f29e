using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>An op with the widths of its <c>t</c> and <c>s</c> chosen.</summary>
/// <param name="Op">The op.</param>
/// <param name="T">Width of <c>t</c> in bits, 0 if it has none.</param>
/// <param name="S">Width of <c>s</c> in bits, 0 if it has none.</param>
internal sealed record OpVariant(OpDefinition Op, int T, int S)
{
    /// <summary>Suffix that tells the variants of an op apart.</summary>
    public string Suffix => (T == 0 ? "" : T.ToString()) + (S == 0 ? "" : "From" + S);

    /// <summary>Width of the result in bits.</summary>
    public int ResultWidth => Op.Result is null ? 0 : WidthOf(Op.Result);

    /// <summary>All variants of an op with scalar semantics.</summary>
    public static IEnumerable<OpVariant> Of(OpDefinition op)
    {
        bool t = op.Result == "t" || op.Operands.Any(o => o.Kind == "t");
        bool s = op.Operands.Any(o => o.Kind == "s");
        return
            from tWidth in t ? new[] { 32, 64 } : new[] { 0 }
            from sWidth in s ? new[] { 32, 64 } : new[] { 0 }
            select new OpVariant(op, tWidth, sWidth);
    }

    /// <summary>Width of an operand kind in bits.</summary>
    public int WidthOf(string kind) => kind switch
    {
        "t" => T,
        "s" => S,
        "i32" => 32,
        "i64" => 64,
        _ => 128,
    };

    /// <summary>Width of the operand called <paramref name="name"/>, or 0 when it is an immediate.</summary>
    public int WidthOfName(string name)
    {
        OpParameter? operand = Op.Operands.FirstOrDefault(o => o.Name == name);
        return operand is null ? 0 : WidthOf(operand.Kind);
    }

    /// <summary>Width of an expression, or 0 when the context decides; 1 for conditions.</summary>
    public int WidthOf(OpExpression expression) => expression switch
    {
        OpName name => WidthOfName(name.Name),
        OpUnary unary => WidthOf(unary.Operand),
        OpBinary { Operator: "<<" or ">>" or ">>s" } shift => WidthOf(shift.Left),
        OpBinary binary when IsComparison(binary.Operator) => 1,
        OpBinary binary => Either(WidthOf(binary.Left), WidthOf(binary.Right)),
        OpConditional conditional => Either(WidthOf(conditional.WhenTrue), WidthOf(conditional.WhenFalse)),
        OpCall { Function: "test" } => 1,
        OpCall { Function: "sx" or "zx" or "lo" or "ones" } => 0,
        OpCall call => call.Arguments.Select(WidthOf).FirstOrDefault(w => w != 0),
        _ => 0,
    };

    /// <summary>Whether the value is known while translating: immediates, <c>W</c> and numbers only.</summary>
    public bool IsStatic(OpExpression expression) => expression switch
    {
        OpNumber => true,
        OpName name => WidthOfName(name.Name) == 0,
        OpUnary unary => IsStatic(unary.Operand),
        OpBinary binary => IsStatic(binary.Left) && IsStatic(binary.Right),
        OpConditional c => IsStatic(c.Condition) && IsStatic(c.WhenTrue) && IsStatic(c.WhenFalse),
        OpCall call => call.Function != "test" && call.Arguments.All(IsStatic),
        _ => false,
    };

    /// <summary>Whether the value is known while building: <c>W</c> and numbers only.</summary>
    public bool IsBuildTime(OpExpression expression) => expression switch
    {
        OpNumber => true,
        OpName name => name.Name == "W",
        OpUnary unary => IsBuildTime(unary.Operand),
        OpBinary binary => IsBuildTime(binary.Left) && IsBuildTime(binary.Right),
        _ => false,
    };

    public static bool IsComparison(string symbol) => symbol is "==" or "!=" || symbol[0] is '<' or '>' && symbol is not ("<<" or ">>" or ">>s");

    private static int Either(int left, int right) => left != 0 ? left : right;
}
