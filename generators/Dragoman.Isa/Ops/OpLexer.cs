using System.Collections.Generic;
using System.Globalization;

namespace Dragoman.Isa.Ops;

/// <summary>Tokens of one line of the op table.</summary>
internal sealed class OpLexer
{
    private static readonly string[] Operators =
    {
        ">>s", "<=u", ">=u", "<=s", ">=s", "->", "<<", ">>", "<u", ">u", "<s", ">s", "/s", "/u", "%s", "%u", "==", "!=", "&&", "||",
    };

    private readonly string _text;
    private readonly int _line;

    public OpLexer(string text, int line)
    {
        _text = text;
        _line = line;
    }

    public List<OpToken> Lex()
    {
        var tokens = new List<OpToken>();
        int i = 0;
        while (i < _text.Length)
        {
            char c = _text[i];
            if (char.IsWhiteSpace(c))
            {
                i++;
            }
            else if (c == '/' && i + 1 < _text.Length && _text[i + 1] == '/')
            {
                break;
            }
            else if (char.IsLetter(c) || c == '_')
            {
                int start = i;
                while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] is '_' or '.'))
                {
                    i++;
                }

                tokens.Add(new OpToken(OpTokenKind.Word, _text.Substring(start, i - start), 0, start + 1));
            }
            else if (char.IsDigit(c))
            {
                int start = i;
                while (i < _text.Length && (char.IsLetterOrDigit(_text[i]) || _text[i] == '_'))
                {
                    i++;
                }

                tokens.Add(new OpToken(OpTokenKind.Number, _text.Substring(start, i - start), Number(start, i), start + 1));
            }
            else
            {
                tokens.Add(Operator(i));
                i += tokens[tokens.Count - 1].Text.Length;
            }
        }

        tokens.Add(new OpToken(OpTokenKind.End, "end of line", 0, _text.Length + 1));
        return tokens;
    }

    private OpToken Operator(int start)
    {
        foreach (string candidate in Operators)
        {
            bool word = char.IsLetter(candidate[candidate.Length - 1]);
            int end = start + candidate.Length;
            if (string.CompareOrdinal(_text, start, candidate, 0, candidate.Length) == 0
                && !(word && end < _text.Length && char.IsLetterOrDigit(_text[end])))
            {
                return new OpToken(OpTokenKind.Symbol, candidate, 0, start + 1);
            }
        }

        if ("+-*&|^~()<>?:,=@".IndexOf(_text[start]) < 0)
        {
            throw new OpTableException(_line, start + 1, $"'{_text[start]}' does not belong here");
        }

        return new OpToken(OpTokenKind.Symbol, _text[start].ToString(), 0, start + 1);
    }

    private ulong Number(int start, int end)
    {
        string digits = _text.Substring(start, end - start).Replace("_", "");
        bool hex = digits.StartsWith("0x") || digits.StartsWith("0X");
        if (ulong.TryParse(hex ? digits.Substring(2) : digits, hex ? NumberStyles.HexNumber : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            return value;
        }

        throw new OpTableException(_line, start + 1, $"'{digits}' is not a number of 64 bits");
    }
}

internal enum OpTokenKind
{
    Word,
    Number,
    Symbol,
    End,
}

internal sealed record OpToken(OpTokenKind Kind, string Text, ulong Value, int Column);
