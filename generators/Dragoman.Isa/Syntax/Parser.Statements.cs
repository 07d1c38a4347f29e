using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    private BlockStatement ParseBlock()
    {
        TextSpan start = Current.Span;
        List<Statement> statements = [];
        if (!Expect("{"))
        {
            return new BlockStatement(start, statements);
        }

        while (!AtEnd && !IsSymbol("}") && !AtItemStart)
        {
            if (TakeSymbol(";"))
            {
                continue;
            }

            int before = _position;
            int error = _lastError;
            Statement statement = ParseStatement();
            statements.Add(statement);
            if (_lastError != error)
            {
                SkipEntry();
            }
            else if (!IsSymbol("}") && !TakeSymbol(";") && !EndsWithBlock(statement))
            {
                ReportHere(Rules.MissingSeparator, Current.Description);
            }

            if (_position == before)
            {
                Advance();
            }
        }

        Expect("}");
        return new BlockStatement(SpanSince(start), statements);
    }

    private static bool EndsWithBlock(Statement statement) => statement is BlockStatement or IfStatement or ForStatement;

    private Statement ParseStatement()
    {
        if (!Enter())
        {
            Leave();
            return new NopStatement(Advance().Span);
        }

        try
        {
            return ParseStatementCore();
        }
        finally
        {
            Leave();
        }
    }

    private Statement ParseStatementCore()
    {
        TextSpan start = Current.Span;
        if (IsSymbol("{"))
        {
            return ParseBlock();
        }

        if (Current.Kind == TokenKind.Identifier)
        {
            switch (Current.Text)
            {
                case "let" or "var" when !IsSymbol(Peek(1), "="):
                    return ParseLet();
                case "if":
                    return ParseIf();
                case "for":
                    return ParseFor();
                case "return":
                    Advance();
                    Expression? value = IsSymbol(";") || IsSymbol("}") ? null : ParseExpression();
                    return new ReturnStatement(SpanSince(start), value);
                case "raise":
                    return ParseRaise();
                case "branch":
                    return ParseBranch();
                case "end_tb":
                    return new EndTbStatement(Advance().Span);
                case "nop":
                    return new NopStatement(Advance().Span);
            }
        }

        Expression target = ParseExpression();
        bool sticky = IsSymbol("|=");
        if (sticky || IsSymbol("="))
        {
            Advance();
            Expression assigned = ParseExpression();
            return new AssignStatement(SpanSince(start), target, sticky, assigned);
        }

        return new ExpressionStatement(target.Span, target);
    }

    private LetStatement ParseLet()
    {
        TextSpan start = Current.Span;
        bool variable = Advance().Text == "var";
        List<Name> names = TakeSymbol("(") ? ParseList(")", () => ExpectName()) : [ExpectName()];
        TypeSyntax? type = TakeSymbol(":") ? ParseType() : null;
        Expect("=");
        Expression value = ParseExpression();
        return new LetStatement(SpanSince(start), variable, names, type, value);
    }

    private IfStatement ParseIf()
    {
        TextSpan start = Advance().Span;
        Expression condition = ParseExpression();
        BlockStatement then = ParseBlock();
        BlockStatement? otherwise = null;
        if (TakeWord("else"))
        {
            if (IsWord("if"))
            {
                Statement chained = ParseStatement();
                otherwise = new BlockStatement(chained.Span, [chained]);
            }
            else
            {
                otherwise = ParseBlock();
            }
        }

        return new IfStatement(SpanSince(start), condition, then, otherwise);
    }

    private ForStatement ParseFor()
    {
        TextSpan start = Advance().Span;
        Name variable = ExpectName();
        ExpectWord("in");
        Expression from = ParseExpression();
        Expect("..");
        Expression to = ParseExpression();
        BlockStatement body = ParseBlock();
        return new ForStatement(SpanSince(start), variable, from, to, body);
    }

    private RaiseStatement ParseRaise()
    {
        TextSpan start = Advance().Span;
        bool after = TakeSymbol(".") && ExpectWord("after");
        Name exception = ExpectName("the name of an exception");
        List<Expression> arguments = TakeSymbol("(") ? ParseList(")", ParseExpression) : [];
        return new RaiseStatement(SpanSince(start), after, exception, arguments);
    }

    private BranchStatement ParseBranch()
    {
        TextSpan start = Advance().Span;
        BranchKind kind = BranchKind.Jump;
        if (TakeSymbol("."))
        {
            kind = IsWord("call") ? BranchKind.Call : BranchKind.Return;
            TakeIf(IsWord("call") || IsWord("ret") || !ExpectWord("ret"));
        }

        Expect("(");
        Expression target = ParseExpression();
        Expect(")");
        return new BranchStatement(SpanSince(start), kind, target);
    }

    private TypeSyntax ParseType()
    {
        Token token = Current;
        if (TakeSymbol("("))
        {
            List<TypeSyntax> elements = ParseList(")", ParseType);
            return new TupleTypeSyntax(SpanSince(token.Span), elements);
        }

        Name name = ExpectName("a type");
        if (name.Text == "u" && TakeSymbol("("))
        {
            Expression width = ParseExpression();
            Expect(")");
            return new BitsTypeSyntax(SpanSince(token.Span), width);
        }

        if (name.Text.Length is > 1 and < 5 && name.Text[0] == 'u' && name.Text.Skip(1).All(char.IsDigit))
        {
            return new BitsTypeSyntax(token.Span, new NumberExpression(token.Span, int.Parse(name.Text.Substring(1)), 0));
        }

        if (name.Text is not ("int" or "bool" or "str" or "void" or ""))
        {
            _diagnostics.Report(Rules.Expected, name.Span, "a type (int, bool, str, u1 to u128, u(expr))", token.Description);
        }

        return new NamedTypeSyntax(token.Span, name.Text);
    }
}
