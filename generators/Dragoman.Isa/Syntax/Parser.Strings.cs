using System.Text;
using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private StringExpression ParseString()
    {
        Token token = Advance();
        List<StringPart> parts = [];
        var text = new StringBuilder();
        int end = token.End - 1;
        int textStart = token.Start + 1;
        for (int i = textStart; token.Text.Length > 0 && i < end; i++)
        {
            char c = _text[i];
            bool doubled = c is '{' or '}' && i + 1 < end && _text[i + 1] == c;
            if (c == '\\' || doubled)
            {
                i++;
                text.Append(doubled ? c : Unescape(_text[i], Within(token, i - 1, i + 1)));
            }
            else if (c == '{')
            {
                FlushText(i);
                int close = EndOfHole(i + 1, end);
                parts.Add(ParseHole(token, i, close));
                i = close;
                textStart = close + 1;
            }
            else if (c == '}')
            {
                _diagnostics.Report(Rules.BadString, Within(token, i, i + 1), "'}' closes no hole: write '}}' for a brace");
            }
            else
            {
                text.Append(c);
            }
        }

        FlushText(end);
        return new StringExpression(token.Span, parts);

        void FlushText(int until)
        {
            if (text.Length > 0)
            {
                parts.Add(new TextPart(Within(token, textStart, until), text.ToString()));
                text.Clear();
            }
        }
    }

    private static TextSpan Within(Token token, int start, int end)
    {
        int origin = token.Span.StartColumn - token.Start;
        return token.Span with { StartColumn = origin + start, EndColumn = origin + end };
    }

    private char Unescape(char c, TextSpan span)
    {
        switch (c)
        {
            case '"' or '\\':
                return c;
            case 'n':
                return '\n';
            case 't':
                return '\t';
            default:
                _diagnostics.Report(Rules.BadString, span, $"'\\{c}' is not an escape: \\\" \\\\ \\n \\t are");
                return c;
        }
    }

    /// <summary>Offset of the brace that closes the hole; the lexer has checked that there is one.</summary>
    private int EndOfHole(int start, int end)
    {
        int braces = 0;
        for (int i = start; i < end; i++)
        {
            switch (_text[i])
            {
                case '"':
                    i = Lexer.EndOfString(_text, i, end) - 1;
                    if (i < 0)
                    {
                        return end;
                    }

                    break;
                case '{':
                    braces++;
                    break;
                case '}' when braces-- == 0:
                    return i;
            }
        }

        return end;
    }

    private HolePart ParseHole(Token token, int open, int close)
    {
        TextSpan position = Within(token, open + 1, close);
        var inner = new Parser(_path, _text, Lexer.TokenizeHole(_path, _text, open + 1, close, position, _diagnostics), _diagnostics) { _depth = _depth };
        Expression value = inner.ParseExpression();
        Name? format = inner.TakeSymbol(":") ? inner.ExpectName("a format: hex or label") : null;
        if (!inner.AtEnd)
        {
            inner.ReportExpected("'}'");
        }

        return new HolePart(Within(token, open, close + 1), value, format);
    }
}
