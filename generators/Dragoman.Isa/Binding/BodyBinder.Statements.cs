using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    /// <summary>Binds a block in a scope of its own.</summary>
    public BoundBlock BindBlock(BlockStatement block)
    {
        Scope outer = _scope;
        _scope = new Scope(outer);
        List<BoundStatement> statements = [];
        for (int i = 0; i < block.Statements.Count; i++)
        {
            if (block.Statements[i] is ReturnStatement && i + 1 < block.Statements.Count)
            {
                _diagnostics.Report(Rules.MisplacedReturn, block.Statements[i].Span);
            }

            BindStatement(block.Statements[i], statements);
        }

        _scope = outer;
        return new BoundBlock(block.Span, statements);
    }

    /// <summary>Binds one statement, which may be a block.</summary>
    public BoundStatement BindNested(Statement statement)
    {
        if (statement is BlockStatement block)
        {
            return BindBlock(block);
        }

        List<BoundStatement> statements = [];
        BindStatement(statement, statements);
        return statements.Count == 1 ? statements[0] : new BoundBlock(statement.Span, statements);
    }

    private void BindStatement(Statement statement, List<BoundStatement> output)
    {
        switch (statement)
        {
            case BlockStatement block:
                output.Add(BindBlock(block));
                break;
            case LetStatement let:
                BindLet(let, output);
                break;
            case AssignStatement assign:
                BindAssignment(assign, output);
                break;
            case IfStatement branch:
                BindIf(branch, output);
                break;
            case ForStatement loop:
                BindFor(loop, output);
                break;
            case ReturnStatement leave:
                BindReturn(leave, output);
                break;
            case RaiseStatement raise:
                BindRaise(raise, output);
                break;
            case BranchStatement branch:
                BoundExpression target = Bind(branch.Target);
                target = Coerce(target, IsaType.Bits(64));
                if (!target.Type.IsError)
                {
                    output.Add(new BoundBranch(branch.Span, branch.Kind, Lift(target)));
                }

                break;
            case EndTbStatement end:
                output.Add(new BoundEndTb(end.Span));
                break;
            case ExpressionStatement effect:
                BoundExpression value = Bind(effect.Value);
                if (!value.Type.IsError)
                {
                    output.Add(new BoundEffect(effect.Span, value));
                }

                break;
        }
    }

    private void BindLet(LetStatement let, List<BoundStatement> output)
    {
        BoundExpression value = Bind(let.Value);
        if (let.Type is { } type && !value.Type.IsError)
        {
            value = Coerce(value, BindType(type));
        }

        if (value.Type.IsError)
        {
            foreach (Name name in let.Names)
            {
                _scope.Declare(name.Text, value);
            }

            return;
        }

        if (let.Names.Count == 1)
        {
            DeclareOne(let, let.Names[0], value, output);
            return;
        }

        if (value.Type.Kind != TypeKind.Tuple || value.Type.Items.Count != let.Names.Count)
        {
            _diagnostics.Report(Rules.TypeMismatch, let.Value.Span, $"a tuple of {let.Names.Count}", value.Type);
            return;
        }

        if (value is BoundTuple tuple)
        {
            for (int i = 0; i < let.Names.Count; i++)
            {
                DeclareOne(let, let.Names[i], tuple.Items[i], output);
            }

            return;
        }

        LocalSymbol[] locals = [.. let.Names.Select((n, i) => DeclareLocal(n.Text, value.Type.Items[i], value.IsRun ? BindingTime.Run : BindingTime.Translate, let.IsVariable))];
        output.Add(new BoundTupleLet(let.Span, locals, value));
    }

    private void DeclareOne(LetStatement let, Name name, BoundExpression value, List<BoundStatement> output)
    {
        if (!let.IsVariable && value is BoundConstant or BoundOrder && !let.IsVariable)
        {
            _scope.Declare(name.Text, value);
            return;
        }

        if (let.IsVariable && _promotions.TryGet(name.Span, out IsaType promoted))
        {
            value = Lift(Coerce(value, promoted));
        }

        if (value is { IsRun: true, Type.Kind: TypeKind.Int })
        {
            _diagnostics.Report(Rules.NeedsWidth, let.Value.Span, name.Text);
            return;
        }

        LocalSymbol local = DeclareLocal(name.Text, value.Type, value.IsRun ? BindingTime.Run : BindingTime.Translate, let.IsVariable);
        if (let.IsVariable)
        {
            _declarations[local] = name.Span;
        }

        output.Add(new BoundLet(let.Span, local, value));
    }

    private readonly Dictionary<LocalSymbol, TextSpan> _declarations = [];

    private void BindIf(IfStatement branch, List<BoundStatement> output)
    {
        BoundExpression condition = BindCondition(branch.Condition);
        if (condition.Type.IsError)
        {
            return;
        }

        if (condition is BoundConstant known)
        {
            if (!known.Value.IsZero)
            {
                output.Add(BindBlock(branch.Then));
            }
            else if (branch.Else is { } otherwise)
            {
                output.Add(BindBlock(otherwise));
            }

            return;
        }

        if (!condition.IsRun)
        {
            output.Add(new BoundStaticIf(branch.Span, condition, BindBlock(branch.Then), branch.Else is null ? null : BindBlock(branch.Else)));
            return;
        }

        int before = _effects;
        _runDepth++;
        BoundBlock then = BindBlock(branch.Then);
        BoundBlock? @else = branch.Else is null ? null : BindBlock(branch.Else);
        _runDepth--;
        bool hasEffects = _effects != before;
        if (hasEffects && _function is not null)
        {
            _function.HasLabels = true;
        }

        output.Add(new BoundRunIf(branch.Span, condition, then, @else, hasEffects));
    }

    private void BindFor(ForStatement loop, List<BoundStatement> output)
    {
        BoundExpression from = BindInt(loop.From);
        BoundExpression to = BindInt(loop.To);
        if (from.Type.IsError || to.Type.IsError)
        {
            return;
        }

        if (from.IsRun || to.IsRun)
        {
            _diagnostics.Report(Rules.NotStatic, loop.From.Span, "the bounds of a loop", "while translating");
            return;
        }

        Scope outer = _scope;
        _scope = new Scope(outer);
        LocalSymbol variable = DeclareLocal(loop.Variable.Text, IsaType.Int, BindingTime.Translate);
        BoundBlock body = BindBlock(loop.Body);
        _scope = outer;
        output.Add(new BoundFor(loop.Span, variable, from, to, body));
    }

    private void BindReturn(ReturnStatement leave, List<BoundStatement> output)
    {
        BoundExpression? value = leave.Value is null ? null : Bind(leave.Value);
        if (_isStatic)
        {
            if (value is not null && _staticResult is { } expected)
            {
                value = Coerce(value, expected);
            }
        }
        else
        {
            if (value is { IsRun: true, Type.Kind: TypeKind.Int })
            {
                value = Error(Rules.NeedsWidth, leave.Span, "x");
            }

            if (_runDepth > 0)
            {
                _diagnostics.Report(Rules.MisplacedReturn, leave.Span);
            }

            SetResult(value);
        }

        output.Add(new BoundReturn(leave.Span, value));
    }

    private IsaType? _staticResult;

    /// <summary>The body of a <c>static fn</c>.</summary>
    public BoundStatement BindStaticBody(FunctionItem item, IsaType result)
    {
        _staticResult = result;
        return item.Value is { } value ? new BoundReturn(value.Span, Coerce(Bind(value), result)) : BindStaticBlock(item.Body!);
    }

    // A static fn may return anywhere: C# checks that all paths do.
    private BoundBlock BindStaticBlock(BlockStatement block)
    {
        Scope outer = _scope;
        _scope = new Scope(outer);
        List<BoundStatement> statements = [];
        foreach (Statement statement in block.Statements)
        {
            BindStatement(statement, statements);
        }

        _scope = outer;
        return new BoundBlock(block.Span, statements);
    }

    private void BindRaise(RaiseStatement raise, List<BoundStatement> output)
    {
        if (!_symbols.Model.Exceptions.TryGetValue(raise.Exception.Text, out string kind))
        {
            _diagnostics.Report(Rules.UnknownException, raise.Exception.Span, raise.Exception.Text);
            return;
        }

        BoundExpression? argument = raise.Arguments.Count == 0 ? null : Bind(raise.Arguments[0]);
        if (argument is not null)
        {
            argument = argument.Type.IsBits && argument.Type.Width < 64
                ? Operation(raise.Span, IsaType.Bits(64), "Zx", [W(argument.Type), "64"], argument)
                : argument;
            argument = Lift(Coerce(argument, IsaType.Bits(64)));
        }

        if (!raise.After)
        {
            Effect();
        }

        output.Add(new BoundRaise(raise.Span, kind, argument, raise.After));
    }
}
