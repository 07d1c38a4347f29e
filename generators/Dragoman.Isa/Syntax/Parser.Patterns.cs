using System.Numerics;
using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private List<MatchPattern> ParseMatchPatterns()
    {
        List<MatchPattern> patterns = [];
        do
        {
            patterns.Add(ParseMatchPattern());
        }
        while (TakeSymbol("|"));
        return patterns;
    }

    private MatchPattern ParseMatchPattern()
    {
        Token token = Current;
        if (TakeWord("_"))
        {
            return new AnyPattern(token.Span);
        }

        if (token.Kind == TokenKind.Number && token.Text.Contains('?'))
        {
            return ParseWildcards(Advance());
        }

        Expression value = ParseBinary(OrLevel + 1);
        if (TakeSymbol(".."))
        {
            Expression to = ParseBinary(OrLevel + 1);
            return new RangePattern(value.Span.To(to.Span), value, to);
        }

        return new ValuePattern(value.Span, value);
    }

    private BitsPattern ParseWildcards(Token token)
    {
        BigInteger mask = 0;
        BigInteger value = 0;
        string digits = token.Text.Substring(2).Replace("_", "");
        foreach (char c in digits)
        {
            mask = (mask << 1) + (c == '?' ? 0 : 1);
            value = (value << 1) + (c == '1' ? 1 : 0);
        }

        if (digits.Any(c => c is not ('0' or '1' or '?')))
        {
            _diagnostics.Report(Rules.BadNumber, token.Span, token.Text);
        }

        return new BitsPattern(token.Span, mask, value, digits.Length);
    }

    /// <summary>The encoding after <c>insn NAME =</c>; it ends where no pattern token follows.</summary>
    private List<EncodingPart> ParseEncoding()
    {
        List<EncodingPart> parts = [];
        while (true)
        {
            Token token = Current;
            if (token.Kind == TokenKind.Number)
            {
                Advance();
                parts.Add(new FixedBits(token.Span, token.Text.Length, CheckDigits(token)));
            }
            else if (token.Kind == TokenKind.Identifier && IsSymbol(Peek(1), ":"))
            {
                parts.Add(ParseField());
            }
            else if (TakeSymbol("-"))
            {
                parts.Add(new IgnoredBits(token.Span, 1));
            }
            else if (IsSymbol("(") && Peek(1).Kind == TokenKind.Number)
            {
                Advance();
                Token digits = Advance();
                Expect(")");
                parts.Add(new ShouldBeBits(SpanSince(token.Span), digits.Text.Length, CheckDigits(digits)));
            }
            else
            {
                if (parts.Count == 0)
                {
                    ReportExpected("an encoding pattern");
                }

                return parts;
            }
        }
    }

    private EncodingPart ParseField()
    {
        Name name = ExpectName();
        Advance();
        bool signed = Current.Kind == TokenKind.Identifier && Current.Text.Length is > 1 and < 5 && Current.Text[0] == 's' && Current.Text.Skip(1).All(char.IsDigit);
        if (!signed && Current.Kind == TokenKind.Identifier)
        {
            Name form = ExpectName();
            return new FormBits(SpanSince(name.Span), name, form);
        }

        int width = signed ? int.Parse(Advance().Text.Substring(1)) : ExpectInteger("a field width such as 5 or s19");
        return new FieldBits(SpanSince(name.Span), width, name, signed);
    }

    private OperandFormItem ParseOperandForm(Token first, Name name)
    {
        Advance();
        int width = ExpectInteger();
        Expect("=");
        List<OperandAlternative> alternatives = [];
        do
        {
            TextSpan start = Current.Span;
            List<EncodingPart> pattern = ParseEncoding();
            Expect("=>");
            Expression value = ParseConditional();
            ExpectWord("text");
            Expression text = ParseConditional();
            alternatives.Add(new OperandAlternative(SpanSince(start), pattern, value, text));
        }
        while (TakeSymbol(","));
        return new OperandFormItem(SpanSince(first.Span), name, first.Documentation, width, alternatives);
    }

    private string CheckDigits(Token token)
    {
        if (token.Text.All(c => c is '0' or '1'))
        {
            return token.Text;
        }

        _diagnostics.Report(Rules.Expected, token.Span, "pattern bits of 0 and 1", token.Description);
        return new string('0', token.Text.Length);
    }
}
