using System.Collections.Generic;
using System.Linq;

namespace Dragoman.Isa.Ops;

/// <summary>Reads one line of the op table.</summary>
internal sealed class OpParser
{
    private static readonly HashSet<string> Kinds = new()
    {
        "t", "s", "i32", "i64", "v128", "any", "int", "long", "ulong", "nint", "cond", "label", "vece", "memop", "barrier", "rounding", "overflow",
    };

    private static readonly HashSet<string> KnownAttributes = new()
    {
        "commutes", "effects", "faults", "branches", "ends", "float", "lanes", "env.r", "env.w", "mem.r", "mem.w", "manual",
    };

    // Tightest first, as in the .isa language: & ^ | bind tighter than comparisons.
    private static readonly string[][] Levels =
    {
        new[] { "*", "/s", "/u", "%s", "%u" },
        new[] { "+", "-" },
        new[] { "<<", ">>", ">>s" },
        new[] { "&" },
        new[] { "^" },
        new[] { "|" },
        new[] { "<u", "<=u", ">u", ">=u", "<s", "<=s", ">s", ">=s" },
        new[] { "==", "!=" },
        new[] { "&&" },
        new[] { "||" },
    };

    private readonly List<OpToken> _tokens;
    private readonly int _line;
    private HashSet<string> _names = new();
    private int _next;

    public OpParser(List<OpToken> tokens, int line)
    {
        _tokens = tokens;
        _line = line;
    }

    private OpToken Current => _tokens[_next];

    public OpDefinition Parse()
    {
        ExpectWord("op");
        string name = Word("the op's name");
        string method = OpDefinition.Pascal(name);
        if (Current is { Kind: OpTokenKind.Word, Text: "as" })
        {
            _next++;
            method = Word("the builder's method name");
        }

        List<OpParameter> parameters = Parameters();
        string? result = Accept("->") ? Kind() : null;
        var attributes = new List<string>();
        OpTarget? call = null;
        while (Current.Kind == OpTokenKind.Word)
        {
            if (Current.Text == "call")
            {
                _next++;
                call = Target();
                continue;
            }

            if (!KnownAttributes.Contains(Current.Text))
            {
                throw Error($"'{Current.Text}' is not an attribute");
            }

            attributes.Add(Current.Text);
            _next++;
        }

        _names = new HashSet<string>(parameters.Select(p => p.Name)) { "W" };
        OpExpression? semantics = Accept("=") ? Expression() : null;
        if (Current.Kind != OpTokenKind.End)
        {
            throw Error($"'{Current.Text}' is not expected here");
        }

        return new OpDefinition(name, method, parameters, result, attributes, call, semantics, _line);
    }

    private OpTarget Target()
    {
        string method = Word("a method's name");
        string suffix = Accept("@") ? Word("t, s or v") : "";
        var arguments = new List<string>();
        Expect("(");
        while (!Accept(")"))
        {
            if (arguments.Count > 0)
            {
                Expect(",");
            }

            arguments.Add(Word("an argument"));
        }

        return new OpTarget(method, suffix, arguments);
    }

    private List<OpParameter> Parameters()
    {
        var parameters = new List<OpParameter>();
        Expect("(");
        while (!Accept(")"))
        {
            if (parameters.Count > 0)
            {
                Expect(",");
            }

            string name = Word("a parameter's name");
            Expect(":");
            parameters.Add(new OpParameter(name, Kind()));
        }

        return parameters;
    }

    private string Kind()
    {
        if (!Kinds.Contains(Current.Text))
        {
            throw Error($"'{Current.Text}' is not a kind");
        }

        return Word("a kind");
    }

    private OpExpression Expression()
    {
        OpExpression condition = Binary(Levels.Length - 1);
        if (!Accept("?"))
        {
            return condition;
        }

        OpExpression whenTrue = Expression();
        Expect(":");
        return new OpConditional(condition, whenTrue, Expression());
    }

    private OpExpression Binary(int level)
    {
        if (level < 0)
        {
            return Unary();
        }

        OpExpression left = Binary(level - 1);
        while (Current.Kind == OpTokenKind.Symbol && Levels[level].Contains(Current.Text))
        {
            string symbol = Current.Text;
            _next++;
            left = new OpBinary(symbol, left, Binary(level - 1));
        }

        return left;
    }

    private OpExpression Unary()
    {
        if (Accept("-"))
        {
            return new OpUnary("-", Unary());
        }

        return Accept("~") ? new OpUnary("~", Unary()) : Primary();
    }

    private OpExpression Primary()
    {
        if (Current.Kind == OpTokenKind.Number)
        {
            return new OpNumber(_tokens[_next++].Value);
        }

        if (Accept("("))
        {
            OpExpression inner = Expression();
            Expect(")");
            return inner;
        }

        OpToken at = Current;
        string name = Word("an operand");
        if (!Accept("("))
        {
            return _names.Contains(name) ? new OpName(name) : throw new OpTableException(_line, at.Column, $"'{name}' is not a parameter of this op");
        }

        var arguments = new List<OpExpression>();
        while (!Accept(")"))
        {
            if (arguments.Count > 0)
            {
                Expect(",");
            }

            arguments.Add(Expression());
        }

        return new OpCall(name, arguments);
    }

    private string Word(string what)
    {
        if (Current.Kind != OpTokenKind.Word)
        {
            throw Error($"expected {what}, not '{Current.Text}'");
        }

        return _tokens[_next++].Text;
    }

    private void ExpectWord(string text)
    {
        if (Current.Kind != OpTokenKind.Word || Current.Text != text)
        {
            throw Error($"expected '{text}'");
        }

        _next++;
    }

    private bool Accept(string symbol)
    {
        if (Current.Kind != OpTokenKind.Symbol || Current.Text != symbol)
        {
            return false;
        }

        _next++;
        return true;
    }

    private void Expect(string symbol)
    {
        if (!Accept(symbol))
        {
            throw Error($"expected '{symbol}', not '{Current.Text}'");
        }
    }

    private OpTableException Error(string message) => new(_line, Current.Column, message);
}
