using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private Item ParseInstruction()
    {
        Token first = Advance();
        Name name = ExpectName();
        if (IsSymbol("(") || IsSymbol("{") || IsWord("lockable") || IsWord("rep") || IsWord("feature") || IsWord("let") || IsWord("group") || IsWord("asm"))
        {
            return ParseRowInstruction(first, name);
        }

        Expect("=");
        List<EncodingPart> pattern = ParseEncoding();
        List<ForClause> variables = [];
        List<Expression> when = [];
        List<Expression> unallocated = [];
        List<UnpredictableClause> unpredictable = [];
        List<FeatureClause> features = [];
        List<LetStatement> lets = [];
        List<AliasClause> aliases = [];
        Name? group = null;
        Expression? asm = null;
        while (Current.Kind == TokenKind.Identifier && !AtItemStart)
        {
            Token clause = Current;
            switch (clause.Text)
            {
                case "for":
                    Advance();
                    do
                    {
                        Name variable = ExpectName();
                        Expect("=");
                        variables.Add(new ForClause(variable, ParseConditional()));
                    }
                    while (TakeSymbol(","));
                    break;
                case "when":
                    Advance();
                    when.Add(ParseConditional());
                    break;
                case "unallocated":
                    Advance();
                    unallocated.Add(ParseConditional());
                    break;
                case "unpredictable":
                    Advance();
                    Expression condition = ParseConditional();
                    Expect("=>");
                    unpredictable.Add(new UnpredictableClause(condition, ParseChoice()));
                    break;
                case "feature":
                    Advance();
                    Name feature = ExpectName();
                    features.Add(new FeatureClause(feature, TakeWord("else") && ExpectWord("nop")));
                    break;
                case "let":
                    lets.Add(ParseLet());
                    break;
                case "group":
                    CheckOnce(clause, group is not null);
                    Advance();
                    group = ExpectName();
                    break;
                case "asm":
                    CheckOnce(clause, asm is not null);
                    Advance();
                    asm = ParseConditional();
                    break;
                case "alias":
                    Advance();
                    Expression text = ParseConditional();
                    aliases.Add(new AliasClause(text, TakeWord("when") ? ParseConditional() : null));
                    break;
                default:
                    ReportExpected("for, when, unallocated, unpredictable, feature, let, group, asm, alias or the body in braces");
                    break;
            }

            TakeSymbol(";");
            if (_lastError == _position)
            {
                SkipClause();
            }
        }

        BlockStatement body = ParseBlock();
        TextSpan span = SpanSince(first.Span);
        List<TestCase> tests = [];
        while (IsWord("test"))
        {
            tests.Add(ParseTest());
        }

        return new InstructionItem(
            span, name, first.Documentation, pattern, variables, when, unallocated, unpredictable, features, lets, group, asm, aliases, body, tests);
    }

    private void CheckOnce(Token clause, bool given)
    {
        if (given)
        {
            _diagnostics.Report(Rules.RepeatedClause, clause.Span, clause.Text);
        }
    }

    /// <summary>After a wrong clause: to the next one, or the body.</summary>
    private void SkipClause()
    {
        while (!AtEnd && !AtItemStart && !IsSymbol("{"))
        {
            Advance();
            if (Current.Kind == TokenKind.Identifier && Current.Text is "for" or "when" or "unallocated" or "unpredictable" or "feature" or "let" or "asm" or "alias")
            {
                return;
            }
        }
    }

    private UnpredictableChoice ParseChoice()
    {
        Token token = Current;
        switch (token.Kind == TokenKind.Identifier ? token.Text : "")
        {
            case "as_written":
                Advance();
                return UnpredictableChoice.AsWritten;
            case "undef":
                Advance();
                return UnpredictableChoice.Undefined;
            case "nop":
                Advance();
                return UnpredictableChoice.Nop;
            default:
                ReportExpected("as_written, undef or nop");
                return UnpredictableChoice.Undefined;
        }
    }

    private TestCase ParseTest()
    {
        TextSpan start = Advance().Span;
        Token code = Current;
        if (code.Kind is TokenKind.Number or TokenKind.Identifier && code.Text.All(Uri.IsHexDigit))
        {
            Advance();
        }
        else
        {
            ReportExpected("the instruction word in hexadecimal");
        }

        Token text = Current;
        if (text.Kind == TokenKind.String)
        {
            Advance();
        }
        else
        {
            ReportExpected("the instruction's text");
        }

        List<StateAssignment> before = [];
        List<StateAssignment> after = [];
        Expect("{");
        if (!IsSymbol("}"))
        {
            before = ParseStates();
            if (Expect("=>"))
            {
                after = ParseStates();
            }
        }

        if (_lastError == _position)
        {
            SkipEntry();
        }

        Expect("}");
        return new TestCase(SpanSince(start), new Name(code.Span, code.Text), text.Kind == TokenKind.String ? text.Text : "", text.Span, before, after);
    }

    private List<StateAssignment> ParseStates()
    {
        List<StateAssignment> states = [];
        while (!AtEnd && !IsSymbol("=>") && !IsSymbol("}"))
        {
            TextSpan start = Current.Span;
            Expression target;
            TypeSyntax? memory = null;
            if (TakeSymbol("["))
            {
                target = ParseConditional();
                Expect("]");
                Expect(":");
                memory = ParseType();
            }
            else
            {
                target = ParsePostfix();
            }

            Expect("=");
            Expression value = ParseConditional();
            states.Add(new StateAssignment(SpanSince(start), target, memory, value));
            if (!TakeSymbol(","))
            {
                break;
            }
        }

        return states;
    }
}
