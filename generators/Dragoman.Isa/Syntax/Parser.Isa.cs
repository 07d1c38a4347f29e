using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private IsaEntry? ParseIsaEntry()
    {
        Token first = Current;
        switch (ExpectName("an entry of the isa block").Text)
        {
            case "insn":
                bool bytes = TakeWord("bytes");
                int size = ExpectInteger();
                bool big = TakeWord("big");
                TakeIf(!big && IsWord("little"));
                return new UnitEntry(SpanSince(first.Span), size, bytes, big);
            case "elf":
                return new ElfEntry(SpanSince(first.Span), ExpectInteger());
            case "memory":
                return new MemoryEntry(SpanSince(first.Span), ParseBraces(ParseSetting));
            case "reg":
                return ParseRegister(first.Span);
            case "pc":
                return new PcEntry(SpanSince(first.Span), ExpectName());
            case "flags":
                Name flags = ExpectName();
                Expect("{");
                List<Name> names = ParseList("}", () => ExpectName(), separatorRequired: false);
                return new FlagsEntry(SpanSince(first.Span), flags, names);
            case "tbstate":
                return new TbStateEntry(SpanSince(first.Span), ParseBraces(ParseTbStateField));
            case "fpenv":
                Name env = ExpectName();
                return new FpEnvEntry(SpanSince(first.Span), env, ParseBraces(ParseSetting));
            case "exceptions":
                return new ExceptionsEntry(SpanSince(first.Span), ParseBraces(() =>
                {
                    Name name = ExpectName();
                    Expect(":");
                    return new ExceptionName(name, ExpectName());
                }));
            case "":
                return null;
            case "prefixes" or "mandatory" or "maps" or "modrm" or "sib" or "disp" or "widths" or "parts":
                return ParseByteEntry(first);
            default:
                _lastError = _position;
                _diagnostics.Report(Rules.Expected, first.Span, "insn, elf, memory, reg, pc, flags, tbstate, fpenv or exceptions", first.Description);
                return null;
        }
    }

    private RegisterEntry ParseRegister(TextSpan start)
    {
        Name name = ExpectName();
        Expression? count = null;
        if (TakeSymbol("["))
        {
            count = ParseExpression();
            Expect("]");
        }

        Expect(":");
        TypeSyntax type = ParseType();
        List<Name> names = [];
        if (TakeWord("names"))
        {
            do
            {
                names.Add(ExpectName("the name of an element"));
            }
            while (TakeSymbol(","));
        }

        bool memory = IsWord("memory") && !IsSymbol(Peek(1), "{");
        TakeIf(memory);
        bool system = TakeWord("system");
        bool shared = TakeWord("shared");
        List<RegisterPart> parts = [];
        if (TakeSymbol("{"))
        {
            parts = ParseList("}", () =>
            {
                Name part = ExpectName();
                Expect(":");
                int high = ExpectInteger();
                int low = TakeSymbol(":") ? ExpectInteger() : high;
                return new RegisterPart(SpanSince(part.Span), part, high, low);
            });
        }

        return new RegisterEntry(SpanSince(start), name, count, type, memory, parts, names) { IsSystem = system, IsShared = shared };
    }

    private TbStateField ParseTbStateField()
    {
        Name name = ExpectName();
        Expect(":");
        int width = ExpectInteger();
        Expect("=");
        Expression value = ParseExpression();
        return new TbStateField(SpanSince(name.Span), name, width, value);
    }

    private Setting ParseSetting()
    {
        Name name = ExpectName("a setting");
        if (IsSymbol("{"))
        {
            if (!Enter())
            {
                Leave();
                return new Setting(name.Span, name, null, []);
            }

            List<Setting> children = ParseBraces(ParseSetting);
            Leave();
            return new Setting(SpanSince(name.Span), name, null, children);
        }

        Expression value = ParseExpression();
        return new Setting(SpanSince(name.Span), name, value, []);
    }
}
