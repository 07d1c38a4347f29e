using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

// Bodies of instructions with rows: operands are places chosen while translating, and are read once, at the start.
internal sealed partial class BodyBinder
{
    private readonly Dictionary<int, LocalSymbol> _operandValues = [];
    private readonly List<BoundStatement> _operandReads = [];

    /// <summary><c>rmw</c> of an operand is atomic in this copy.</summary>
    public bool IsLocked { get; init; }

    /// <summary>Updates (<c>rmw</c>) of the first operand so far.</summary>
    public int UpdateCount { get; private set; }

    /// <summary>The fields of the instruction have names here.</summary>
    public bool KnowsFields { get; init; } = true;

    /// <summary>The copy of a body for these operand widths.</summary>
    public BoundStatement BindRowBody(RowModel row, IReadOnlyList<int> widths, GroupItem? group, PrefixSyntax? repeat)
    {
        RowInstructionItem item = row.Item;
        for (int i = 0; i < item.Operands.Count; i++)
        {
            Name name = item.Operands[i].Name;
            _scope.Declare(name.Text, row.Operands[i].Kind is null ? Int(name.Span, widths[i]) : new BoundOperand(name.Span, item.Operands[i], i, widths[i]));
        }

        if (widths.FirstOrDefault(w => w > 0) is > 0 and int first)
        {
            _scope.Declare("w", Int(item.Span, first));
        }

        List<BoundStatement> statements = [];
        foreach (LetStatement let in item.Lets)
        {
            BindStatement(let, statements);
        }

        BlockStatement body = item.Repeat is { } clause && repeat is not null ? Repeated(item.Body, clause, repeat) : item.Body;
        foreach (Statement statement in group?.Before?.Statements ?? [])
        {
            BindStatement(statement, statements);
        }

        statements.Add(BindBlock(body));
        if (group?.After is { } after)
        {
            // Nothing that the body computes is used behind labels of what comes after it.
            bool hasLabels = _function!.HasLabels;
            statements.Add(BindBlock(after));
            _function.HasLabels = hasLabels;
        }

        return new BoundBlock(item.Body.Span, [.. _operandReads, .. statements]);
    }

    /// <summary>
    /// <c>if prefix != 0 { if COUNT != 0 { body; COUNT = COUNT - 1; if COUNT - 1 != 0 &amp;&amp; condition { branch(pc) } } } else { body }</c>: each iteration
    /// commits, and leads to the instruction again, where exits are polled.
    /// </summary>
    private static BlockStatement Repeated(BlockStatement body, RepeatClause clause, PrefixSyntax prefix)
    {
        TextSpan at = clause.Span;
        Expression Named(string name) => new NameExpression(at, name);
        Expression Number(int value) => new NumberExpression(at, value, 0);
        Expression count = new CallExpression(at, prefix.Repeats!.Value, [], null, [], [], []);
        Expression less = new BinaryExpression(at, BinaryOperator.Subtract, count, Number(1));
        Expression again = new BinaryExpression(at, BinaryOperator.NotEqual, less, Number(0));
        List<Statement> iteration = [.. body.Statements, new AssignStatement(at, count, false, less)];
        Expression go = clause.While is { } condition ? new BinaryExpression(at, BinaryOperator.AndAlso, again, condition) : again;
        iteration.Add(new IfStatement(at, go, new BlockStatement(at, [new BranchStatement(at, BranchKind.Jump, Named("pc"))]), null));
        var guarded = new IfStatement(at, new BinaryExpression(at, BinaryOperator.NotEqual, count, Number(0)), new BlockStatement(at, iteration), null);
        var isRepeated = new BinaryExpression(at, BinaryOperator.NotEqual, Named(prefix.Name.Text), Number(0));
        return new BlockStatement(body.Span, [new IfStatement(at, isRepeated, new BlockStatement(at, [guarded]), body)]);
    }

    /// <summary>A field of the instruction, a size, or a <c>tbstate</c> field; null if the name is none.</summary>
    private BoundExpression? BindField(NameExpression name)
    {
        if (_symbols.Model.Bytes is not { } bytes)
        {
            return _isStatic ? null : _symbols.Model.TbState.Find(s => s.Name == name.Name) is { } state ? new BoundTbState(name.Span, state.Low, state.Width) : null;
        }

        return KnowsFields && bytes.Unit.FindField(name.Name) is { } field ? new BoundField(name.Span, field.Name, field.Width) : null;
    }

    /// <summary>The operand's value at entry, read once for the whole body.</summary>
    private BoundExpression ReadOperand(BoundOperand operand, TextSpan span)
    {
        if (operand.Width == 0)
        {
            return Error(Rules.OperandAccess, span, operand.Syntax.Name.Text, "without a size", "it has an address and no value");
        }

        if (operand.Width > 128)
        {
            return Error(Rules.OperandAccess, span, operand.Syntax.Name.Text, $"{operand.Width} bits wide", "it is read 128 bits at a time: .part(k)");
        }

        if (!operand.Syntax.IsRead)
        {
            return Error(Rules.OperandAccess, span, operand.Syntax.Name.Text, "w", "it is read here: declare it 'rw'");
        }

        if (!_operandValues.TryGetValue(operand.Number, out LocalSymbol local))
        {
            local = new LocalSymbol(_names.Take(operand.Syntax.Name.Text), operand.Type, BindingTime.Run);
            _operandValues[operand.Number] = local;
            _operandReads.Add(new BoundLet(span, local, new BoundOperandRead(span, operand.Number, operand.Width)));
            Effect();
        }

        return new BoundLocal(span, local);
    }

    private BoundExpression? BindOperandMember(MemberExpression member)
    {
        if (member.Target is not NameExpression name || _scope.Find(name.Name) is not BoundOperand operand)
        {
            return null;
        }

        return member.Member.Text switch
        {
            "address" => new BoundOperandAddress(member.Span, operand.Number),
            "is_memory" => new BoundOperandIsMemory(member.Span, operand.Number),
            _ => Error(Rules.UnknownName, member.Member.Span, member.Member.Text),
        };
    }

    private bool TryWriteOperand(TextSpan span, Expression target, BoundExpression value, List<BoundStatement> output)
    {
        if (target is not NameExpression name || _scope.Find(name.Name) is not BoundOperand operand)
        {
            return false;
        }

        if (!operand.Syntax.IsWritten || operand.Width is 0 or > 128)
        {
            Error(Rules.OperandAccess, target.Span, name.Name, "r", "it is written here: declare it 'w' or 'rw'");
            return true;
        }

        value = Coerce(value, IsaType.Bits(operand.Width));
        if (!value.Type.IsError)
        {
            Effect();
            output.Add(new BoundOperandWrite(span, operand.Number, operand.Width, Lift(value)));
        }

        return true;
    }

    /// <summary><c>s.part(k)</c>: 128 bits of an operand that is wider; or null.</summary>
    private BoundExpression? BindOperandPart(CallExpression call)
    {
        if (call is not { Modifiers.Count: 1, Widths.Count: 0, Arguments.Count: 1 } || call.Modifiers[0].Text != "part" || _scope.Find(call.Name.Text) is not BoundOperand operand)
        {
            return null;
        }

        if (operand.Width <= 128 || !operand.Syntax.IsRead)
        {
            return Error(Rules.OperandAccess, call.Span, call.Name.Text, $"{operand.Width} bits wide", "only what is read and wider than 128 bits has parts");
        }

        BoundExpression part = BindInt(call.Arguments[0].Value);
        return part.Type.IsError ? part : new BoundOperandPart(call.Span, operand.Number, part);
    }

    /// <summary><c>rmw(d, x => f(x))</c> on an operand, or null.</summary>
    private BoundExpression? BindOperandRmw(CallExpression call)
    {
        if (call is not { Name.Text: "rmw", Modifiers.Count: 0, Widths.Count: 0 })
        {
            return null;
        }

        if (call.Arguments.Count != 2 || call.Arguments[0].Value is not NameExpression name || _scope.Find(name.Name) is not BoundOperand operand
            || call.Arguments[1].Value is not LambdaExpression { Parameters.Count: 1 } lambda)
        {
            return Error(Rules.NotHere, call.Span, "rmw of an operand is written rmw(d, x => f(x))");
        }

        if (!operand.Syntax.IsWritten || !operand.Syntax.IsRead || operand.Width == 0)
        {
            return Error(Rules.OperandAccess, call.Span, name.Name, operand.Syntax.IsWritten ? "w" : "r", "rmw needs 'rw'");
        }

        Scope outer = _scope;
        _scope = new Scope(outer);
        LocalSymbol x = DeclareLocal(lambda.Parameters[0].Text, operand.Type, BindingTime.Run);
        BoundExpression body = Coerce(Bind(lambda.Body), operand.Type);
        _scope = outer;
        if (body.Type.IsError)
        {
            return body;
        }

        body = Lift(body);
        UpdateCount += operand.Number == 0 ? 1 : 0;
        Effect();
        return IsLocked ? Atomic(call.Span, operand, x, body) : new BoundRmw(call.Span, operand.Number, operand.Width, new BoundLambda(lambda.Span, [x], body));
    }

    /// <summary>The atomic form of a function: a fetch-and-op of hosts, an exchange, one compare-and-swap, or else a loop of them.</summary>
    private BoundExpression Atomic(TextSpan span, BoundOperand operand, LocalSymbol x, BoundExpression body)
    {
        int n = operand.Width;
        BoundExpression address = new BoundOperandAddress(span, operand.Number);
        BoundExpression order = new BoundOrder(span, "MemOp.SeqCst");
        bool IsOld(BoundExpression e) => e is BoundLocal local && local.Symbol == x;
        bool Depends(BoundExpression e) => BoundTree.All(e).Any(IsOld);
        BoundExpression Make(string name, params BoundExpression[] arguments) => RunOperation(span, operand.Type, name, [n.ToString()], [address, .. arguments, order]);
        if (!Depends(body))
        {
            return Make("RmwXchg", body);
        }

        if (body is BoundOperation { Name: "Add" or "And" or "Or" or "Xor" } fetch && n <= 64)
        {
            foreach ((int old, int other) in new[] { (0, 1), (1, 0) })
            {
                if (IsOld(fetch.Arguments[old]) && !Depends(fetch.Arguments[other]))
                {
                    return Make("Rmw" + fetch.Name, fetch.Arguments[other]);
                }
            }
        }

        if (body is BoundOperation { Name: "Sub" } less && IsOld(less.Arguments[0]) && !Depends(less.Arguments[1]) && n <= 64)
        {
            return Make("RmwAdd", Operation(span, operand.Type, "Neg", [n.ToString()], less.Arguments[1]));
        }

        if (body is BoundOperation { Name: "Select" } select && IsOld(select.Arguments[2]) && !Depends(select.Arguments[1])
            && select.Arguments[0] is BoundOperation { Name: "Cmp" } compare && compare.Immediates[1] == "TcgCond.Eq")
        {
            foreach ((int old, int other) in new[] { (0, 1), (1, 0) })
            {
                if (IsOld(compare.Arguments[old]) && !Depends(compare.Arguments[other]))
                {
                    return Make("CompareAndSwap", compare.Arguments[other], select.Arguments[1]);
                }
            }
        }

        if (_function is not null)
        {
            _function.HasLabels = true;
        }

        return Make("RmwLoop", new BoundLambda(span, [x], body));
    }

    /// <summary>The method that reads a view at a width, for any index.</summary>
    public BoundFunction? BindPlaceGetter(ViewItem view, int width) => ViewGetter(view, PlaceArguments(view, width));

    /// <summary>The method that computes the address of a view in memory.</summary>
    public BoundFunction? BindPlaceAddress(ViewItem view) =>
        Specialize("address", view.Name.Text, view.Name.Text + "_address", view.Documentation, view.Span, [.. view.Parameters.Take(view.Parameters.Count - 1)], [.. PlaceArguments(view, 0).Take(view.Parameters.Count - 1)], binder =>
        {
            BoundExpression value = binder.Lift(binder.Coerce(binder.Bind(view.Accessors.Address!), IsaType.Bits(64)));
            binder.SetResult(value);
            return new BoundReturn(view.Span, value);
        });

    /// <summary>The method that writes a view at a width, for any index.</summary>
    public BoundFunction? BindPlaceSetter(ViewItem view, int width)
    {
        Name parameter = view.Accessors.SetParameter!.Value;
        BoundExpression typed = new BoundLocal(view.Span, new LocalSymbol("x", IsaType.Bits(width), BindingTime.Run));
        return Specialize("set", view.Name.Text, "Set" + view.Name.Text, view.Documentation, view.Span, [.. view.Parameters, new Parameter(parameter.Span, parameter, null, false)], [.. PlaceArguments(view, width), typed], binder =>
        {
            binder.SetResult(null);
            return binder.BindNested(view.Accessors.Set!);
        });
    }

    private static BoundExpression[] PlaceArguments(ViewItem view, int width)
    {
        BoundExpression n = Int(view.Span, width);
        return view.Parameters.Count == 1 ? [n] : [new BoundLocal(view.Span, new LocalSymbol("i", IsaType.Int, BindingTime.Translate)), n];
    }
}
