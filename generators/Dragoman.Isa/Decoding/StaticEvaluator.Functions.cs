using System.Numerics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

public sealed partial class StaticEvaluator
{
    private object EvalCall(CallExpression call, Scope scope)
    {
        object[] arguments = [.. call.Arguments.Select(a => Eval(a.Value, scope))];
        if (_functions.TryGetValue(call.Name.Text, out FunctionItem function))
        {
            return Invoke(function, arguments, call);
        }

        BigInteger Int(int i) => i < arguments.Length ? AsInt(arguments[i], call.Arguments[i].Value) : throw Fail(call, $"'{call.Name.Text}' lacks an argument");
        switch (call.FullName)
        {
            case "min":
                return BigInteger.Min(Int(0), Int(1));
            case "max":
                return BigInteger.Max(Int(0), Int(1));
            case "abs":
                return BigInteger.Abs(Int(0));
            case "ones":
                return Ones((int)BigInteger.Min(BigInteger.Max(Int(0), 0), 128));
            case "lg2":
                BigInteger value = Int(0);
                return value > 0 ? (BigInteger)Log2(value) : throw Fail(call, "lg2 of a number below 1");
            case "zx" or "lo":
                return Int(0) & Ones(Small(call.Widths.FirstOrDefault() ?? throw Fail(call, "a width is missing"), scope));
            default:
                throw Fail(call, $"'{call.FullName}' has no value at build time");
        }
    }

    private static int Log2(BigInteger value)
    {
        int log = 0;
        for (; value > 1; value >>= 1)
        {
            log++;
        }

        return log;
    }

    private object Invoke(FunctionItem function, object[] arguments, CallExpression call)
    {
        if (arguments.Length != function.Parameters.Count)
        {
            throw Fail(call, $"'{function.Name.Text}' takes {function.Parameters.Count} arguments, not {arguments.Length}");
        }

        var scope = new Scope(s_none);
        for (int i = 0; i < arguments.Length; i++)
        {
            scope.Set(function.Parameters[i].Name.Text, arguments[i]);
        }

        return (function.Value is { } value ? Eval(value, scope) : Run(function.Body!, scope)) ?? throw Fail(call, $"'{function.Name.Text}' returned nothing");
    }

    /// <summary>Runs statements; the value returned, or null if none was.</summary>
    private object? Run(BlockStatement block, Scope scope)
    {
        foreach (Statement statement in block.Statements)
        {
            switch (statement)
            {
                case LetStatement let:
                    Bind(let.Names.Select(n => n.Text).ToArray(), Eval(let.Value, scope), let.Value, scope);
                    break;
                case AssignStatement { IsSticky: false, Target: NameExpression target } assign:
                    scope.Set(target.Name, Eval(assign.Value, scope));
                    break;
                case AssignStatement { IsSticky: false, Target: TupleExpression targets } assign when targets.Elements.All(e => e is NameExpression):
                    Bind(targets.Elements.Select(e => ((NameExpression)e).Name).ToArray(), Eval(assign.Value, scope), assign.Value, scope);
                    break;
                case IfStatement branch:
                    BlockStatement? taken = AsBool(Eval(branch.Condition, scope), branch.Condition) ? branch.Then : branch.Else;
                    if (taken is not null && Run(taken, scope) is { } result)
                    {
                        return result;
                    }

                    break;
                case ForStatement loop:
                    BigInteger to = AsInt(Eval(loop.To, scope), loop.To);
                    for (BigInteger k = AsInt(Eval(loop.From, scope), loop.From); k < to; k++)
                    {
                        Step(loop.Span);
                        scope.Set(loop.Variable.Text, k);
                        if (Run(loop.Body, scope) is { } early)
                        {
                            return early;
                        }
                    }

                    break;
                case ReturnStatement { Value: { } returned }:
                    return Eval(returned, scope);
                default:
                    throw new StaticEvaluationException(statement.Span, "this statement has no effect at build time");
            }

            Step(statement.Span);
        }

        return null;
    }

    private void Step(TextSpan span)
    {
        if (++_steps > MaxSteps)
        {
            throw new StaticEvaluationException(span, "evaluating this at build time does not end");
        }
    }

    private static void Bind(string[] names, object value, Expression at, Scope scope)
    {
        if (names.Length == 1)
        {
            scope.Set(names[0], value);
            return;
        }

        if (value is not object[] elements || elements.Length != names.Length)
        {
            throw Fail(at, $"a tuple of {names.Length} was expected here");
        }

        for (int i = 0; i < names.Length; i++)
        {
            scope.Set(names[i], elements[i]);
        }
    }
}
