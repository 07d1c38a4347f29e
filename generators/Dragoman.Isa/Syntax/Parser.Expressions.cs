using System.Globalization;
using System.Numerics;
using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Syntax;

public sealed partial class Parser
{
    /// <summary>Only after these names does <c>&lt;</c> open widths; anywhere else it compares.</summary>
    private static readonly HashSet<string> s_takesWidths =
    [
        "zx", "sx", "lo", "fill", "ssat", "usat", "usatu", "map", "vec", "fold",
        "load", "store", "ldx", "stx", "rmw", "cas", "probe",
        "fadd", "fsub", "fmul", "fdiv", "fsqrt", "fmin", "fmax", "fminnm", "fmaxnm", "fmulx", "fmadd", "fcmp", "fcmps", "feq", "fge", "fgt",
        "frint", "frintx", "fcvt", "f2si", "f2ui", "si2f", "ui2f", "frecpe", "frsqrte", "frecpx", "frecps", "frsqrts",
    ];

    /// <summary>Verbs that carry dotted modifiers.</summary>
    private static readonly HashSet<string> s_takesModifiers =
        ["load", "store", "ldx", "stx", "rmw", "cas", "probe", "monitor", "icache", "dcache", "f2si", "f2ui", "si2f",
            "fadd", "fsub", "fmul", "fdiv", "fsqrt", "fcvt", "fcmp", "x87"];

    private static readonly (string Symbol, BinaryOperator Operator)[][] s_levels =
    [
        [("||", BinaryOperator.OrElse)],
        [("&&", BinaryOperator.AndAlso)],
        [("==", BinaryOperator.Equal), ("!=", BinaryOperator.NotEqual)],
        [
            ("<", BinaryOperator.Less), ("<=", BinaryOperator.LessOrEqual), (">", BinaryOperator.Greater), (">=", BinaryOperator.GreaterOrEqual),
            ("<u", BinaryOperator.LessU), ("<=u", BinaryOperator.LessOrEqualU), (">u", BinaryOperator.GreaterU), (">=u", BinaryOperator.GreaterOrEqualU),
            ("<s", BinaryOperator.LessS), ("<=s", BinaryOperator.LessOrEqualS), (">s", BinaryOperator.GreaterS), (">=s", BinaryOperator.GreaterOrEqualS),
        ],
        [("|", BinaryOperator.Or)],
        [("^", BinaryOperator.Xor)],
        [("&", BinaryOperator.And)],
        [("<<", BinaryOperator.ShiftLeft), (">>", BinaryOperator.ShiftRight), (">>s", BinaryOperator.ShiftRightS), (">>>", BinaryOperator.RotateRight)],
        [("+", BinaryOperator.Add), ("-", BinaryOperator.Subtract)],
        [
            ("*", BinaryOperator.Multiply), ("/", BinaryOperator.Divide), ("%", BinaryOperator.Remainder), ("/u", BinaryOperator.DivideU),
            ("/s", BinaryOperator.DivideS), ("%u", BinaryOperator.RemainderU), ("%s", BinaryOperator.RemainderS),
        ],
    ];

    private const int RelationalLevel = 3;
    private const int OrLevel = 4;
    private const int AdditiveLevel = 8;

    private Expression ParseExpression()
    {
        if (!Enter())
        {
            Leave();
            return new ErrorExpression(Advance().Span);
        }

        try
        {
            if (IsLambda())
            {
                return ParseLambda();
            }

            Expression value = ParseConditional();
            if (TakeSymbol("->"))
            {
                Expression to = ParseConditional();
                return new ArrowExpression(value.Span.To(to.Span), value, to);
            }

            return value;
        }
        finally
        {
            Leave();
        }
    }

    private bool IsLambda()
    {
        if (Current.Kind == TokenKind.Identifier)
        {
            return IsSymbol(Peek(1), "=>");
        }

        int i = 0;
        if (!IsSymbol("("))
        {
            return false;
        }

        do
        {
            if (Peek(i + 1).Kind != TokenKind.Identifier)
            {
                return false;
            }

            i += 2;
        }
        while (IsSymbol(Peek(i), ","));
        return IsSymbol(Peek(i), ")") && IsSymbol(Peek(i + 1), "=>");
    }

    private LambdaExpression ParseLambda()
    {
        TextSpan start = Current.Span;
        List<Name> parameters = TakeSymbol("(") ? ParseList(")", () => ExpectName()) : [ExpectName()];
        Expect("=>");
        Expression body = ParseExpression();
        return new LambdaExpression(SpanSince(start), parameters, body);
    }

    private Expression ParseConditional()
    {
        Expression condition = ParseBinary(0);
        if (!TakeSymbol("?"))
        {
            return condition;
        }

        Expression whenTrue = ParseExpression();
        Expect(":");
        Expression whenFalse = ParseExpression();
        return new ConditionalExpression(condition.Span.To(whenFalse.Span), condition, whenTrue, whenFalse);
    }

    private Expression ParseBinary(int level)
    {
        if (level == s_levels.Length)
        {
            return ParseUnary();
        }

        Expression left = ParseBinary(level + 1);
        bool again = false;
        while (TakeOperator(level) is { } op)
        {
            if (again && level == RelationalLevel)
            {
                _diagnostics.Report(Rules.ChainedComparison, Previous.Span);
            }

            Expression right = ParseBinary(level + 1);
            left = new BinaryExpression(left.Span.To(right.Span), op, left, right);
            again = true;
        }

        return left;
    }

    /// <summary>Takes an operator of the level; a suffix <c>u</c> or <c>s</c> belongs to it when it touches the symbol and nothing touches it.</summary>
    private BinaryOperator? TakeOperator(int level)
    {
        Token token = Current;
        if (token.Kind != TokenKind.Symbol)
        {
            return null;
        }

        Token next = Peek(1);
        bool suffixed = next.Kind == TokenKind.Identifier && next.Start == token.End
            && (next.Text == "s" || (next.Text == "u" && token.Text != ">>"))
            && (token.Text is "<" or "<=" or ">" or ">=" or "/" or "%" or ">>");
        string symbol = suffixed ? token.Text + next.Text : token.Text;
        foreach ((string candidate, BinaryOperator op) in s_levels[level])
        {
            if (candidate == symbol)
            {
                Advance();
                TakeIf(suffixed);
                return op;
            }
        }

        return null;
    }

    private Expression ParseUnary()
    {
        UnaryOperator? op = Current.Kind != TokenKind.Symbol
            ? null
            : Current.Text switch
            {
                "-" => UnaryOperator.Negate,
                "~" => UnaryOperator.Complement,
                "!" => UnaryOperator.Not,
                _ => null,
            };
        if (op is null)
        {
            return ParsePostfix();
        }

        TextSpan start = Advance().Span;
        if (!Enter())
        {
            Leave();
            return new ErrorExpression(Advance().Span);
        }

        Expression operand = ParseUnary();
        Leave();
        return new UnaryExpression(start.To(operand.Span), op.Value, operand);
    }

    private Expression ParsePostfix()
    {
        Expression value = ParsePrimary();
        while (true)
        {
            if (TakeSymbol("["))
            {
                value = ParseBits(value);
            }
            else if (IsSymbol(".") && Peek(1).Kind == TokenKind.Identifier)
            {
                Advance();
                value = new MemberExpression(value.Span.To(Current.Span), value, ExpectName());
            }
            else
            {
                return value;
            }
        }
    }

    private Expression ParseBits(Expression target)
    {
        Expression first = ParseExpression();
        Expression? high = TakeSymbol(":") ? ParseExpression() : null;
        Expression? width = high is null && TakeSymbol("+:") ? ParseExpression() : null;
        Expect("]");
        TextSpan span = SpanSince(target.Span);
        return high is not null ? new SliceExpression(span, target, first, high)
            : width is not null ? new PartSelectExpression(span, target, first, width)
            : new IndexExpression(span, target, first);
    }

    private Expression ParsePrimary()
    {
        Token token = Current;
        switch (token.Kind)
        {
            case TokenKind.Number:
                return ParseNumber();
            case TokenKind.String:
                return ParseString();
            case TokenKind.Identifier when !AtItemStart:
                return token.Text switch
                {
                    "true" or "false" => new BoolExpression(Advance().Span, token.Text == "true"),
                    "match" => ParseMatch(),
                    "unallocated" => new UnallocatedExpression(Advance().Span),
                    _ => ParseNameOrCall(),
                };
        }

        if (TakeSymbol("("))
        {
            List<Expression> elements = ParseList(")", ParseExpression);
            return elements.Count == 1 ? elements[0] : elements.Count == 0 ? new ErrorExpression(SpanSince(token.Span)) : new TupleExpression(SpanSince(token.Span), elements);
        }

        if (TakeSymbol("@"))
        {
            Name name = ExpectName();
            return new AddressExpression(SpanSince(token.Span), name.Text);
        }

        ReportExpected("an expression");
        return new ErrorExpression(token.Span);
    }

    private NumberExpression ParseNumber()
    {
        Token token = Advance();
        string text = token.Text.Replace("_", "");
        int digits = 0;
        BigInteger value = 0;
        bool valid;
        if (text.StartsWith("0b", StringComparison.Ordinal))
        {
            digits = text.Length - 2;
            valid = digits is > 0 and <= 128 && text.Skip(2).All(c => c is '0' or '1');
            value = valid ? text.Skip(2).Aggregate(BigInteger.Zero, (sum, c) => (sum << 1) + (c - '0')) : 0;
        }
        else if (text.StartsWith("0x", StringComparison.Ordinal))
        {
            valid = text.Length is > 2 and <= 34 && BigInteger.TryParse("0" + text.Substring(2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out value);
        }
        else
        {
            valid = text.Length <= 40 && BigInteger.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out value);
        }

        if (!valid)
        {
            _diagnostics.Report(Rules.BadNumber, token.Span, token.Text);
        }

        return new NumberExpression(token.Span, value, digits);
    }

    private Expression ParseNameOrCall()
    {
        Token token = Advance();
        var name = new Name(token.Span, token.Text);
        List<Name> modifiers = [];
        // A table's accesses are calls too: sysreg.read(..).
        while (IsSymbol(".") && Peek(1).Kind == TokenKind.Identifier && (s_takesModifiers.Contains(name.Text) || IsSymbol(Peek(2), "(")))
        {
            Advance();
            modifiers.Add(ExpectName());
        }

        List<Expression> widths = [];
        CallSelector? selector = null;
        bool verb = s_takesWidths.Contains(name.Text);
        if (verb)
        {
            selector = IsSymbol("[") ? ParseSelector() : null;
            if (TakeSymbol("<"))
            {
                widths = ParseList(">", () => ParseBinary(AdditiveLevel));
            }

            selector ??= widths.Count > 0 && IsSymbol("[") ? ParseSelector() : null;
        }

        if (!IsSymbol("("))
        {
            if (modifiers.Count > 0 || widths.Count > 0)
            {
                // `monitor.clear` stands without parentheses.
                TakeIf(name.Text != "monitor" && !Expect("("));
                return new CallExpression(SpanSince(token.Span), name, modifiers, selector, widths, [], []);
            }

            return new NameExpression(token.Span, token.Text);
        }

        Advance();
        List<CallOption> options = [];
        List<Argument> arguments = [];
        foreach (Argument? argument in ParseList(")", () => ParseArgument(verb, options)))
        {
            if (argument is not null)
            {
                arguments.Add(argument);
            }
        }

        return new CallExpression(SpanSince(token.Span), name, modifiers, selector, widths, arguments, options);
    }

    /// <summary>An argument, or null if it was an option (<c>align</c>, <c>atom w</c>, <c>mode e</c>), which goes to <paramref name="options"/>.</summary>
    private Argument? ParseArgument(bool verb, List<CallOption> options)
    {
        if (verb && (IsWord("align") || IsWord("atom") || IsWord("mode")))
        {
            Name option = ExpectName();
            options.Add(new CallOption(option, option.Text == "align" ? null : ParseConditional()));
            return null;
        }

        if (Current.Kind == TokenKind.Identifier && IsSymbol(Peek(1), ":"))
        {
            Name label = ExpectName();
            Advance();
            return new Argument(label, ParseExpression());
        }

        if (Current.Kind == TokenKind.Identifier && IsWord(Peek(1), "in"))
        {
            TextSpan start = Current.Span;
            Name variable = ExpectName();
            Advance();
            Expression from = ParseExpression();
            Expect("..");
            Expression to = ParseExpression();
            Expect(":");
            Expression body = ParseExpression();
            return new Argument(null, new ComprehensionExpression(SpanSince(start), variable, from, to, body));
        }

        return new Argument(null, ParseExpression());
    }

    private CallSelector ParseSelector()
    {
        TextSpan start = Advance().Span;
        Expression value = ParseExpression();
        List<SelectorOverride> overrides = [];
        if (TakeWord("with"))
        {
            do
            {
                Name name = ExpectName();
                Expect("=");
                overrides.Add(new SelectorOverride(name, ParseExpression()));
            }
            while (TakeSymbol(","));
        }

        Expect("]");
        return new CallSelector(SpanSince(start), value, overrides);
    }

    private MatchExpression ParseMatch()
    {
        TextSpan start = Advance().Span;
        Expression value = ParseConditional();
        List<MatchArm> arms = ParseMatchArms();
        return new MatchExpression(SpanSince(start), value, arms);
    }

    private List<MatchArm> ParseMatchArms()
    {
        if (!Expect("{"))
        {
            return [];
        }

        return ParseList("}", () =>
        {
            TextSpan start = Current.Span;
            List<MatchPattern> patterns = ParseMatchPatterns();
            Expect(":");
            Expression value = ParseExpression();
            return new MatchArm(SpanSince(start), patterns, value);
        });
    }
}
