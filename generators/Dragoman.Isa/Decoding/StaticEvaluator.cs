using System.Numerics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>
/// Evaluates a static expression while the project builds: for <c>for</c> clauses, and to show that conditions exclude each other.
/// Values are <see cref="BigInteger"/>, <see cref="bool"/>, <see cref="string"/> or <c>object[]</c> (a tuple).
/// </summary>
public sealed partial class StaticEvaluator
{
    private const int MaxSteps = 100_000;
    private const int MaxDepth = 400;

    private readonly Dictionary<string, ConstItem> _constants = [];
    private readonly Dictionary<string, FunctionItem> _functions = [];
    private int _steps;
    private int _depth;

    public StaticEvaluator(IEnumerable<Item> items)
    {
        foreach (Item item in items)
        {
            if (item is ConstItem constant)
            {
                _constants[item.Name.Text] = constant;
            }
            else if (item is FunctionItem function)
            {
                _functions[item.Name.Text] = function;
            }
        }
    }

    /// <summary>The value of an expression with names bound as <paramref name="names"/> says.</summary>
    /// <exception cref="StaticEvaluationException">It is not known at build time, or is <c>unallocated</c>, or has no value (division by zero).</exception>
    public object Evaluate(Expression expression, IReadOnlyDictionary<string, object> names)
    {
        _steps = 0;
        _depth = 0;
        return Eval(expression, new Scope(names));
    }

    /// <summary>As <see cref="Evaluate"/>, and the value must be true or false.</summary>
    public bool EvaluateCondition(Expression expression, IReadOnlyDictionary<string, object> names) => AsBool(Evaluate(expression, names), expression);

    /// <summary>Adds the <c>let</c> names that are known for these fields; those that are not stay unknown.</summary>
    internal void AddLets(InstructionItem item, Dictionary<string, object> names)
    {
        foreach (LetStatement let in item.Lets)
        {
            try
            {
                object value = Evaluate(let.Value, names);
                if (let.Names.Count == 1)
                {
                    names[let.Names[0].Text] = value;
                }
                else if (value is object[] tuple && tuple.Length == let.Names.Count)
                {
                    for (int i = 0; i < tuple.Length; i++)
                    {
                        names[let.Names[i].Text] = tuple[i];
                    }
                }
            }
            catch (StaticEvaluationException)
            {
            }
        }
    }

    private object Eval(Expression expression, Scope scope)
    {
        Step(expression.Span);
        if (_depth > MaxDepth)
        {
            throw Fail(expression, "evaluating this at build time nests too deeply");
        }

        _depth++;
        object value = EvalCore(expression, scope);
        _depth--;
        return value;
    }

    private object EvalCore(Expression expression, Scope scope)
    {
        switch (expression)
        {
            case NumberExpression number:
                return number.Value;
            case BoolExpression boolean:
                return boolean.Value;
            case NameExpression name:
                return scope.Find(name.Name) ?? (_constants.TryGetValue(name.Name, out ConstItem constant)
                    ? Eval(constant.Value, new Scope(s_none))
                    : throw Fail(name, $"'{name.Name}' is not known at build time: only fields, consts and static functions are"));
            case UnaryExpression unary:
                return EvalUnary(unary, scope);
            case BinaryExpression binary:
                return EvalBinary(binary, scope);
            case ConditionalExpression conditional:
                return Eval(AsBool(Eval(conditional.Condition, scope), conditional.Condition) ? conditional.WhenTrue : conditional.WhenFalse, scope);
            case MatchExpression match:
                object subject = Eval(match.Value, scope);
                MatchArm? taken = match.Arms.FirstOrDefault(arm => arm.Patterns.Any(p => Matches(p, subject, scope)));
                return taken is null ? throw Fail(match, "no arm of the match takes this value: add '_'") : Eval(taken.Value, scope);
            case TupleExpression tuple:
                return tuple.Elements.Select(e => Eval(e, scope)).ToArray();
            case IndexExpression index:
                return ((AsInt(Eval(index.Target, scope), index) >> Small(index.Index, scope)) & 1) == 1;
            case SliceExpression slice:
                int low = Small(slice.Low, scope);
                return (AsInt(Eval(slice.Target, scope), slice) >> low) & Ones(Small(slice.High, scope) - low + 1);
            case PartSelectExpression part:
                return (AsInt(Eval(part.Target, scope), part) >> Small(part.Position, scope)) & Ones(Small(part.Width, scope));
            case CallExpression call:
                return EvalCall(call, scope);
            case StringExpression text:
                return string.Concat(text.Parts.Select(p => p is TextPart t ? t.Text : Eval(((HolePart)p).Value, scope).ToString()));
            case UnallocatedExpression:
                throw new StaticEvaluationException(expression.Span, "unallocated", isUnallocated: true);
            default:
                throw Fail(expression, "this is not known at build time");
        }
    }

    private bool Matches(MatchPattern pattern, object subject, Scope scope)
    {
        switch (pattern)
        {
            case AnyPattern:
                return true;
            case BitsPattern bits:
                BigInteger value = AsInt(subject, null);
                return value >= 0 && value >> bits.Width == 0 && (value & bits.Mask) == bits.Value;
            case RangePattern range:
                return AsInt(subject, null) >= AsInt(Eval(range.From, scope), range.From) && AsInt(subject, null) <= AsInt(Eval(range.To, scope), range.To);
            default:
                return AreEqual(subject, Eval(((ValuePattern)pattern).Value, scope));
        }
    }

    private object EvalUnary(UnaryExpression unary, Scope scope)
    {
        object operand = Eval(unary.Operand, scope);
        return unary.Operator switch
        {
            UnaryOperator.Not => !AsBool(operand, unary.Operand),
            UnaryOperator.Negate => -AsInt(operand, unary.Operand),
            _ => -AsInt(operand, unary.Operand) - 1,
        };
    }

    private object EvalBinary(BinaryExpression binary, Scope scope)
    {
        object left = Eval(binary.Left, scope);
        switch (binary.Operator)
        {
            case BinaryOperator.AndAlso:
                return AsBool(left, binary.Left) && AsBool(Eval(binary.Right, scope), binary.Right);
            case BinaryOperator.OrElse:
                return AsBool(left, binary.Left) || AsBool(Eval(binary.Right, scope), binary.Right);
        }

        object right = Eval(binary.Right, scope);
        switch (binary.Operator)
        {
            case BinaryOperator.Equal:
                return AreEqual(left, right);
            case BinaryOperator.NotEqual:
                return !AreEqual(left, right);
            case BinaryOperator.And when left is bool l && right is bool r:
                return l & r;
            case BinaryOperator.Or when left is bool l && right is bool r:
                return l | r;
            case BinaryOperator.Xor when left is bool l && right is bool r:
                return l ^ r;
            case BinaryOperator.Add when left is string || right is string:
                return left + right.ToString();
        }

        BigInteger a = AsInt(left, binary.Left);
        BigInteger b = AsInt(right, binary.Right);
        switch (binary.Operator)
        {
            case BinaryOperator.Divide or BinaryOperator.Remainder when b.IsZero:
                throw Fail(binary, "division by zero");
            case BinaryOperator.ShiftLeft or BinaryOperator.ShiftRight when b < 0 || b > 256:
                throw Fail(binary, $"shift by {b}");
        }

        return binary.Operator switch
        {
            BinaryOperator.Multiply => a * b,
            BinaryOperator.Divide => BigInteger.Divide(a, b),
            BinaryOperator.Remainder => BigInteger.Remainder(a, b),
            BinaryOperator.Add => a + b,
            BinaryOperator.Subtract => a - b,
            BinaryOperator.ShiftLeft => a << (int)b,
            BinaryOperator.ShiftRight => a >> (int)b,
            BinaryOperator.And => a & b,
            BinaryOperator.Or => a | b,
            BinaryOperator.Xor => a ^ b,
            BinaryOperator.Less => a < b,
            BinaryOperator.LessOrEqual => a <= b,
            BinaryOperator.Greater => a > b,
            BinaryOperator.GreaterOrEqual => a >= b,
            _ => throw Fail(binary, "a run-time operator has no value at build time"),
        };
    }

    private static readonly Dictionary<string, object> s_none = [];

    private static bool AreEqual(object left, object right) =>
        left is string || right is string ? Equals(left, right) : left is bool && right is bool ? Equals(left, right) : AsInt(left, null) == AsInt(right, null);

    private int Small(Expression expression, Scope scope)
    {
        BigInteger value = AsInt(Eval(expression, scope), expression);
        return value >= 0 && value <= 256 ? (int)value : throw Fail(expression, $"{value} is no bit position");
    }

    private static BigInteger Ones(int width) => (BigInteger.One << Math.Max(width, 0)) - 1;

    private static BigInteger AsInt(object value, Expression? at) => value switch
    {
        BigInteger number => number,
        bool boolean => boolean ? BigInteger.One : BigInteger.Zero,
        _ => throw new StaticEvaluationException(at?.Span ?? default, "a number was expected here"),
    };

    /// <summary>A one-bit field serves as a condition.</summary>
    private static bool AsBool(object value, Expression at) => value switch
    {
        bool boolean => boolean,
        BigInteger number when number.IsZero || number.IsOne => number.IsOne,
        _ => throw new StaticEvaluationException(at.Span, "a condition was expected here"),
    };

    private static StaticEvaluationException Fail(Expression at, string message) => new(at.Span, message);

    private sealed class Scope(IReadOnlyDictionary<string, object> outer)
    {
        private readonly Dictionary<string, object> _locals = [];

        public object? Find(string name) => _locals.TryGetValue(name, out object local) || outer.TryGetValue(name, out local) ? local : null;

        public void Set(string name, object value) => _locals[name] = value;
    }
}
