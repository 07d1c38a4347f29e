using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

// Instructions with rows, and the kinds of operands that rows name.
public sealed partial class Parser
{
    private static readonly HashSet<string> s_rowPrefixes = ["VEX", "EVEX", "XOP", "NP", "NFx", "REX"];

    private Item ParseOperand()
    {
        Token first = Advance();
        Name name = ExpectOperandName();
        Name? form = IsWord("memory") || IsWord("register") ? ExpectName() : null;
        if (IsSymbol(":") && Peek(1).Kind == TokenKind.Number)
        {
            return ParseOperandForm(first, name);
        }

        Name? width = TakeSymbol(":") ? ExpectName("the name of a size") : null;
        Expect("=");
        Expression value = ParseExpression();
        return new OperandItem(SpanSince(first.Span), name, first.Documentation, form, width, value);
    }

    // The manual has an operand '1'.
    private Name ExpectOperandName()
    {
        if (Current.Kind == TokenKind.Number)
        {
            Token number = Advance();
            return new Name(number.Span, number.Text);
        }

        return ExpectName("the name of an operand");
    }

    private RowInstructionItem ParseRowInstruction(Token first, Name name)
    {
        List<OperandParameter> operands = TakeSymbol("(") ? ParseList(")", ParseOperandParameter) : [];
        bool lockable = false;
        bool implicitly = false;
        RepeatClause? repeat = null;
        List<FeatureClause> features = [];
        List<LetStatement> lets = [];
        Name? group = null;
        Expression? asm = null;
        while (Current.Kind == TokenKind.Identifier && !AtItemStart)
        {
            Token clause = Current;
            switch (clause.Text)
            {
                case "lockable":
                    Advance();
                    lockable = true;
                    implicitly = TakeWord("implicit");
                    break;
                case "rep":
                    Advance();
                    repeat = new RepeatClause(clause.Span, TakeWord("while") ? ParseConditional() : null);
                    break;
                case "feature":
                    Advance();
                    features.Add(new FeatureClause(ExpectName(), TakeWord("else") && ExpectWord("nop")));
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
                default:
                    ReportExpected("lockable, rep, feature, let, group, asm or the body in braces");
                    break;
            }

            TakeSymbol(";");
            if (_lastError == _position)
            {
                SkipClause();
            }
        }

        BlockStatement body = ParseBlock();
        List<RowSyntax> rows = [];
        while (IsWord("row"))
        {
            rows.Add(ParseRow());
        }

        TextSpan span = SpanSince(first.Span);
        List<TestCase> tests = [];
        while (IsWord("test"))
        {
            tests.Add(ParseTest());
        }

        return new RowInstructionItem(span, name, first.Documentation, operands, lockable, implicitly, repeat, features, lets, group, asm, body, rows, tests);
    }

    private OperandParameter ParseOperandParameter()
    {
        Name name = ExpectName("the name of an operand");
        string access = TakeSymbol(":") ? ExpectName("r, w or rw").Text : "r";
        if (access is not ("r" or "w" or "rw"))
        {
            _diagnostics.Report(Rules.Expected, Previous.Span, "r, w or rw", $"'{access}'");
        }

        return new OperandParameter(name, access.Contains('r'), access.Contains('w'));
    }

    private RowSyntax ParseRow()
    {
        TextSpan start = Advance().Span;
        List<Name> operands = [];
        while (!IsSymbol("=") && !AtEnd && !AtItemStart)
        {
            operands.Add(ExpectOperandName());
            if (!TakeSymbol(","))
            {
                break;
            }
        }

        Expect("=");
        List<Name> prefix = [];
        List<int> bytes = [];
        List<Name> immediates = [];
        List<Expression> when = [];
        List<Expression> unallocated = [];
        List<FeatureClause> features = [];
        int openIn = -1;
        int openBits = 3;
        int? digit = null;
        while (!AtEnd && !AtItemStart && !IsWord("row") && !IsWord("test") && !IsSymbol(";"))
        {
            Token token = Current;
            if (IsByte(token))
            {
                bytes.Add(ExpectByte());
                if (TakeSymbol("+"))
                {
                    openIn = bytes.Count - 1;
                    openBits = ExpectName("r, i or cc").Text == "cc" ? 4 : 3;
                }
            }
            else if (token.Kind == TokenKind.Identifier && s_rowPrefixes.Contains(token.Text) && prefix.Count == 0)
            {
                prefix.Add(ExpectName());
                while (TakeSymbol("."))
                {
                    Token part = Advance();
                    prefix.Add(new Name(part.Span, part.Text));
                }

                // The opcode map of a vector prefix stands behind its dots: VEX.128.66.0F.W0.
            }
            else if (TakeSymbol("/"))
            {
                digit = TakeWord("r") ? -1 : ExpectInteger("r or a digit");
            }
            else if (TakeWord("when"))
            {
                when.Add(ParseConditional());
            }
            else if (TakeWord("unallocated"))
            {
                unallocated.Add(ParseConditional());
            }
            else if (TakeWord("feature"))
            {
                features.Add(new FeatureClause(ExpectName(), false));
            }
            else if (token.Kind == TokenKind.Identifier && token.Text.Length > 1 && token.Text[0] == 'i')
            {
                Advance();
                immediates.Add(new Name(token.Span, token.Text.Substring(1)));
            }
            else
            {
                ReportExpected("the encoding of a row");
                break;
            }
        }

        TakeSymbol(";");
        if (bytes.Count == 0)
        {
            ReportExpected("an opcode");
        }

        if (_lastError == _position)
        {
            SkipRow();
        }

        return new RowSyntax(SpanSince(start), operands, prefix, bytes, openIn, openBits, digit, immediates, when, unallocated, features);
    }

    private void SkipRow()
    {
        while (!AtEnd && !AtItemStart && !IsWord("row") && !IsWord("test"))
        {
            Advance();
        }
    }
}
