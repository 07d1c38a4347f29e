using Dragoman.Isa.Decoding;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>
/// Binds the head of an instruction, once for all its copies: there <c>for</c> variables are values computed from the fields, not build-time constants.
/// </summary>
internal sealed class HeadBinder(IsaSymbols symbols, DiagnosticBag diagnostics)
{
    public BoundHead Bind(InstructionEncoding encoding)
    {
        InstructionItem item = encoding.Item;
        return new BoundHead(
            encoding,
            item.When.Count == 0 ? null : BindMethod(encoding, [(null, Join(item.When, BinaryOperator.AndAlso))], isText: false),
            encoding.Unallocated.Count == 0 ? null : BindMethod(encoding, [(null, Join(encoding.Unallocated, BinaryOperator.OrElse))], isText: false),
            item.Asm is null ? null : BindMethod(encoding, [.. item.Aliases.Select(a => (a.When, a.Text)), (null, item.Asm)], isText: true));
    }

    private static Expression Join(IReadOnlyList<Expression> conditions, BinaryOperator op) =>
        conditions.Aggregate((left, right) => new BinaryExpression(left.Span.To(right.Span), op, left, right));

    private StaticMethod? BindMethod(InstructionEncoding encoding, IReadOnlyList<(Expression? Condition, Expression Value)> choices, bool isText)
    {
        LetStatement[] needed = Needed(encoding.Item, choices, out HashSet<string> names);
        var binder = new BodyBinder(symbols, diagnostics, null, true, new Promotions()) { KnowsFields = false };
        List<(EncodingField, LocalSymbol)> fields = [];
        foreach (EncodingField field in encoding.Fields.Where(f => names.Contains(f.Name)))
        {
            fields.Add((field, binder.DeclareLocal(field.Name, IsaType.IntOf(field.Width), BindingTime.Translate)));
        }

        List<BoundStatement> prelude = [.. needed.Select(binder.BindNested)];
        List<(BoundExpression?, BoundExpression)> bound = [];
        bool failed = false;
        foreach ((Expression? condition, Expression value) in choices)
        {
            BoundExpression? boundCondition = condition is null ? null : binder.BindCondition(condition);
            BoundExpression boundValue = isText ? binder.Bind(value) : binder.BindCondition(value);
            if (isText && boundValue.Type.Kind is not (TypeKind.Text or TypeKind.Error))
            {
                diagnostics.Report(Rules.NotText, value.Span, boundValue.Type);
            }

            failed |= boundCondition is { Type.IsError: true } || boundValue.Type.IsError;
            bound.Add((boundCondition, boundValue));
        }

        return failed ? null : new StaticMethod(fields, prelude, bound);
    }

    /// <summary>The <c>for</c> variables and <c>let</c> names that the choices read, directly or through each other, as <c>let</c>s in order.</summary>
    private static LetStatement[] Needed(InstructionItem item, IReadOnlyList<(Expression? Condition, Expression Value)> choices, out HashSet<string> names)
    {
        names = [];
        foreach ((Expression? condition, Expression value) in choices)
        {
            FreeNames.Collect(condition, names);
            FreeNames.Collect(value, names);
        }

        List<LetStatement> needed = [];
        IEnumerable<LetStatement> variables = item.For.Select(f => new LetStatement(f.Value.Span, false, [f.Variable], null, f.Value));
        foreach (LetStatement let in variables.Concat(item.Lets).Reverse())
        {
            if (let.Names.Any(n => n.Text.Length > 0) && let.Names.Select(n => n.Text).Any(names.Contains))
            {
                FreeNames.Collect(let.Value, names);
                needed.Add(let);
            }
        }

        needed.Reverse();
        return [.. needed];
    }
}
