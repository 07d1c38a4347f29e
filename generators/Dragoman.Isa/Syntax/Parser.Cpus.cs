using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private CpuItem ParseCpu()
    {
        Token first = Advance();
        Name name = ExpectModelName();
        List<CpuPart> parts = [];
        if (TakeSymbol("="))
        {
            do
            {
                parts.Add(Current.Kind == TokenKind.String
                    ? new CpuPart(ExpectModelName(), IsModel: true)
                    : new CpuPart(ExpectName("a feature, a CPU model or all"), IsModel: false));
            }
            while (TakeSymbol("+"));
        }

        List<CpuValue> values = IsSymbol("{")
            ? ParseBraces(() =>
            {
                Name value = ExpectName("the name of a number");
                Expect("=");
                return new CpuValue(value, ParseExpression());
            })
            : [];
        return new CpuItem(SpanSince(first.Span), name, first.Documentation, parts, values);
    }

    private NeedsItem ParseNeeds()
    {
        Token first = Advance();
        Name name = ExpectName("a feature");
        ExpectWord("for");
        List<Name> dependents = [];
        do
        {
            dependents.Add(ExpectName("a feature"));
        }
        while (TakeSymbol("+"));
        return new NeedsItem(SpanSince(first.Span), name, first.Documentation, dependents);
    }

    /// <summary>The name of a CPU model, as users write it: a string of letters, digits, <c>.</c>, <c>_</c> and <c>-</c>.</summary>
    private Name ExpectModelName()
    {
        if (Current.Kind != TokenKind.String)
        {
            ReportExpected("the name of a CPU model in quotes");
            return new Name(Current.Span, "");
        }

        if (Current.Text.Length == 0 || !Current.Text.All(c => c is >= 'a' and <= 'z' or >= 'A' and <= 'Z' or >= '0' and <= '9' or '.' or '_' or '-'))
        {
            ReportHere(Rules.BadString, "the name of a CPU model is of letters, digits, '.', '_' and '-'");
        }

        Token token = Advance();
        return new Name(token.Span, token.Text);
    }
}
