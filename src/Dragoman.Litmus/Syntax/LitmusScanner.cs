using System.Globalization;

namespace Dragoman.Litmus.Syntax;

/// <summary>Reads the words, numbers and signs of a litmus file, and says where it is.</summary>
internal sealed class LitmusScanner
{
    private readonly string _path;
    private readonly string _text;
    private int _at;

    public LitmusScanner(string path, string text)
    {
        _path = path;
        _text = WithoutComments(text.ReplaceLineEndings("\n"));
    }

    /// <summary>Where the next character is, to ask <see cref="PlaceOf"/> for.</summary>
    public int Position
    {
        get
        {
            SkipSpace();
            return _at;
        }
    }

    public LitmusException Error(string message)
    {
        (int line, int column) = PlaceOf(Position);
        return new LitmusException(_path, line, column, message);
    }

    /// <summary>Line and column of a position, from 1.</summary>
    public (int Line, int Column) PlaceOf(int position) => (LineOf(position), position - _text.LastIndexOf('\n', Math.Max(0, position - 1), Math.Max(0, position)));

    private int LineOf(int position) => 1 + _text.AsSpan(0, position).Count('\n');

    /// <summary>The rest of the line, without the line's end.</summary>
    public string RestOfLine()
    {
        int end = _text.IndexOf('\n', _at);
        end = end < 0 ? _text.Length : end;
        string line = _text[_at..end];
        _at = Math.Min(end + 1, _text.Length);
        return line;
    }

    public bool AtEnd
    {
        get
        {
            SkipSpace();
            return _at == _text.Length;
        }
    }

    /// <summary>The next character that is no space, or 0 at the end.</summary>
    public char Peek() => AtEnd ? '\0' : _text[_at];

    /// <summary>Takes a sign when it comes next.</summary>
    public bool Take(string sign)
    {
        SkipSpace();
        if (string.CompareOrdinal(_text, _at, sign, 0, sign.Length) != 0)
        {
            return false;
        }

        _at += sign.Length;
        return true;
    }

    /// <summary>Whether a word comes next.</summary>
    public bool IsNext(string word)
    {
        SkipSpace();
        return string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;
    }

    public void Expect(string sign)
    {
        if (!Take(sign))
        {
            throw Error($"expected '{sign}', not {Here()}");
        }
    }

    /// <summary>A name, or null when something else comes next.</summary>
    public string? TakeName()
    {
        SkipSpace();
        int start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '$' or '.'))
        {
            _at++;
        }

        if (_at == start || char.IsAsciiDigit(_text[start]))
        {
            _at = start;
            return null;
        }

        return _text[start.._at];
    }

    public string ExpectName(string what) => TakeName() ?? throw Error($"expected {what}, not {Here()}");

    /// <summary>A number, decimal or hexadecimal, perhaps negative; or null.</summary>
    public UInt128? TakeNumber()
    {
        SkipSpace();
        int start = _at;
        bool isNegative = Take("-");
        SkipSpace();
        int digits = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] == '_'))
        {
            _at++;
        }

        if (_at == digits || !char.IsAsciiDigit(_text[digits]))
        {
            _at = start;
            return null;
        }

        string text = _text[digits.._at].Replace("_", "", StringComparison.Ordinal);
        bool isHexadecimal = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!UInt128.TryParse(isHexadecimal ? text.AsSpan(2) : text, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out UInt128 value))
        {
            _at = start;
            throw Error($"'{text}' is no number");
        }

        return isNegative ? UInt128.Zero - value : value;
    }

    /// <summary>Everything up to a sign, which is taken too; null when it does not come any more.</summary>
    public string? Until(char sign)
    {
        int end = _text.IndexOf(sign, _at);
        if (end < 0)
        {
            return null;
        }

        string text = _text[_at..end];
        _at = end + 1;
        return text;
    }

    private string Here()
    {
        if (AtEnd)
        {
            return "the end of the file";
        }

        int end = _at;
        while (end < _text.Length && !char.IsWhiteSpace(_text[end]) && end - _at < 20)
        {
            end++;
        }

        return $"'{_text[_at..end]}'";
    }

    private void SkipSpace()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }
    }

    // Comments become spaces, so that places stay what they are.
    private static string WithoutComments(string text)
    {
        char[] result = text.ToCharArray();
        int depth = 0;
        for (int i = 0; i < result.Length; i++)
        {
            bool opens = string.CompareOrdinal(text, i, "(*", 0, 2) == 0;
            bool closes = depth > 0 && string.CompareOrdinal(text, i, "*)", 0, 2) == 0;
            depth += opens ? 1 : 0;
            if (depth > 0 && result[i] != '\n')
            {
                result[i] = ' ';
            }

            if (opens || closes)
            {
                result[++i] = ' ';
            }

            depth -= closes ? 1 : 0;
        }

        return new string(result);
    }
}
