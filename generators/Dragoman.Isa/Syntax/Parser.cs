using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

/// <summary>
/// Recursive descent with recovery: a wrong token is reported once, then the statement, row or item that holds it is skipped.
/// Never throws on any text.
/// </summary>
public sealed partial class Parser
{
    private const int MaxDepth = 200;

    private readonly string _path;
    private readonly string _text;
    private readonly List<Token> _tokens;
    private readonly DiagnosticBag _diagnostics;
    private int _position;
    private int _depth;
    private int _lastError = -1;

    private Parser(string path, string text, List<Token> tokens, DiagnosticBag diagnostics)
    {
        (_path, _text, _tokens, _diagnostics) = (path, text, tokens, diagnostics);
    }

    /// <summary>Parses one file. What could not be understood is missing from the result and reported.</summary>
    public static SourceFile Parse(string path, string text, DiagnosticBag diagnostics)
    {
        var parser = new Parser(path, text, Lexer.Tokenize(path, text, diagnostics), diagnostics);
        return new SourceFile(path, parser.ParseItems());
    }

    private Token Current => _tokens[_position];

    private Token Previous => _tokens[Math.Max(_position - 1, 0)];

    private bool AtEnd => Current.Kind == TokenKind.End;

    private Token Peek(int ahead) => _tokens[Math.Min(_position + ahead, _tokens.Count - 1)];

    private Token Advance()
    {
        Token token = Current;
        if (!AtEnd)
        {
            _position++;
        }

        return token;
    }

    private bool IsSymbol(string symbol) => IsSymbol(Current, symbol);

    private static bool IsSymbol(Token token, string symbol) => token.Kind == TokenKind.Symbol && token.Text == symbol;

    private bool IsWord(string word) => IsWord(Current, word);

    private static bool IsWord(Token token, string word) => token.Kind == TokenKind.Identifier && token.Text == word;

    private bool TakeSymbol(string symbol) => TakeIf(IsSymbol(symbol));

    private bool TakeWord(string word) => TakeIf(IsWord(word));

    private bool TakeIf(bool condition)
    {
        if (condition)
        {
            Advance();
        }

        return condition;
    }

    private bool Expect(string symbol)
    {
        if (TakeSymbol(symbol))
        {
            return true;
        }

        ReportExpected($"'{symbol}'");
        return false;
    }

    private bool ExpectWord(string word)
    {
        if (TakeWord(word))
        {
            return true;
        }

        ReportExpected($"'{word}'");
        return false;
    }

    private Name ExpectName(string what = "a name")
    {
        if (Current.Kind == TokenKind.Identifier)
        {
            Token token = Advance();
            return new Name(token.Span, token.Text);
        }

        ReportExpected(what);
        return new Name(Current.Span, "");
    }

    /// <summary>A plain number that fits an int: widths, counts, bit positions.</summary>
    private int ExpectInteger(string what = "a number")
    {
        if (Current.Kind != TokenKind.Number)
        {
            ReportExpected(what);
            return 0;
        }

        NumberExpression number = ParseNumber();
        return number.Value < int.MaxValue ? (int)number.Value : int.MaxValue;
    }

    private void ReportExpected(string what) => ReportHere(Rules.Expected, what, Current.Description);

    /// <summary>Reports at the current token, but only the first of what follows from one wrong token.</summary>
    private void ReportHere(DiagnosticRule rule, params object[] arguments)
    {
        if (_lastError != _position)
        {
            _lastError = _position;
            _diagnostics.Report(rule, Current.Span, arguments);
        }
    }

    private TextSpan SpanSince(TextSpan first) => first.To(Previous.Span);

    /// <summary>Parses elements between brackets until <paramref name="close"/>, which it consumes; an element that consumes nothing ends the list.</summary>
    private List<T> ParseList<T>(string close, Func<T> element, bool separatorRequired = true, string separator = ",")
    {
        List<T> elements = [];
        while (!AtEnd && !IsSymbol(close))
        {
            int before = _position;
            elements.Add(element());
            if (TakeSymbol(separator))
            {
                continue;
            }

            if (_position == before || (separatorRequired && !IsSymbol(close)))
            {
                break;
            }
        }

        Expect(close);
        return elements;
    }

    /// <summary>Parses <c>{ .. }</c> entry by entry; after a wrong one goes on at the next <c>;</c> or the closing brace.</summary>
    private List<T> ParseBraces<T>(Func<T?> entry)
        where T : class
    {
        List<T> entries = [];
        if (!Expect("{"))
        {
            return entries;
        }

        while (!AtEnd && !IsSymbol("}") && !AtItemStart)
        {
            int before = _position;
            int error = _lastError;
            if (entry() is { } parsed)
            {
                entries.Add(parsed);
            }

            if (_lastError != error)
            {
                SkipEntry();
            }

            while (TakeSymbol(";") || TakeSymbol(","))
            {
            }

            if (_position == before)
            {
                ReportExpected("'}'");
                Advance();
            }
        }

        Expect("}");
        return entries;
    }

    /// <summary>Skips to the end of the entry or statement: past a <c>;</c>, or up to the <c>}</c> that closes the block it stands in.</summary>
    private void SkipEntry()
    {
        int braces = 0;
        while (!AtEnd && !AtItemStart)
        {
            if (IsSymbol(";") && braces == 0)
            {
                Advance();
                return;
            }

            if (IsSymbol("{"))
            {
                braces++;
            }
            else if (IsSymbol("}") && braces-- == 0)
            {
                return;
            }

            Advance();
        }
    }

    private bool Enter()
    {
        if (++_depth <= MaxDepth)
        {
            return true;
        }

        // Nothing sensible follows: the rest of the file is given up.
        ReportHere(Rules.TooDeep, MaxDepth);
        _position = _lastError = _tokens.Count - 1;
        return false;
    }

    private void Leave() => _depth--;
}
