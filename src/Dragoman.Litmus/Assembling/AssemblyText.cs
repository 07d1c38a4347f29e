using System.Globalization;
using System.Text;

namespace Dragoman.Litmus.Assembling;

/// <summary>
/// The text of an instruction as words, numbers and signs, so that texts compare whatever their case, spaces and notation of numbers:
/// <c>MOV W0,#0x10</c> and <c>mov w0, #16</c> are the same.
/// </summary>
internal sealed class AssemblyText : IEquatable<AssemblyText>
{
    private AssemblyText(string[] tokens, long[] numbers)
    {
        Tokens = tokens;
        Numbers = numbers;
    }

    /// <summary>Lower-case words, signs, and numbers in decimal.</summary>
    public string[] Tokens { get; }

    /// <summary>The numbers among the tokens.</summary>
    public long[] Numbers { get; }

    /// <summary>The first word.</summary>
    public string Mnemonic => Tokens.Length > 0 ? Tokens[0] : "";

    public static AssemblyText Parse(string text)
    {
        List<string> tokens = [];
        List<long> numbers = [];
        int at = 0;
        while (at < text.Length)
        {
            char c = char.ToLowerInvariant(text[at]);
            if (char.IsWhiteSpace(c) || c is '#')
            {
                at++;
            }
            else if (char.IsAsciiLetter(c) || c is '_' or '$')
            {
                int start = at;
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '$'))
                {
                    at++;
                }

                tokens.Add(text[start..at].ToLowerInvariant());
            }
            else if (TakeNumber(text, ref at) is { } number)
            {
                tokens.Add(number.ToString(CultureInfo.InvariantCulture));
                numbers.Add(number);
            }
            else
            {
                tokens.Add(c.ToString());
                at++;
            }
        }

        return new AssemblyText([.. tokens], [.. numbers]);
    }

    /// <summary>How many tokens stand in the same place in both; more when they have equally many.</summary>
    public int Likeness(AssemblyText other)
    {
        int same = Tokens.Length == other.Tokens.Length ? 1 : 0;
        int common = Math.Min(Tokens.Length, other.Tokens.Length);
        for (int i = 0; i < common; i++)
        {
            same += Tokens[i] == other.Tokens[i] ? 2 : 0;
        }

        return same;
    }

    /// <summary>The text with a word replaced where it stands alone, as labels are by their addresses.</summary>
    public static string Replace(string text, IReadOnlyDictionary<string, ulong> labels)
    {
        StringBuilder result = new();
        int at = 0;
        while (at < text.Length)
        {
            int start = at;
            while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '_' or '.' or '$'))
            {
                at++;
            }

            if (at == start)
            {
                result.Append(text[at++]);
                continue;
            }

            string word = text[start..at];
            result.Append(start > 0 && labels.TryGetValue(word, out ulong address) ? $"0x{address:x}" : word);
        }

        return result.ToString();
    }

    public bool Equals(AssemblyText? other) => other is not null && Tokens.AsSpan().SequenceEqual(other.Tokens);

    public override bool Equals(object? obj) => Equals(obj as AssemblyText);

    public override int GetHashCode() => Tokens.Aggregate(Tokens.Length, HashCode.Combine);

    private static long? TakeNumber(string text, ref int at)
    {
        int start = at;
        bool isNegative = text[at] == '-' && at + 1 < text.Length && char.IsAsciiDigit(text[at + 1]);
        int digits = isNegative ? at + 1 : at;
        int end = digits;
        while (end < text.Length && char.IsAsciiLetterOrDigit(text[end]))
        {
            end++;
        }

        if (end == digits || !char.IsAsciiDigit(text[digits]))
        {
            return null;
        }

        ReadOnlySpan<char> number = text.AsSpan(digits, end - digits);
        bool isHexadecimal = number.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        if (!ulong.TryParse(isHexadecimal ? number[2..] : number, isHexadecimal ? NumberStyles.AllowHexSpecifier : NumberStyles.None, CultureInfo.InvariantCulture, out ulong value))
        {
            at = start;
            return null;
        }

        at = end;
        return isNegative ? -(long)value : (long)value;
    }
}
