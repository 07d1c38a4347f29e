using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

internal sealed partial class BodyBinder
{
    private BoundExpression BindCall(CallExpression call)
    {
        string name = call.Name.Text;
        if (!_isStatic && (BindOperandRmw(call) ?? BindOperandPart(call)) is { } onOperand)
        {
            return onOperand;
        }

        if (call.Modifiers.Count == 0 && call.Widths.Count == 0)
        {
            if (_symbols.StaticFunctions.TryGetValue(name, out StaticFunction staticFunction))
            {
                return BindStaticCall(call, staticFunction);
            }

            if (_symbols.Functions.TryGetValue(name, out FunctionItem function))
            {
                return _isStatic ? NotStaticCall(call) : BindFunctionCall(call, function);
            }

            if (_symbols.Views.TryGetValue(name, out ViewItem view))
            {
                return _isStatic ? NotStaticCall(call) : BindViewGet(call, view);
            }

            if (_symbols.Conditions.TryGetValue(name, out ConditionItem condition))
            {
                return _isStatic ? NotStaticCall(call) : BindConditionCall(call, condition);
            }

            if (_symbols.Producers.TryGetValue(name, out ProducerItem producer))
            {
                return Error(Rules.NotHere, call.Span, $"a producer stands alone on the right of '{producer.Flags.Text} = '");
            }

            if (_symbols.Helpers.TryGetValue(name, out HelperSymbol helper))
            {
                return _isStatic ? NotStaticCall(call) : BindHelperCall(call, helper);
            }
        }

        if (_symbols.Tables.TryGetValue(name, out TableSymbol table) && call.Modifiers.Count == 1)
        {
            return BindTableAccess(call, table);
        }

        return BindBuiltIn(call) ?? (_isStatic ? null : BindMemory(call) ?? BindFloat(call) ?? BindX87(call)) ?? Error(Rules.UnknownFunction, call.Name.Span, call.FullName);
    }

    private BoundExpression NotStaticCall(CallExpression call) => Error(Rules.NotStatic, call.Span, "what a 'static fn' or header uses", "while translating");

    private BoundExpression[]? BindArguments(CallExpression call, int count)
    {
        if (call.Arguments.Count != count)
        {
            Error(Rules.ArgumentCount, call.Span, call.FullName, count, call.Arguments.Count);
            return null;
        }

        BoundExpression[] arguments = [.. call.Arguments.Select(a => Bind(a.Value))];
        return arguments.Any(a => a.Type.IsError) ? null : arguments;
    }

    private BoundExpression BindStaticCall(CallExpression call, StaticFunction function)
    {
        if (BindArguments(call, function.Parameters.Count) is not { } arguments)
        {
            return Error(call.Span);
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            if (arguments[i].IsRun)
            {
                return Error(Rules.NotStatic, arguments[i].Span, "an argument of a 'static fn'", "while translating");
            }

            arguments[i] = Coerce(arguments[i], function.Parameters[i].Type);
        }

        return arguments.Any(a => a.Type.IsError) ? Error(call.Span) : new BoundStaticCall(call.Span, function, arguments);
    }

    private BoundExpression BindFunctionCall(CallExpression call, FunctionItem item)
    {
        if (BindTypedArguments(call, item.Parameters) is not { } arguments)
        {
            return Error(call.Span);
        }

        BoundFunction? function = Specialize("fn", item.Name.Text, item.Name.Text, item.Documentation, item.Span, item.Parameters, arguments, binder =>
            item.Value is { } value ? binder.BindExpressionBody(value) : binder.BindFunctionBody(item.Body!));
        return function is null ? Error(call.Span) : Call(call.Span, function, arguments);
    }

    private BoundExpression[]? BindTypedArguments(CallExpression call, IReadOnlyList<Parameter> parameters)
    {
        if (call.Arguments.Count != parameters.Count)
        {
            Error(Rules.ArgumentCount, call.Span, call.Name.Text, parameters.Count, call.Arguments.Count);
            return null;
        }

        var arguments = new BoundExpression[parameters.Count];
        for (int i = 0; i < arguments.Length; i++)
        {
            Expression syntax = call.Arguments[i].Value;
            arguments[i] = Bind(syntax);
            if (parameters[i].IsInOut)
            {
                if (arguments[i] is not BoundLocal { Symbol.IsVariable: true } variable)
                {
                    Error(Rules.NotAssignable, syntax.Span);
                    return null;
                }

                arguments[i] = new BoundReference(syntax.Span, variable.Symbol);
            }
            else if (parameters[i].Type is { } type)
            {
                arguments[i] = Coerce(arguments[i], BindType(type));
            }
            else if (arguments[i] is { IsRun: true, Type.Kind: TypeKind.Int })
            {
                Error(Rules.NeedsWidth, syntax.Span, parameters[i].Name.Text);
                return null;
            }
        }

        return arguments.Any(a => a.Type.IsError) ? null : arguments;
    }

    private BoundExpression Call(TextSpan span, BoundFunction function, IReadOnlyList<BoundExpression> arguments)
    {
        if (function.ResultType.IsError)
        {
            return Error(span);
        }

        NoteCall(function);
        return new BoundCall(span, function, [.. arguments.Where(a => !IsBuildTime(a))]);
    }

    private void NoteCall(BoundFunction function)
    {
        if (function.HasEffects)
        {
            Effect();
        }

        if (function.HasLabels && _function is not null)
        {
            _function.HasLabels = true;
        }
    }

    private static bool IsBuildTime(BoundExpression argument) => argument is BoundConstant or BoundOrder;

    /// <summary>The method for these arguments: an existing one, or a new one with its body bound by <paramref name="bind"/>.</summary>
    private BoundFunction? Specialize(
        string kind,
        string item,
        string baseName,
        string? documentation,
        TextSpan span,
        IReadOnlyList<Parameter> parameters,
        IReadOnlyList<BoundExpression> arguments,
        Func<BodyBinder, BoundStatement> bind,
        string suffixOfKey = "")
    {
        string key = kind + ":" + item + suffixOfKey + "(" + string.Join(",", arguments.Select(Key)) + ")";
        if (_symbols.Specializations.TryGetValue(key, out BoundFunction known))
        {
            if (known.Body is null)
            {
                Error(Rules.Recursive, span, item);
                return null;
            }

            return known;
        }

        string name = _symbols.TakeMethodName(baseName + string.Concat(arguments.Where(IsBuildTime).Select(a => "_" + Suffix(a))));
        var function = new BoundFunction(name, documentation, span);
        _symbols.Specializations[key] = function;
        var promotions = new Promotions();
        while (true)
        {
            promotions.Reset();
            function.Parameters.Clear();
            var passDiagnostics = new DiagnosticBag();
            var binder = new BodyBinder(_symbols, passDiagnostics, function, false, promotions) { IsLocked = IsLocked };
            for (int i = 0; i < arguments.Count; i++)
            {
                if (IsBuildTime(arguments[i]))
                {
                    binder.Declare(parameters[i].Name.Text, arguments[i]);
                }
                else
                {
                    function.Parameters.Add(binder.DeclareLocal(parameters[i].Name.Text, arguments[i].Type, arguments[i].Time, isInOut: parameters[i].IsInOut));
                }
            }

            BoundStatement body = bind(binder);
            if (!promotions.Changed)
            {
                _diagnostics.AddRange(passDiagnostics.Items);
                function.Body = body;
                if (passDiagnostics.HasErrors)
                {
                    function.ResultType = IsaType.Error;
                }

                break;
            }
        }

        _symbols.Model.Functions.Add(function);
        return function;
    }

    private static string Key(BoundExpression argument) => argument switch
    {
        BoundConstant constant => constant.Value + (constant.Type.IsInt ? "i" + constant.Type.Width : constant.Type.ToString()),
        BoundOrder order => order.MemOp,
        BoundReference reference => "ref " + reference.Type + reference.Time,
        _ => argument.Type + (argument.Type.IsInt ? argument.Type.Width.ToString() : "") + (argument.IsRun ? "R" : "T"),
    };

    private static string Suffix(BoundExpression argument) => argument switch
    {
        BoundConstant constant => constant.Value < 0 ? "m" + -constant.Value : constant.Value.ToString(),
        BoundOrder order => order.MemOp.Replace("MemOp.", "").Replace(" | ", ""),
        _ => "",
    };

    private BoundStatement BindExpressionBody(Expression value)
    {
        BoundExpression bound = Bind(value);
        if (_runSelectOfInts(bound))
        {
            bound = Error(Rules.NeedsWidth, value.Span, "x");
        }

        SetResult(bound);
        return new BoundReturn(value.Span, bound);

        static bool _runSelectOfInts(BoundExpression e) => e is { IsRun: true, Type.Kind: TypeKind.Int };
    }

    private void SetResult(BoundExpression? value)
    {
        _function!.ResultType = value?.Type ?? IsaType.Void;
        _function.ResultTime = value is { IsRun: true } ? BindingTime.Run : BindingTime.Translate;
    }

    private BoundStatement BindFunctionBody(BlockStatement body)
    {
        SetResult(null);
        return BindBlock(body);
    }

    private BoundExpression BindViewGet(CallExpression call, ViewItem view)
    {
        if (BindTypedArguments(call, view.Parameters) is not { } arguments)
        {
            return Error(call.Span);
        }

        if (view.Accessors.Get is null && view.Accessors.GetBody is null)
        {
            return Error(Rules.NoAccessor, call.Span, view.Name.Text, "get");
        }

        return ViewGetter(view, arguments) is { } function ? Call(call.Span, function, arguments) : Error(call.Span);
    }

    private BoundFunction? ViewGetter(ViewItem view, IReadOnlyList<BoundExpression> arguments) =>
        Specialize("get", view.Name.Text, view.Name.Text, view.Documentation, view.Span, view.Parameters, arguments, binder =>
            view.Accessors.Get is { } value ? binder.BindExpressionBody(value) : binder.BindFunctionBody(view.Accessors.GetBody!));

    private BoundExpression BindConditionCall(CallExpression call, ConditionItem item)
    {
        if (BindTypedArguments(call, item.Parameters) is not { } arguments)
        {
            return Error(call.Span);
        }

        int before = _symbols.Specializations.Count;
        BoundFunction? function = Specialize("condition", item.Name.Text, item.Name.Text, item.Documentation, item.Span, item.Parameters, arguments, binder =>
        {
            BoundExpression value = binder.Lift(binder.BindCondition(item.Value));
            binder.SetResult(value);
            return new BoundReturn(item.Value.Span, value);
        });
        if (function is null)
        {
            return Error(call.Span);
        }

        if (_symbols.Specializations.Count != before && item.After.Count > 0 && !_symbols.PendingConditions.Any(p => p.Function == function))
        {
            _symbols.PendingConditions.Add((function, item, arguments));
        }

        return Call(call.Span, function, arguments);
    }

    private BoundExpression BindHelperCall(CallExpression call, HelperSymbol helper)
    {
        if (BindArguments(call, helper.Parameters.Count) is not { } arguments)
        {
            return Error(call.Span);
        }

        for (int i = 0; i < arguments.Length; i++)
        {
            arguments[i] = Lift(Coerce(arguments[i], helper.Parameters[i].Type));
        }

        if (arguments.Any(a => a.Type.IsError))
        {
            return Error(call.Span);
        }

        if (!helper.Effects.Contains("pure"))
        {
            Effect();
        }

        return new BoundHelperCall(call.Span, helper, arguments);
    }

    private BoundExpression BindTableAccess(CallExpression call, TableSymbol table)
    {
        string access = call.Modifiers[0].Text;
        int keys = table.Syntax.Keys.Count;
        int extra = access == "write" ? 1 : 0;
        if (access is not ("read" or "write" or "name" or "can_read" or "can_write"))
        {
            return Error(Rules.UnknownFunction, call.Modifiers[0].Span, call.FullName);
        }

        if (BindArguments(call, keys + extra) is not { } arguments)
        {
            return Error(call.Span);
        }

        for (int i = 0; i < keys; i++)
        {
            if (arguments[i].IsRun)
            {
                return Error(Rules.NotStatic, arguments[i].Span, "the key of a table", "while translating");
            }

            arguments[i] = Coerce(arguments[i], IsaType.Int);
        }

        switch (access)
        {
            case "name":
                return new BoundTableAccess(call.Span, IsaType.Text, BindingTime.Translate, table, access, arguments);
            case "can_read" or "can_write":
                return new BoundTableAccess(call.Span, IsaType.Bool, BindingTime.Translate, table, access, arguments);
        }

        BindTableRows(table, access);
        foreach (BoundTableRow row in table.Accesses[access])
        {
            if (row.Body is { } body)
            {
                NoteCall(body);
            }
        }

        if (access == "write")
        {
            arguments[keys] = Lift(Coerce(arguments[keys], IsaType.Bits(64)));
        }

        return new BoundTableAccess(call.Span, access == "read" ? IsaType.Bits(64) : IsaType.Void, BindingTime.Run, table, access, arguments);
    }

    /// <summary>A row without accessors is a register of its name, as wide as the register, moved as 64 bits.</summary>
    private void BindTableRows(TableSymbol table, string access)
    {
        if (table.Accesses.ContainsKey(access))
        {
            return;
        }

        List<BoundTableRow> rows = [];
        table.Accesses[access] = rows;
        bool isRead = access == "read";
        foreach (TableRow row in table.Syntax.Rows)
        {
            if (row.Access.Any(a => a.Text == (isRead ? "wo" : "ro")))
            {
                rows.Add(new BoundTableRow(row, null));
                continue;
            }

            var register = new NameExpression(row.Span, row.Name.Text);
            bool hasRegister = _symbols.Model.FindRegister(row.Name.Text) is not null || _symbols.FindFlags(row.Name.Text) is not null;
            BoundFunction? body = null;
            if (isRead && (row.Accessors is { Get: not null } or { GetBody: not null } || row.Accessors is null && hasRegister))
            {
                body = Specialize("row", table.Syntax.Name.Text + "." + row.Name.Text, "read_" + row.Name.Text, null, row.Span, [], [], binder =>
                {
                    if (row.Accessors?.GetBody is { } block)
                    {
                        return binder.BindFunctionBody(block);
                    }

                    BoundExpression value = binder.Bind(row.Accessors?.Get ?? register);
                    value = value.Type.IsBits && value.Type.Width < 64 ? binder.Operation(row.Span, IsaType.Bits(64), "Zx", [W(value.Type), "64"], value) : value;
                    value = binder.Lift(binder.Coerce(value, IsaType.Bits(64)));
                    binder.SetResult(value);
                    return new BoundReturn(row.Span, value);
                }, ":read");
            }
            else if (!isRead && (row.Accessors is { Set: not null } || row.Accessors is null && hasRegister))
            {
                var parameter = new Parameter(row.Span, row.Accessors?.SetParameter ?? new Name(row.Span, "x"), null, false);
                BoundExpression argument = new BoundLocal(row.Span, new LocalSymbol("x", IsaType.Bits(64), BindingTime.Run));
                body = Specialize("row", table.Syntax.Name.Text + "." + row.Name.Text, "write_" + row.Name.Text, null, row.Span, [parameter], [argument], binder =>
                {
                    binder.SetResult(null);
                    if (row.Accessors?.Set is { } set)
                    {
                        return binder.BindNested(set);
                    }

                    BoundExpression value = binder.Bind(new NameExpression(row.Span, parameter.Name.Text));
                    return binder.AssignRegister(row.Span, register, value);
                }, ":write");
            }

            rows.Add(new BoundTableRow(row, body));
        }
    }

    private IsaType BindType(TypeSyntax type)
    {
        switch (type)
        {
            case NamedTypeSyntax named:
                return named.Name switch { "int" => IsaType.Int, "bool" => IsaType.Bool, "str" => IsaType.Text, _ => IsaType.Void };
            case BitsTypeSyntax bits:
                return BindWidth(bits.Width) is { } width ? IsaType.Bits(width) : IsaType.Error;
            case TupleTypeSyntax tuple:
                return IsaType.Tuple([.. tuple.Elements.Select(BindType)]);
            default:
                return IsaType.Error;
        }
    }

    /// <summary>The type of a signature outside any body.</summary>
    public IsaType BindSignatureType(TypeSyntax? type, IsaType whenMissing) => type is null ? whenMissing : BindType(type);
}
