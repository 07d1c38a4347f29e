using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Tests;

/// <summary>Prints an expression with parentheses around every operation, so that tests can compare trees as text.</summary>
internal static class SyntaxText
{
    public static string Print(Expression expression) => expression switch
    {
        NumberExpression e => e.Value.ToString(),
        BoolExpression e => e.Value ? "true" : "false",
        NameExpression e => e.Name,
        AddressExpression e => "@" + e.Name,
        MemberExpression e => $"{Print(e.Target)}.{e.Member}",
        IndexExpression e => $"{Print(e.Target)}[{Print(e.Index)}]",
        SliceExpression e => $"{Print(e.Target)}[{Print(e.High)}:{Print(e.Low)}]",
        PartSelectExpression e => $"{Print(e.Target)}[{Print(e.Position)} +: {Print(e.Width)}]",
        UnaryExpression e => $"({e.Operator} {Print(e.Operand)})",
        BinaryExpression e => $"({Print(e.Left)} {e.Operator} {Print(e.Right)})",
        ConditionalExpression e => $"({Print(e.Condition)} ? {Print(e.WhenTrue)} : {Print(e.WhenFalse)})",
        ArrowExpression e => $"{Print(e.From)} -> {Print(e.To)}",
        LambdaExpression e => $"({string.Join(", ", e.Parameters)}) => {Print(e.Body)}",
        ComprehensionExpression e => $"{e.Variable} in {Print(e.From)}..{Print(e.To)}: {Print(e.Body)}",
        TupleExpression e => $"({string.Join(", ", e.Elements.Select(Print))})",
        UnallocatedExpression => "unallocated",
        MatchExpression e => $"match {Print(e.Value)} {{ {string.Join(", ", e.Arms.Select(a => $"{string.Join(" | ", a.Patterns.Select(Print))}: {Print(a.Value)}"))} }}",
        StringExpression e => $"\"{string.Concat(e.Parts.Select(Print))}\"",
        CallExpression e => Print(e),
        _ => "?",
    };

    private static string Print(CallExpression call)
    {
        string selector = call.Selector is null
            ? ""
            : $"[{Print(call.Selector.Value)}{(call.Selector.Overrides.Count == 0 ? "" : " with " + string.Join(", ", call.Selector.Overrides.Select(o => $"{o.Name} = {Print(o.Value)}")))}]";
        string widths = call.Widths.Count == 0 ? "" : $"<{string.Join(", ", call.Widths.Select(Print))}>";
        string arguments = string.Join(", ", call.Arguments.Select(a => (a.Label is null ? "" : a.Label + ": ") + Print(a.Value)));
        string options = call.Options.Count == 0 ? "" : "; " + string.Join(", ", call.Options.Select(o => o.Name + (o.Value is null ? "" : " " + Print(o.Value))));
        return $"{call.FullName}{selector}{widths}({arguments}{options})";
    }

    private static string Print(MatchPattern pattern) => pattern switch
    {
        AnyPattern => "_",
        ValuePattern p => Print(p.Value),
        RangePattern p => $"{Print(p.From)}..{Print(p.To)}",
        BitsPattern p => $"{(int)p.Mask:b}/{(int)p.Value:b}",
        _ => "?",
    };

    private static string Print(StringPart part) => part switch
    {
        // Braces of the text are shown as brackets: those of holes are braces.
        TextPart text => text.Text.Replace('{', '[').Replace('}', ']'),
        HolePart hole => $"{{{Print(hole.Value)}{(hole.Format is { } format ? ":" + format : "")}}}",
        _ => "?",
    };
}
