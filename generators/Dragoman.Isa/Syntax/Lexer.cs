using System.Text;
using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

/// <summary>Splits text into tokens. Comments vanish, except that <c>///</c> lines are attached to the token after them.</summary>
internal sealed class Lexer
{
    // Longest first. '>' '>=' '<' '<=' '/' '%' '>>' take a suffix u or s in the parser, because there only is known whether '<' opens widths.
    private static readonly string[] s_symbols =
        [">>>", "=>", "->", "==", "!=", "<=", ">=", "<<", ">>", "&&", "||", "|=", "..", "+:", .. "{}()[]<>,;:.=+-*/%~!&|^?@#".Select(c => c.ToString())];

    private readonly string _path;
    private readonly string _text;
    private readonly int _end;
    private readonly DiagnosticBag _diagnostics;
    private readonly List<Token> _tokens = [];
    private int _position;
    private int _line;
    private int _lineStart;

    private Lexer(string path, string text, int start, int end, int line, int lineStart, DiagnosticBag diagnostics)
    {
        (_path, _text, _position, _end, _line, _lineStart, _diagnostics) = (path, text, start, end, line, lineStart, diagnostics);
    }

    /// <summary>Tokens of a whole file, ending with <see cref="TokenKind.End"/>.</summary>
    public static List<Token> Tokenize(string path, string text, DiagnosticBag diagnostics) =>
        new Lexer(path, text, 0, text.Length, 1, 0, diagnostics).Run();

    /// <summary>Tokens of a hole in a string: <paramref name="text"/> between the offsets, all on one line.</summary>
    public static List<Token> TokenizeHole(string path, string text, int start, int end, TextSpan position, DiagnosticBag diagnostics) =>
        new Lexer(path, text, start, end, position.StartLine, start - (position.StartColumn - 1), diagnostics).Run();

    /// <summary>
    /// The offset after the string whose opening quote is at <paramref name="quote"/>, or -1 if its line or the text ends first.
    /// Holes may contain strings, and those again holes.
    /// </summary>
    public static int EndOfString(string text, int quote, int end, int depth = 0)
    {
        int holes = 0;
        for (int i = quote + 1; i < end; i++)
        {
            switch (text[i])
            {
                case '\n':
                    return -1;
                case '\\' when holes == 0:
                    i++;
                    break;
                case '{' when holes == 0 && i + 1 < end && text[i + 1] == '{':
                    i++;
                    break;
                case '{':
                    holes++;
                    break;
                case '}' when holes > 0:
                    holes--;
                    break;
                case '"' when holes == 0:
                    return i + 1;
                case '"':
                    int inner = depth < 8 ? EndOfString(text, i, end, depth + 1) : -1;
                    if (inner < 0)
                    {
                        return -1;
                    }

                    i = inner - 1;
                    break;
            }
        }

        return -1;
    }

    private List<Token> Run()
    {
        StringBuilder? documentation = null;
        while (true)
        {
            SkipBlanks(ref documentation);
            int start = _position;
            if (start >= _end)
            {
                Add(TokenKind.End, "", start);
                return _tokens;
            }

            char c = _text[start];
            if (IsWord(c))
            {
                ReadWord(start);
            }
            else if (c == '"')
            {
                ReadString(start);
            }
            else if (s_symbols.FirstOrDefault(s => string.CompareOrdinal(_text, start, s, 0, s.Length) == 0 && start + s.Length <= _end) is { } symbol)
            {
                _position += symbol.Length;
                Add(TokenKind.Symbol, symbol, start);
            }
            else
            {
                _position++;
                _diagnostics.Report(Rules.UnexpectedCharacter, SpanFrom(start), c);
                continue;
            }

            if (documentation is not null)
            {
                _tokens[_tokens.Count - 1] = _tokens[_tokens.Count - 1] with { Documentation = documentation.ToString() };
                documentation = null;
            }
        }
    }

    private static bool IsWord(char c) => c is (>= 'a' and <= 'z') or (>= 'A' and <= 'Z') or (>= '0' and <= '9') or '_';

    private void SkipBlanks(ref StringBuilder? documentation)
    {
        for (; _position < _end; _position++)
        {
            char c = _text[_position];
            if (c == '\n')
            {
                _line++;
                _lineStart = _position + 1;
            }
            else if (c == '/' && _position + 1 < _end && _text[_position + 1] == '/')
            {
                int lineEnd = _text.IndexOf('\n', _position, _end - _position);
                lineEnd = lineEnd < 0 ? _end : lineEnd;
                if (_position + 2 < lineEnd && _text[_position + 2] == '/')
                {
                    documentation = documentation is null ? new StringBuilder() : documentation.Append('\n');
                    documentation.Append(_text.Substring(_position + 3, lineEnd - _position - 3).Trim());
                }

                _position = lineEnd - 1;
            }
            else if (c is not (' ' or '\t' or '\r' or '\uFEFF'))
            {
                return;
            }
        }
    }

    private void ReadWord(int start)
    {
        bool number = _text[start] is >= '0' and <= '9';
        bool wildcards = number && start + 1 < _end && _text[start] == '0' && _text[start + 1] == 'b';
        while (_position < _end && (IsWord(_text[_position]) || (wildcards && _text[_position] == '?')))
        {
            _position++;
        }

        Add(number ? TokenKind.Number : TokenKind.Identifier, _text.Substring(start, _position - start), start);
    }

    private void ReadString(int start)
    {
        int end = EndOfString(_text, start, _end);
        if (end < 0)
        {
            int lineEnd = _text.IndexOf('\n', start, _end - start);
            _position = lineEnd < 0 ? _end : lineEnd;
            _diagnostics.Report(Rules.UnterminatedString, SpanFrom(start));
            Add(TokenKind.String, "", start);
            return;
        }

        _position = end;
        Add(TokenKind.String, _text.Substring(start + 1, end - start - 2), start);
    }

    private TextSpan SpanFrom(int start) => new(_path, _line, start - _lineStart + 1, _line, _position - _lineStart + 1);

    private void Add(TokenKind kind, string text, int start) =>
        _tokens.Add(new Token(kind, text, SpanFrom(start), start, _position, null, start == _lineStart));
}
