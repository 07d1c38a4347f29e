using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    /// <summary>Header <c>let</c>s, the group's prologue, the body, the group's epilogue.</summary>
    public BoundStatement BindInstructionBody(InstructionItem item, GroupItem? group)
    {
        List<BoundStatement> statements = [];
        foreach (LetStatement let in item.Lets)
        {
            BindStatement(let, statements);
        }

        foreach (UnpredictableClause clause in item.Unpredictable.Where(c => c.Choice != UnpredictableChoice.AsWritten))
        {
            BoundExpression condition = BindCondition(clause.Condition);
            if (condition.Type.IsError)
            {
                continue;
            }

            BoundStatement choice = clause.Choice == UnpredictableChoice.Undefined
                ? new BoundBlock(item.Span, [new BoundRaise(item.Span, "IllegalInstruction", null, false), new BoundReturn(item.Span, null)])
                : new BoundReturn(item.Span, null);
            statements.Add(new BoundStaticIf(item.Span, condition, choice, null));
        }

        if (group?.Before is { } before)
        {
            statements.Add(BindBlock(before));
        }

        statements.Add(BindBlock(item.Body));
        if (group?.After is { } after)
        {
            statements.Add(BindBlock(after));
        }

        return new BoundBlock(item.Body.Span, statements);
    }

    /// <summary>The form of a condition after a known producer, or null when it has none for these arguments.</summary>
    public BoundAfter? BindAfter(AfterForm form, ConditionItem item, IReadOnlyList<BoundExpression> arguments, BoundFunction function, int width)
    {
        int next = 0;
        for (int i = 0; i < arguments.Count; i++)
        {
            _scope.Declare(item.Parameters[i].Name.Text, IsBuildTime(arguments[i]) ? arguments[i] : new BoundLocal(arguments[i].Span, function.Parameters[next++]));
        }

        foreach (LocalSymbol parameter in function.Parameters)
        {
            _names.Take(parameter.Name);
        }

        BoundExpression subject = Coerce(Bind(new NameExpression(form.Span, item.Parameters[0].Name.Text)), IsaType.Int);
        List<LocalSymbol> operands = [];
        _scope.Declare(form.Parameters[0].Name.Text, Int(form.Span, width));
        foreach (Parameter parameter in form.Parameters.Skip(1))
        {
            operands.Add(DeclareLocal(parameter.Name.Text, IsaType.Bits(width), BindingTime.Run));
        }

        if (subject is BoundConstant constant)
        {
            MatchArm? arm = form.Arms.FirstOrDefault(a => a.Patterns.Any(p => p is ValuePattern value && Constant(value.Value) == constant.Value));
            return arm is null ? null : new BoundAfter(form.Producer.Text, width, operands, Lift(BindCondition(arm.Value)));
        }

        BoundExpression value = BindArms(form.Span, subject, 0, form.Arms, requireAll: false);
        return value.Type.IsError ? null : new BoundAfter(form.Producer.Text, width, operands, value);
    }
}
