using Dragoman.Isa.Binding;
using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Expressions of an instruction's header (<c>when</c>, <c>unallocated</c>, <c>asm</c>) as C# over the instruction word: fields, <c>for</c> variables
/// and <c>let</c>s are locals that <see cref="WritePrelude"/> declares, as far as the expressions bound before use them.
/// </summary>
public sealed class HeaderScope
{
    private readonly InstructionEncoding _encoding;
    private readonly BodyBinder _binder;
    private readonly CSharpExpressionPrinter _printer = new("ulong", "(long)pc");
    private readonly List<(LocalSymbol Local, EncodingField Field)> _fields = [];
    private readonly List<BoundStatement> _lets = [];
    private readonly HashSet<LocalSymbol> _used = [];

    /// <param name="model">The bound description.</param>
    /// <param name="encoding">The instruction.</param>
    /// <param name="diagnostics">Where to report what cannot be bound.</param>
    public HeaderScope(IsaModel model, InstructionEncoding encoding, DiagnosticBag diagnostics)
    {
        _encoding = encoding;
        _binder = new BodyBinder(model.Symbols!, diagnostics, null, true, new Promotions());
        foreach (EncodingField field in encoding.Fields)
        {
            _fields.Add((_binder.DeclareLocal(field.Name, IsaType.IntOf(field.Width), BindingTime.Translate), field));
        }

        foreach (ForClause variable in encoding.Item.For)
        {
            _lets.AddRange(_binder.BindHeaderLet(new LetStatement(variable.Value.Span, false, [variable.Variable], null, variable.Value)));
        }

        foreach (LetStatement let in encoding.Item.Lets)
        {
            _lets.AddRange(_binder.BindHeaderLet(let));
        }
    }

    /// <summary>A condition as C#.</summary>
    public string Condition(Expression expression) => Print(_binder.BindCondition(expression));

    /// <summary>A text as C#.</summary>
    public string Text(Expression expression) => Print(_binder.Bind(expression));

    /// <summary>
    /// A condition that an expression takes an arm that is <c>unallocated</c>, or null when it has none.
    /// </summary>
    public string? TakesUnallocatedArm(Expression expression) =>
        Unallocated(expression) is { } condition ? Condition(condition) : null;

    /// <summary>Declares what the expressions need.</summary>
    /// <param name="writer">At the start of the method.</param>
    /// <param name="word">Name of the instruction word there.</param>
    /// <param name="unitBits">Its bits.</param>
    public void WritePrelude(CSharpWriter writer, string word = "insn", int unitBits = 32)
    {
        // A let is needed when something later uses it: from the last to the first.
        List<BoundStatement> needed = [];
        foreach (BoundStatement let in Enumerable.Reverse(_lets))
        {
            bool isUsed = let switch
            {
                BoundLet one => _used.Contains(one.Local),
                BoundTupleLet many => many.Locals.Any(_used.Contains),
                _ => false,
            };
            if (isUsed)
            {
                needed.Insert(0, let);
                BoundTree.Locals(let, _used);
            }
        }

        foreach ((LocalSymbol local, EncodingField field) in _fields.Where(f => _used.Contains(f.Local)))
        {
            writer.Line($"long {local.Name} = {DecoderEmitter.Extraction(field, unitBits, word)};");
        }

        var printer = new StatementPrinter(writer, _printer, false);
        foreach (BoundStatement let in needed)
        {
            printer.Print(let);
        }
    }

    private string Print(BoundExpression expression)
    {
        foreach (BoundExpression inner in BoundTree.All(expression))
        {
            if (inner is BoundLocal local)
            {
                _used.Add(local.Symbol);
            }
        }

        return _printer.Print(expression);
    }

    /// <summary>True where the expression is <c>unallocated</c>, as an expression; null when it never is.</summary>
    private static Expression? Unallocated(Expression expression)
    {
        switch (expression)
        {
            case UnallocatedExpression:
                return new BoolExpression(expression.Span, true);
            case MatchExpression match:
                Expression?[] arms = [.. match.Arms.Select(a => Unallocated(a.Value))];
                return arms.All(a => a is null)
                    ? null
                    : match with { Arms = [.. match.Arms.Select((a, i) => a with { Value = arms[i] ?? new BoolExpression(a.Span, false) })] };
            case ConditionalExpression conditional:
                Expression? whenTrue = Unallocated(conditional.WhenTrue);
                Expression? whenFalse = Unallocated(conditional.WhenFalse);
                return whenTrue is null && whenFalse is null
                    ? null
                    : conditional with
                    {
                        WhenTrue = whenTrue ?? new BoolExpression(conditional.Span, false),
                        WhenFalse = whenFalse ?? new BoolExpression(conditional.Span, false),
                    };
            default:
                return null;
        }
    }
}
