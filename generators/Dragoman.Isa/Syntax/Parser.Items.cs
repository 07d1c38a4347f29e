using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private static readonly HashSet<string> s_itemWords =
        ["isa", "const", "fn", "static", "view", "producer", "condition", "helper", "table", "cpu", "needs", "group", "operand", "insn", "test"];

    private static readonly HashSet<string> s_effects = ["pure", "reads_state", "writes_state", "may_raise", "memory", "tlb", "device", "shared"];

    /// <summary>An item's word at the start of a line: where parsing goes on after an unclosed brace.</summary>
    private bool AtItemStart => Current.StartsLine && Current.Kind == TokenKind.Identifier && s_itemWords.Contains(Current.Text);

    private List<Item> ParseItems()
    {
        List<Item> items = [];
        while (!AtEnd)
        {
            int before = _position;
            int error = _lastError;
            if (ParseItem() is { } item)
            {
                items.Add(item);
            }

            if (_lastError != error || _position == before)
            {
                SkipToItem(_position == before);
            }

            while (TakeSymbol(";"))
            {
            }
        }

        return items;
    }

    private void SkipToItem(bool atLeastOne)
    {
        if (atLeastOne)
        {
            Advance();
        }

        while (!AtEnd && !AtItemStart)
        {
            Advance();
        }
    }

    private Item? ParseItem()
    {
        Token first = Current;
        string? doc = first.Documentation;
        switch (first.Kind == TokenKind.Identifier ? first.Text : "")
        {
            case "isa":
                Advance();
                Name isa = ExpectName();
                List<IsaEntry> entries = ParseBraces(ParseIsaEntry);
                return new IsaItem(SpanSince(first.Span), isa, doc, entries);
            case "const":
                Advance();
                Name constant = ExpectName();
                Expect("=");
                Expression value = ParseExpression();
                return new ConstItem(SpanSince(first.Span), constant, doc, value);
            case "static":
                Advance();
                return ExpectWord("fn") ? ParseFunction(first, isStatic: true) : null;
            case "fn":
                Advance();
                return ParseFunction(first, isStatic: false);
            case "view":
                Advance();
                Name view = ExpectName();
                List<Parameter> parameters = TakeSymbol("(") ? ParseList(")", ParseParameter) : [];
                return new ViewItem(SpanSince(first.Span), view, doc, parameters, ParseAccessors());
            case "producer":
                return ParseProducer();
            case "condition":
                return ParseCondition();
            case "helper":
                return ParseHelper();
            case "table":
                return ParseTable();
            case "cpu":
                return ParseCpu();
            case "needs":
                return ParseNeeds();
            case "group":
                return ParseGroup();
            case "operand":
                return ParseOperand();
            case "insn":
                return ParseInstruction();
            case "test":
                _diagnostics.Report(Rules.StrayTest, first.Span);
                ParseTest();
                return null;
            default:
                ReportHere(Rules.UnknownItem, first.Kind == TokenKind.String ? "a string" : first.Text);
                return null;
        }
    }

    private FunctionItem ParseFunction(Token first, bool isStatic)
    {
        Name name = ExpectName();
        Expect("(");
        List<Parameter> parameters = ParseList(")", ParseParameter);
        TypeSyntax? result = TakeSymbol("->") ? ParseType() : null;
        Expression? value = TakeSymbol("=") ? ParseExpression() : null;
        BlockStatement? body = value is null ? ParseBlock() : null;
        return new FunctionItem(SpanSince(first.Span), name, first.Documentation, isStatic, parameters, result, value, body);
    }

    private Parameter ParseParameter()
    {
        TextSpan start = Current.Span;
        bool inOut = IsWord("inout") && Peek(1).Kind == TokenKind.Identifier;
        TakeIf(inOut);
        Name name = ExpectName();
        TypeSyntax? type = TakeSymbol(":") ? ParseType() : null;
        return new Parameter(SpanSince(start), name, type, inOut);
    }

    private List<Parameter> ParseParameters()
    {
        Expect("(");
        return ParseList(")", ParseParameter);
    }

    private Accessors ParseAccessors()
    {
        TextSpan start = Current.Span;
        Expression? get = null;
        BlockStatement? getBody = null;
        Name? setParameter = null;
        Statement? set = null;
        Expression? address = null;
        Expression? text = null;
        bool aligned = false;
        Expect("{");
        while (IsWord("get") || IsWord("set") || IsWord("address") || IsWord("text"))
        {
            string accessor = Advance().Text;
            if (accessor == "address")
            {
                address = ParseExpression();
                aligned = TakeWord("align");
            }
            else if (accessor == "text")
            {
                text = ParseExpression();
            }
            else if (accessor == "get")
            {
                getBody = IsSymbol("{") ? ParseBlock() : null;
                get = getBody is null ? ParseExpression() : null;
            }
            else
            {
                setParameter = ExpectName();
                Expect("=>");
                set = ParseStatement();
            }

            TakeSymbol(";");
        }

        Expect("}");
        return new Accessors(SpanSince(start), get, getBody, setParameter, set) { Address = address, IsAligned = aligned, Text = text };
    }

    private ProducerItem ParseProducer()
    {
        Token first = Advance();
        Name name = ExpectName();
        List<Parameter> parameters = ParseParameters();
        ExpectWord("of");
        Name flags = ExpectName();
        BlockStatement body = ParseBlock();
        return new ProducerItem(SpanSince(first.Span), name, first.Documentation, parameters, flags, body);
    }

    private ConditionItem ParseCondition()
    {
        Token first = Advance();
        Name name = ExpectName();
        List<Parameter> parameters = ParseParameters();
        ExpectWord("of");
        Name flags = ExpectName();
        Expect("=");
        Expression value = ParseExpression();
        List<AfterForm> after = [];
        while (IsWord("after"))
        {
            TextSpan start = Advance().Span;
            Name producer = ExpectName();
            List<Parameter> known = ParseParameters();
            List<MatchArm> arms = ParseMatchArms();
            after.Add(new AfterForm(SpanSince(start), producer, known, arms));
        }

        return new ConditionItem(SpanSince(first.Span), name, first.Documentation, parameters, flags, value, after);
    }

    private HelperItem ParseHelper()
    {
        Token first = Advance();
        TypeSyntax result = ParseType();
        Name name = ExpectName();
        Expect("(");
        List<Parameter> parameters = ParseList(")", () =>
        {
            TextSpan start = Current.Span;
            TypeSyntax type = ParseType();
            Name parameter = ExpectName();
            return new Parameter(SpanSince(start), parameter, type, false);
        });
        List<Name> effects = [];
        while (Current.Kind == TokenKind.Identifier && s_effects.Contains(Current.Text))
        {
            effects.Add(ExpectName());
            TakeIf(IsSymbol("|") || IsSymbol(","));
        }

        return new HelperItem(SpanSince(first.Span), name, first.Documentation, result, parameters, effects);
    }

    private TableItem ParseTable()
    {
        Token first = Advance();
        Name name = ExpectName();
        Expect("(");
        List<TableKey> keys = ParseList(")", () =>
        {
            Name key = ExpectName();
            Expect(":");
            return new TableKey(key, ExpectInteger());
        });
        List<TableRow> rows = ParseBraces(ParseTableRow);
        return new TableItem(SpanSince(first.Span), name, first.Documentation, keys, rows);
    }

    private TableRow ParseTableRow()
    {
        TextSpan start = Current.Span;
        List<NumberExpression?> key = [];
        while (Current.Kind == TokenKind.Number || IsWord("_"))
        {
            key.Add(TakeWord("_") ? null : ParseNumber());
        }

        Name name = ExpectName("a register name");
        List<Name> access = [];
        while (Current.Kind == TokenKind.Identifier && !AtItemStart)
        {
            access.Add(ExpectName());
        }

        Accessors? accessors = IsSymbol("{") ? ParseAccessors() : null;
        if (accessors is null && !IsSymbol("}") && !IsSymbol(";"))
        {
            ReportExpected("';' after the row");
        }

        return new TableRow(SpanSince(start), key, name, access, accessors);
    }

    private GroupItem ParseGroup()
    {
        Token first = Advance();
        Name name = ExpectName();
        BlockStatement? before = null;
        BlockStatement? after = null;
        Expect("{");
        while (IsWord("before") || IsWord("after"))
        {
            if (Advance().Text == "before")
            {
                before = ParseBlock();
            }
            else
            {
                after = ParseBlock();
            }
        }

        Expect("}");
        return new GroupItem(SpanSince(first.Span), name, first.Documentation, before, after);
    }
}
