namespace Dragoman.Litmus.Models;

/// <summary>The tokens of a <c>cat</c> file.</summary>
internal static class CatLexer
{
    public static IEnumerable<string> Tokens(string name, string text)
    {
        int at = 0;
        while (at < text.Length)
        {
            char c = text[at];
            if (char.IsWhiteSpace(c))
            {
                at++;
                continue;
            }

            int start = at;
            if (string.CompareOrdinal(text, at, "(*", 0, 2) == 0)
            {
                int end = text.IndexOf("*)", at, StringComparison.Ordinal);
                at = end < 0 ? throw new InvalidOperationException($"{name}: a comment has no end") : end + 2;
                continue;
            }

            if (c == '"')
            {
                at = text.IndexOf('"', at + 1) + 1;
            }
            else if (string.CompareOrdinal(text, at, "-1", 0, 2) == 0)
            {
                at += 2;
            }
            else if (char.IsAsciiLetter(c))
            {
                while (at < text.Length && (char.IsAsciiLetterOrDigit(text[at]) || text[at] is '-' or '.' or '_'))
                {
                    at++;
                }
            }
            else
            {
                at++;
            }

            yield return text[start..at];
        }
    }
}
