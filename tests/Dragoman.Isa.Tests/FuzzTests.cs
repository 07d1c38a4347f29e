using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Tests;

/// <summary>Mutated descriptions never make the compiler throw or hang: they are diagnosed.</summary>
public sealed class FuzzTests
{
    private static readonly string[] s_fragments =
        ["{", "}", "(", ")", "[", "]", "<", ">", "\"", "{{", ";", ",", ":", "=>", "=", "match", "insn", "for", "0b1?", "_", "test", "\n", "//", "///", "..", "\\", "fn f(", "-", "0x", "🙂"];

    private static readonly string[] s_files =
        [.. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "aarch64"), "*.isa").Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Mutated_files_are_diagnosed(int seed)
    {
        var random = new Random(seed);
        for (int round = 0; round < 60; round++)
        {
            string text = File.ReadAllText(s_files[random.Next(s_files.Length)]);
            for (int i = random.Next(1, 8); i > 0; i--)
            {
                text = Mutate(text, random);
            }

            IsaResult result = IsaCompiler.Compile([new IsaSource("fuzz.isa", text)], ["decoder"]);
            Assert.All(result.Diagnostics, d => Assert.True(d.Span.StartLine >= 1 && d.Span.StartColumn >= 1));
        }
    }

    [Theory]
    [InlineData("(")]
    [InlineData("-")]
    [InlineData("a ? ")]
    [InlineData("a[")]
    [InlineData("\"{")]
    [InlineData("f(")]
    [InlineData("match a { 0: ")]
    [InlineData("x => ")]
    [InlineData("a + (")]
    public void Deep_nesting_is_refused(string opening)
    {
        var diagnostics = new DiagnosticBag();
        Parser.Parse("deep.isa", "const X = " + string.Concat(Enumerable.Repeat(opening, 50_000)), diagnostics);
        Assert.NotEmpty(diagnostics.Items);
    }

    [Theory]
    [InlineData("if a { ")]
    [InlineData("{")]
    [InlineData("if a { } else ")]
    public void Deeply_nested_statements_are_refused(string opening)
    {
        var diagnostics = new DiagnosticBag();
        Parser.Parse("deep.isa", "fn f(a) { " + string.Concat(Enumerable.Repeat(opening, 50_000)), diagnostics);
        Assert.NotEmpty(diagnostics.Items);
    }

    private static string Mutate(string text, Random random)
    {
        int at = random.Next(text.Length);
        int length = Math.Min(random.Next(1, 30), text.Length - at);
        return random.Next(5) switch
        {
            0 => text.Remove(at, length),
            1 => text.Insert(at, s_fragments[random.Next(s_fragments.Length)]),
            2 => text.Insert(at, text.Substring(random.Next(text.Length - length), length)),
            3 => text.Remove(at, 1).Insert(at, ((char)random.Next(32, 127)).ToString()),
            _ => text[..at],
        } + "\n";
    }
}
