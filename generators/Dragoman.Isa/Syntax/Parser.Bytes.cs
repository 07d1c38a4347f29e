using System.Globalization;
using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

// Instructions that are strings of bytes: prefixes, maps and sizes in the isa block.
public sealed partial class Parser
{
    /// <summary>The rest of an entry of the isa block that begins with <paramref name="first"/>, or null if the word begins none.</summary>
    private IsaEntry? ParseByteEntry(Token first)
    {
        switch (first.Text)
        {
            case "prefixes":
                return new PrefixesEntry(SpanSince(first.Span), ParseBraces(ParsePrefix));
            case "mandatory":
                Expect("{");
                List<(int, int)> mandatory = ParseList("}", () => (ExpectByte(), ExpectColonInteger()), separatorRequired: false);
                return new MandatoryEntry(SpanSince(first.Span), mandatory);
            case "maps":
                Expect("{");
                List<(IReadOnlyList<int>, int)> maps = ParseList<(IReadOnlyList<int>, int)>("}", () =>
                {
                    List<int> escape = [ExpectByte()];
                    while (!IsSymbol(":") && IsByte(Current))
                    {
                        escape.Add(ExpectByte());
                    }

                    return (escape, ExpectColonInteger());
                }, separatorRequired: false);
                return new MapsEntry(SpanSince(first.Span), maps);
            case "modrm" or "sib":
                List<BitField> fields = ParseBitFields();
                Expression? when = TakeWord("when") ? ParseConditional() : null;
                return new FieldByteEntry(SpanSince(first.Span), first.Text == "sib", fields, when);
            case "disp":
                return new DisplacementEntry(SpanSince(first.Span), ParseExpression());
            case "widths":
                return new WidthsEntry(SpanSince(first.Span), ParseBraces(() =>
                {
                    Name name = ExpectName("the name of a size");
                    Expect("=");
                    Expression value = ParseExpression();
                    return new WidthSyntax(name.Span, name, value, TakeWord("each"));
                }));
            case "parts":
                return new PartsEntry(SpanSince(first.Span), ParseExpression());
            default:
                return null;
        }
    }

    private PrefixSyntax ParsePrefix()
    {
        TextSpan start = Current.Span;
        List<(int, int)> bytes = [];
        do
        {
            int from = ExpectByte();
            bytes.Add((from, TakeSymbol("..") ? ExpectByte() : from));
        }
        while (TakeSymbol("|"));
        Expect(":");
        Name name = ExpectName("the name of the prefix");
        List<BitField> fields = IsSymbol("{") ? ParseBitFields() : [];
        int? map = null;
        Expression? when = null;
        Expression? unallocated = null;
        bool last = false;
        bool atomic = false;
        Name? repeats = null;
        while (true)
        {
            if (TakeWord("map"))
            {
                map = ExpectInteger();
            }
            else if (TakeWord("when"))
            {
                when = ParseConditional();
            }
            else if (TakeWord("unallocated"))
            {
                unallocated = ParseConditional();
            }
            else if (TakeWord("last"))
            {
                last = true;
            }
            else if (TakeWord("atomic"))
            {
                atomic = true;
            }
            else if (TakeWord("repeats"))
            {
                repeats = ExpectName("the view that counts");
            }
            else
            {
                return new PrefixSyntax(SpanSince(start), bytes, name, fields, map, when, unallocated, last, atomic, repeats);
            }
        }
    }

    private List<BitField> ParseBitFields()
    {
        Expect("{");
        return ParseList("}", () =>
        {
            TextSpan start = Current.Span;
            bool inverted = TakeSymbol("~");
            Name name = ExpectName("a field");
            int width = TakeSymbol(":") ? ExpectInteger("a field width") : 1;
            return new BitField(SpanSince(start), name, width, inverted);
        }, separatorRequired: false);
    }

    private int ExpectColonInteger()
    {
        Expect(":");
        return ExpectInteger();
    }

    private static bool IsByte(Token token) =>
        token.Kind is TokenKind.Number or TokenKind.Identifier && token.Text.Length == 2 && token.Text.All(c => Uri.IsHexDigit(c) && !char.IsLower(c));

    private int ExpectByte()
    {
        if (IsByte(Current))
        {
            return int.Parse(Advance().Text, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        }

        ReportExpected("a byte of two hexadecimal digits");
        return 0;
    }
}
