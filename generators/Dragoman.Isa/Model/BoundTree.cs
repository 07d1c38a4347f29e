namespace Dragoman.Isa.Model;

/// <summary>Walks bound trees.</summary>
internal static class BoundTree
{
    /// <summary>Expressions directly inside a statement.</summary>
    public static IEnumerable<BoundExpression> Expressions(BoundStatement statement)
    {
        switch (statement)
        {
            case BoundLet let:
                return [let.Value];
            case BoundTupleLet let:
                return [let.Value];
            case BoundSetLocal set:
                return [set.Value];
            case BoundRegisterWrite write:
                return write.Index is null ? [write.Value] : [write.Index, write.Value];
            case BoundPartWrite write:
                return write.Index is null ? [write.Position, write.Value] : [write.Index, write.Position, write.Value];
            case BoundEffect effect:
                return [effect.Value];
            case BoundStaticIf branch:
                return [branch.Condition];
            case BoundRunIf branch:
                return [branch.Condition];
            case BoundFor loop:
                return [loop.From, loop.To];
            case BoundReturn { Value: { } value }:
                return [value];
            case BoundRaise { Argument: { } argument }:
                return [argument];
            case BoundBranch branch:
                return [branch.Target];
            case BoundProduced produced:
                return produced.Arguments;
            case BoundOperandWrite write:
                return [write.Value];
            default:
                return [];
        }
    }

    /// <summary>Statements directly inside a statement.</summary>
    public static IEnumerable<BoundStatement> Statements(BoundStatement statement)
    {
        switch (statement)
        {
            case BoundBlock block:
                return block.Statements;
            case BoundStaticIf branch:
                return branch.Else is null ? [branch.Then] : [branch.Then, branch.Else];
            case BoundRunIf branch:
                return branch.Else is null ? [branch.Then] : [branch.Then, branch.Else];
            case BoundFor loop:
                return [loop.Body];
            default:
                return [];
        }
    }

    /// <summary>Operands of an expression.</summary>
    public static IEnumerable<BoundExpression> Operands(BoundExpression expression)
    {
        switch (expression)
        {
            case BoundText text:
                return text.Parts.Select(p => p.Value).OfType<BoundExpression>();
            case BoundOperation operation:
                return operation.Arguments;
            case BoundLift lift:
                return [lift.Value];
            case BoundRegisterRead { Index: { } index }:
                return [index];
            case BoundRegisterPart part:
                return part.Index is null ? [part.Position] : [part.Index, part.Position];
            case BoundConditional conditional:
                return [conditional.Condition, conditional.WhenTrue, conditional.WhenFalse];
            case BoundMatch match:
                return match.Arms.Select(a => a.Value).OfType<BoundExpression>().Prepend(match.Value);
            case BoundCall call:
                return call.Arguments;
            case BoundStaticCall call:
                return call.Arguments;
            case BoundHelperCall call:
                return call.Arguments;
            case BoundTuple tuple:
                return tuple.Items;
            case BoundLambda lambda:
                return [lambda.Body];
            case BoundTableAccess table:
                return table.Arguments;
            case BoundRmw update:
                return [update.Function];
            case BoundOperandPart part:
                return [part.Part];
            default:
                return [];
        }
    }

    /// <summary>A statement and all inside it.</summary>
    public static IEnumerable<BoundStatement> AllStatements(BoundStatement statement) => Statements(statement).SelectMany(AllStatements).Prepend(statement);

    /// <summary>Every expression of a statement, at any depth.</summary>
    public static IEnumerable<BoundExpression> AllExpressions(BoundStatement statement) =>
        Expressions(statement).SelectMany(All).Concat(Statements(statement).SelectMany(AllExpressions));

    /// <summary>An expression and all inside it.</summary>
    public static IEnumerable<BoundExpression> All(BoundExpression expression) => Operands(expression).SelectMany(All).Prepend(expression);

    /// <summary>Locals that a statement reads.</summary>
    public static void Locals(BoundStatement statement, HashSet<LocalSymbol> locals)
    {
        foreach (BoundExpression expression in AllExpressions(statement))
        {
            if (expression is BoundLocal local)
            {
                locals.Add(local.Symbol);
            }
        }
    }

    /// <summary>Functions that a body calls, directly or not.</summary>
    public static void Functions(BoundFunction function, HashSet<BoundFunction> functions)
    {
        if (function.Body is null)
        {
            return;
        }

        foreach (BoundExpression expression in AllExpressions(function.Body).Concat(function.After.SelectMany(a => All(a.Value))))
        {
            foreach (BoundFunction next in Called(expression))
            {
                if (functions.Add(next))
                {
                    Functions(next, functions);
                }
            }
        }
    }

    /// <summary>Every expression and statement of a function in the order in which they are evaluated, with what it calls as if it stood there, behind an <see cref="EnteredCall"/>; each side of a choice.</summary>
    public static IEnumerable<object> InOrder(BoundFunction function) => function.Body is null ? [] : InOrder(function.Body);

    private static IEnumerable<object> InOrder(BoundStatement statement) =>
        [.. Expressions(statement).SelectMany(InOrder), .. Statements(statement).SelectMany(InOrder), statement];

    private static IEnumerable<object> InOrder(BoundExpression expression)
    {
        List<object> nodes = [.. Operands(expression).SelectMany(InOrder)];
        if (expression is BoundCall call)
        {
            nodes.Add(new EnteredCall(call));
        }

        return [.. nodes, .. Called(expression).SelectMany(InOrder), expression];
    }

    /// <summary>Functions that an expression itself calls.</summary>
    private static IEnumerable<BoundFunction> Called(BoundExpression expression) => expression switch
    {
        BoundCall call => [call.Function],
        BoundTableAccess { Access: "read" or "write" } table => table.Table.Accesses[table.Access].Select(r => r.Body).OfType<BoundFunction>(),
        _ => [],
    };
}

/// <summary>What follows is a call's: its parameters have its arguments' values.</summary>
internal sealed record EnteredCall(BoundCall Call);
