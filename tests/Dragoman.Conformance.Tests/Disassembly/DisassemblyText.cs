using System.Globalization;
using System.Text.RegularExpressions;

namespace Dragoman.Conformance.Tests.Disassembly;

/// <summary>Text of one A64 instruction in a form that two disassemblers can be compared in: what it says, not how it is written.</summary>
public static partial class DisassemblyText
{
    /// <summary>The text of a word that is not an instruction.</summary>
    public const string Undefined = "-";

    /// <summary>
    /// Lower case and single blanks; no comment; integers as unsigned 64-bit decimals (32-bit ones where MOV's register has so many),
    /// floating-point numbers as shortest decimals; register lists written out; HS and LO for CS and CC.
    /// </summary>
    public static string Normalize(string text)
    {
        text = Comment().Replace(text, "");
        text = Blanks().Replace(text.Trim().ToLowerInvariant(), " ");
        text = Float().Replace(text, m => "#" + double.Parse(m.Groups["number"].Value, CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture) + "f");
        ulong mask = text.StartsWith("mov w", StringComparison.Ordinal) ? uint.MaxValue : ulong.MaxValue;
        text = Integer().Replace(text, m => "#" + ((m.Groups["sign"].Length > 0 ? 0 - Parse(m) : Parse(m)) & mask).ToString(CultureInfo.InvariantCulture));
        text = Lane().Replace(text, m => $"[{Parse(m)}]");
        text = List().Replace(text, Expand);
        return Condition().Replace(text, m => m.Value.Replace("cs", "hs", StringComparison.Ordinal).Replace("cc", "lo", StringComparison.Ordinal));
    }

    private static ulong Parse(Match match)
    {
        string digits = match.Groups["digits"].Value;
        return digits.StartsWith("0x", StringComparison.Ordinal)
            ? ulong.Parse(digits.AsSpan(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture)
            : ulong.Parse(digits, CultureInfo.InvariantCulture);
    }

    private static string Expand(Match match)
    {
        int first = int.Parse(match.Groups["first"].Value, CultureInfo.InvariantCulture);
        int count = ((int.Parse(match.Groups["last"].Value, CultureInfo.InvariantCulture) - first) & 31) + 1;
        string lanes = match.Groups["lanes"].Value;
        return "{" + string.Join(", ", Enumerable.Range(first, count).Select(i => $"v{i & 31}.{lanes}")) + "}";
    }

    [GeneratedRegex(@"\s*(//|;).*$")]
    private static partial Regex Comment();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"#(?<number>-?\d+\.\d+(e[+-]?\d+)?)")]
    private static partial Regex Float();

    [GeneratedRegex(@"#(?<sign>-?)(?<digits>0x[0-9a-f]+|\d+)(?![\d.f])")]
    private static partial Regex Integer();

    [GeneratedRegex(@"\[(?<digits>0x[0-9a-f]+|\d+)\]")]
    private static partial Regex Lane();

    [GeneratedRegex(@"\{v(?<first>\d+)\.(?<lanes>\w+)-v(?<last>\d+)\.\w+\}")]
    private static partial Regex List();

    [GeneratedRegex(@"^b\.c[sc]\b|, c[sc]$")]
    private static partial Regex Condition();
}
