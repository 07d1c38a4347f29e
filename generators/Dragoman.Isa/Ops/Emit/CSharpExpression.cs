using System;
using System.Linq;

namespace Dragoman.Isa.Ops.Emit;

/// <summary>
/// Writes a scalar semantic expression as C# on <c>uint</c> and <c>ulong</c>. Shifts of a count that is not known while building
/// go through <c>BitMath</c>, which makes them total.
/// </summary>
internal sealed class CSharpExpression
{
    private readonly OpVariant _variant;
    private readonly Func<string, string> _leaf;
    private readonly Func<OpCall, string>? _test;

    /// <param name="variant">The op and its widths.</param>
    /// <param name="leaf">C# of an operand (typed by its width) or immediate (an <c>int</c>).</param>
    /// <param name="test">C# of <c>test(c, a, b)</c>; null for a call of <c>TcgConditions.Test</c>.</param>
    public CSharpExpression(OpVariant variant, Func<string, string> leaf, Func<OpCall, string>? test = null)
    {
        _variant = variant;
        _leaf = leaf;
        _test = test;
    }

    public string Write(OpExpression expression, int width) => expression switch
    {
        OpNumber number => width == 64 ? number.Value + "ul" : number.Value + "u",
        OpUnary { Operator: "-", Operand: OpNumber { Value: 1 } } => width == 64 ? "ulong.MaxValue" : "uint.MaxValue",
        OpUnary { Operator: "-" } unary => $"({(width == 64 ? "0ul" : "0u")} - {Write(unary.Operand, width)})",
        OpUnary unary => $"(~{Write(unary.Operand, width)})",
        OpName name when _variant.WidthOfName(name.Name) != 0 => _leaf(name.Name),
        OpName => $"({TypeName(width)}){Static(expression)}",
        OpBinary binary => Binary(binary, width),
        OpConditional c => $"({Write(c.Condition, 1)} ? {Write(c.WhenTrue, width)} : {Write(c.WhenFalse, width)})",
        OpCall call => Call(call, width),
        _ => throw new InvalidOperationException(expression.ToString()),
    };

    /// <summary>C# of type <c>int</c> for an expression of immediates, <c>W</c> and numbers.</summary>
    public string Static(OpExpression expression) => expression switch
    {
        OpNumber number => number.Value.ToString(),
        OpName { Name: "W" } => (_variant.T != 0 ? _variant.T : _variant.ResultWidth).ToString(),
        OpName name => _leaf(name.Name),
        OpUnary unary => $"({unary.Operator}{Static(unary.Operand)})",
        OpBinary binary => $"({Static(binary.Left)} {binary.Operator} {Static(binary.Right)})",
        _ => throw new InvalidOperationException(expression.ToString()),
    };

    public static string TypeName(int width) => width switch
    {
        1 => "bool",
        32 => "uint",
        _ => "ulong",
    };

    public static string Method(string function) => "BitMath." + function switch
    {
        "clz" => "LeadingZeroCount",
        "ctz" => "TrailingZeroCount",
        "cls" => "LeadingSignCount",
        "popcount" => "PopCount",
        "rbit" => "ReverseBits",
        "bswap" => "ReverseBytes",
        "bswap32" => "ReverseBytes32",
        "mulsh" => "MultiplyHighSigned",
        "muluh" => "MultiplyHigh",
        "divs2" => "DivideWideSigned",
        "divu2" => "DivideWide",
        "rems2" => "RemainderWideSigned",
        "remu2" => "RemainderWide",
        "rotl" => "RotateLeft",
        "rotr" => "RotateRight",
        "<<" => "ShiftLeft",
        ">>" => "ShiftRight",
        ">>s" => "ShiftRightSigned",
        _ => throw new InvalidOperationException($"no function '{function}' in the op table's language"),
    };

    private string Binary(OpBinary binary, int width)
    {
        if (OpVariant.IsComparison(binary.Operator))
        {
            int compared = Math.Max(_variant.WidthOf(binary.Left), _variant.WidthOf(binary.Right));
            string symbol = binary.Operator.TrimEnd('u', 's');
            string cast = binary.Operator.EndsWith("s") ? $"({Signed(compared)})" : "";
            return $"({cast}{Write(binary.Left, compared)} {symbol} {cast}{Write(binary.Right, compared)})";
        }

        string left = Write(binary.Left, width);
        switch (binary.Operator)
        {
            case "<<" or ">>" or ">>s" when _variant.IsBuildTime(binary.Right):
                return binary.Operator == ">>s"
                    ? $"(({TypeName(width)})(({Signed(width)}){left} >> {Static(binary.Right)}))"
                    : $"({left} {binary.Operator} {Static(binary.Right)})";
            case "<<" or ">>" or ">>s" when _variant.IsStatic(binary.Right):
                return $"{Method(binary.Operator)}({left}, {Static(binary.Right)})";
            case "<<" or ">>" or ">>s":
                return $"{Method(binary.Operator)}({left}, {Write(binary.Right, width)})";
            case "/s" or "%s":
                return $"({TypeName(width)})(({Signed(width)}){left} {binary.Operator[0]} ({Signed(width)}){Write(binary.Right, width)})";
            case "/u" or "%u":
                return $"({left} {binary.Operator[0]} {Write(binary.Right, width)})";
            default:
                return $"({left} {binary.Operator} {Write(binary.Right, width)})";
        }
    }

    private string Call(OpCall call, int width)
    {
        switch (call.Function)
        {
            case "test":
                int compared = _variant.WidthOf(call.Arguments[1]);
                return _test is not null
                    ? _test(call)
                    : $"TcgConditions.Test({_leaf(((OpName)call.Arguments[0]).Name)}, {Write(call.Arguments[1], compared)}, {Write(call.Arguments[2], compared)})";
            case "sx":
                return $"(ulong)(int){Write(call.Arguments[0], 32)}";
            case "zx":
                return $"(ulong){Write(call.Arguments[0], 32)}";
            case "lo":
                return $"(uint)({Write(call.Arguments[0], 64)})";
            case "ones":
                return $"BitMath.Ones{width}({Static(call.Arguments[0])})";
            default:
                return $"{Method(call.Function)}({string.Join(", ", call.Arguments.Select(a => Write(a, width)))})";
        }
    }

    private static string Signed(int width) => width == 64 ? "long" : "int";
}
