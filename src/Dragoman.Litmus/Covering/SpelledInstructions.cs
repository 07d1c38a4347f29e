using System.Text.RegularExpressions;

namespace Dragoman.Litmus.Covering;

/// <summary>
/// The instructions that sources in GNU C and GNU assembly spell out: lines of assembly, inline assembly, and macros with inline assembly where they are used. What a
/// compiler makes of C is not among them.
/// </summary>
/// <param name="sources">Names and texts; what a source includes of them, it may use the macros of.</param>
internal sealed partial class SpelledInstructions(IReadOnlyList<(string Name, string Text)> sources)
{
    // A register for what an operand names by a word.
    private const string SomeRegister = "9";

    private readonly Dictionary<string, string> _texts = sources.ToDictionary(source => source.Name, source => source.Text);

    /// <summary>The instructions of a source, each with registers in the place of operands.</summary>
    public IEnumerable<string> Of(string name, string text) =>
        (name.EndsWith(".S", StringComparison.Ordinal) ? text.Split('\n').SelectMany(Statements) : Inline(text)).Distinct();

    private IEnumerable<string> Inline(string text)
    {
        string[] macros = [.. Include().Matches(text).Select(m => _texts.GetValueOrDefault(m.Groups[1].Value, "")), text];
        string code = Define().Replace(text, "");
        IEnumerable<string> used = macros.SelectMany(Macros).SelectMany(macro => macro.UsesIn(code));
        return used.Append(code).SelectMany(part => Asm().Matches(part)).SelectMany(asm => Statements(string.Concat(Literal().Matches(asm.Groups[1].Value).Select(l => l.Groups[1].Value))));
    }

    private static IEnumerable<Macro> Macros(string text) => Define().Matches(text)
        .Where(define => Asm().IsMatch(define.Groups[3].Value))
        .Select(define => new Macro(define.Groups[1].Value, define.Groups[2].Value.Split(',', StringSplitOptions.TrimEntries), define.Groups[3].Value));

    // Without labels, directives and comments.
    private static IEnumerable<string> Statements(string text)
    {
        foreach (string statement in Separator().Split(Comment().Replace(text, "")))
        {
            string instruction = Operand().Replace(Label().Replace(statement, ""), o => (o.Groups[1].Value == "w" ? "w" : "x") + (o.Groups[2].Success ? o.Groups[2].Value : SomeRegister)).Trim();
            if (instruction.Length > 0 && char.IsAsciiLetter(instruction[0]))
            {
                yield return Blanks().Replace(instruction, " ");
            }
        }
    }

    [GeneratedRegex("""^#include "([^"]+)"$""", RegexOptions.Multiline)]
    private static partial Regex Include();

    [GeneratedRegex("""^#define (\w+)\(([^)]*)\)((?:.*\\\n)*.*)$""", RegexOptions.Multiline)]
    private static partial Regex Define();

    [GeneratedRegex("""__asm__\s*(?:volatile)?\s*\(((?:\s*"(?:[^"\\]|\\.)*")+)""")]
    private static partial Regex Asm();

    [GeneratedRegex("\"((?:[^\"\\\\]|\\\\.)*)\"")]
    private static partial Regex Literal();

    [GeneratedRegex("""%([wx]?)(?:(\d)|\[\w+\])""")]
    private static partial Regex Operand();

    [GeneratedRegex("""^\s*[\w.]+:""")]
    private static partial Regex Label();

    [GeneratedRegex(""";|\\n|\\t""")]
    private static partial Regex Separator();

    [GeneratedRegex("""//.*$|/\*.*?\*/""")]
    private static partial Regex Comment();

    [GeneratedRegex("""\s+""")]
    private static partial Regex Blanks();

    [GeneratedRegex("""(?:"(?:[^"\\]|\\.)*"|\([^()]*\)|[^,()"])+""")]
    private static partial Regex Argument();

    private sealed record Macro(string Name, string[] Parameters, string Body)
    {
        // The body for each use, with its arguments.
        public IEnumerable<string> UsesIn(string code)
        {
            foreach (Match use in Regex.Matches(code, $$"""\b{{Name}}\(((?:"(?:[^"\\]|\\.)*"|\((?:[^()]|\([^()]*\))*\)|[^()"])*)\)"""))
            {
                IEnumerable<string> arguments = Argument().Matches(use.Groups[1].Value).Select(a => a.Value.Trim());
                yield return Parameters.Zip(arguments).Where(p => p.First.Length > 0).Aggregate(Body, Substitute);
            }
        }

        private static string Substitute(string body, (string Parameter, string Argument) given) =>
            Regex.Replace(body, $@"(#?)\b{given.Parameter}\b", word => word.Groups[1].Length > 0 ? $"\"{given.Argument}\"" : given.Argument);
    }
}
