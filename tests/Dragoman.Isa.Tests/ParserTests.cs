using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Tests;

/// <summary>What the parser makes of each form, printed back with every grouping shown.</summary>
public sealed class ParserTests
{
    [Theory]
    [InlineData("a + b * c", "(a Add (b Multiply c))")]
    [InlineData("a - b - c", "((a Subtract b) Subtract c)")]
    [InlineData("a << 1 + b", "(a ShiftLeft (1 Add b))")]
    [InlineData("a & m == 0", "((a And m) Equal 0)")]
    [InlineData("a | b ^ c & d", "(a Or (b Xor (c And d)))")]
    [InlineData("a < b == c < d", "((a Less b) Equal (c Less d))")]
    [InlineData("a && b || c && d", "((a AndAlso b) OrElse (c AndAlso d))")]
    [InlineData("a ? b : c ? d : e", "(a ? b : (c ? d : e))")]
    [InlineData("-a[3]", "(Negate a[3])")]
    [InlineData("!a && ~b == c", "((Not a) AndAlso ((Complement b) Equal c))")]
    [InlineData("a <u b", "(a LessU b)")]
    [InlineData("a <s b", "(a LessS b)")]
    [InlineData("a < s", "(a Less s)")]
    [InlineData("a >>s b", "(a ShiftRightS b)")]
    [InlineData("a >>> b", "(a RotateRight b)")]
    [InlineData("a /u b %s c", "((a DivideU b) RemainderS c)")]
    [InlineData("a >=s b", "(a GreaterOrEqualS b)")]
    [InlineData("x[hi:lo]", "x[hi:lo]")]
    [InlineData("x[8*k +: 8]", "x[(8 Multiply k) +: 8]")]
    [InlineData("x[c ? 1 : 2]", "x[(c ? 1 : 2)]")]
    [InlineData("x[c ? 3 : 2 : 1]", "x[(c ? 3 : 2):1]")]
    [InlineData("FPCR.RMode", "FPCR.RMode")]
    [InlineData("lo<s>(x)", "lo<s>(x)")]
    [InlineData("sx<2*e+2>(a) * b", "(sx<((2 Multiply e) Add 2)>(a) Multiply b)")]
    [InlineData("low < x", "(low Less x)")]
    [InlineData("rmw.add[o]<n>(B(rn), v, align, atom 64)", "rmw.add[o]<n>(B(rn), v; align, atom 64)")]
    [InlineData("fadd[fp with round = 3]<n>(a, b)", "fadd[fp with round = 3]<n>(a, b)")]
    [InlineData("f2si.sat<32, n>[fp with round = r](x)", "f2si.sat[fp with round = r]<32, n>(x)")]
    [InlineData("order(acq: A && t != 31, rel: R)", "order(acq: (A AndAlso (t NotEqual 31)), rel: R)")]
    [InlineData("map<e>(v, a => a + 1)", "map<e>(v, (a) => (a Add 1))")]
    [InlineData("map<8>(v, w, (k, a, b) => (a, b))", "map<8>(v, w, (k, a, b) => (a, b))")]
    [InlineData("vec<e>(k in 0..n/e: V(k))", "vec<e>(k in 0..(n Divide e): V(k))")]
    [InlineData("fence(match t { 1: r -> rw, _: rw -> rw })", "fence(match t { 1: r -> rw, _: rw -> rw })")]
    [InlineData("match e { 0: a, 1 | 2: b, 0b1??0: c, 4..7: d, _: unallocated }", "match e { 0: a, 1 | 2: b, 1001/1000: c, 4..7: d, _: unallocated }")]
    [InlineData("match s { 0b10: 1, _: 2 } + 1", "(match s { 2: 1, _: 2 } Add 1)")]
    [InlineData("\"add {x}, {{{y:hex}}}\"", "\"add {x}, [{y:hex}]\"")]
    [InlineData("\"{c ? \"a{b}\" : \"}}\"}\"", "\"{(c ? \"a{b}\" : \"]\")}\"")]
    [InlineData("0x8000_0000_0000_0000", "9223372036854775808")]
    public void Expressions_group_as_the_reference_says(string text, string expected)
    {
        var diagnostics = new DiagnosticBag();
        SourceFile file = Parser.Parse("a.isa", $"const X = {text}", diagnostics);
        Assert.Empty(diagnostics.Items);
        Assert.Equal(expected, SyntaxText.Print(Assert.IsType<ConstItem>(Assert.Single(file.Items)).Value));
    }

    [Fact]
    public void Spans_count_lines_and_columns_from_one()
    {
        SourceFile file = Parser.Parse("a.isa", "\n  const X =\n    abc + 12\n", new DiagnosticBag());
        var sum = (BinaryExpression)((ConstItem)file.Items[0]).Value;
        Assert.Equal(new TextSpan("a.isa", 3, 5, 3, 13), sum.Span);
        Assert.Equal(new TextSpan("a.isa", 3, 11, 3, 13), sum.Right.Span);
    }

    [Fact]
    public void Spans_in_string_holes_are_those_of_the_file()
    {
        SourceFile file = Parser.Parse("a.isa", "const X =\n  \"a{ foo }b\"\n", new DiagnosticBag());
        var text = (StringExpression)((ConstItem)file.Items[0]).Value;
        Assert.Equal(new TextSpan("a.isa", 2, 7, 2, 10), ((HolePart)text.Parts[1]).Value.Span);
    }

    [Fact]
    public void A_wrong_statement_does_not_hide_the_next_ones()
    {
        const string Text = """
            fn f(a) {
              let x = * 3;
              let y = a;
              if y { let 5 = 1; } else { y }
            }
            const K = 1
            """;
        var diagnostics = new DiagnosticBag();
        SourceFile file = Parser.Parse("a.isa", Text, diagnostics);
        Assert.Equal([2, 4], diagnostics.Items.Select(d => d.Span.StartLine));
        Assert.Equal(["f", "K"], file.Items.Select(i => i.Name.Text));
        Assert.Equal(3, ((FunctionItem)file.Items[0]).Body!.Statements.Count);
    }

    [Fact]
    public void An_unclosed_brace_ends_at_the_next_item()
    {
        var diagnostics = new DiagnosticBag();
        SourceFile file = Parser.Parse("a.isa", "fn f(a) {\n  if a { nop\n\nconst K = 1\nconst L = 2\n", diagnostics);
        Assert.Single(diagnostics.Items);
        Assert.Equal(["f", "K", "L"], file.Items.Select(i => i.Name.Text));
    }

    [Fact]
    public void Documentation_belongs_to_the_item_after_it()
    {
        SourceFile file = Parser.Parse("a.isa", "/// C6.1\n/// two lines\nconst A = 1 // no\nconst B = 2", new DiagnosticBag());
        Assert.Equal("C6.1\ntwo lines", file.Items[0].Documentation);
        Assert.Null(file.Items[1].Documentation);
    }
}
