using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

// Assignments: locals at once, registers and flags at the end of the instruction; views and producers as calls of their own.
internal sealed partial class BodyBinder
{
    private void BindAssignment(AssignStatement assign, List<BoundStatement> output)
    {
        // 'NZCV = add(n, a, b)': the producer writes the flags itself.
        if (assign.Target is NameExpression { Name: var name } && _scope.Find(name) is null && _symbols.FindFlags(name) is { } flags
            && assign.Value is CallExpression { Modifiers.Count: 0 } call && _symbols.Producers.TryGetValue(call.Name.Text, out ProducerItem producer))
        {
            BindProducer(assign, flags, call, producer, output);
            return;
        }

        BoundExpression value = Bind(assign.Value);
        if (!value.Type.IsError)
        {
            Assign(assign.Span, assign.Target, value, assign.IsSticky, output);
        }
    }

    private BoundStatement AssignRegister(TextSpan span, Expression target, BoundExpression value)
    {
        List<BoundStatement> output = [];
        IsaType? type = TypeOfTarget(target);
        if (type is { IsBits: true } && type.Width < value.Type.Width)
        {
            value = SelectBits(span, value, Int(span, 0), type.Width);
        }

        Assign(span, target, value, false, output);
        return new BoundBlock(span, output);
    }

    private IsaType? TypeOfTarget(Expression target) =>
        TryRegister(target, out RegisterSymbol register, out _) ? IsaType.Bits(register.Width)
        : target is NameExpression name && _symbols.FindFlags(name.Name) is { } flags ? IsaType.Bits(flags.Flags.Count) : null;

    private void Assign(TextSpan span, Expression target, BoundExpression value, bool isSticky, List<BoundStatement> output)
    {
        if (isSticky && (target is not (MemberExpression or SliceExpression or IndexExpression or PartSelectExpression) || TryRegister(target, out _, out _)))
        {
            _diagnostics.Report(Rules.StickyOnly, target.Span, "write 'REG.PART |= x'");
            return;
        }

        if (!isSticky && TryWriteOperand(span, target, value, output))
        {
            return;
        }

        switch (target)
        {
            case NameExpression name when _scope.Find(name.Name) is BoundLocal { Symbol: var symbol }:
                AssignLocal(span, name, symbol, value, output);
                return;
            case NameExpression name when _symbols.FindFlags(name.Name) is { } flags:
                AssignFlags(span, flags, value, output);
                return;
            case NameExpression name when FindFlag(name.Name) is { } flag:
                WriteRegister(span, flag, null, value, output);
                return;
            case MemberExpression { Target: NameExpression owner } member when _symbols.FindFlags(owner.Name) is { } flags:
                if (flags.Flags.FirstOrDefault(f => f.Name == member.Member.Text) is { } one)
                {
                    WriteRegister(span, one, null, value, output);
                    return;
                }

                break;
            case MemberExpression { Target: NameExpression owner } member when FindPart(owner.Name, member.Member.Text) is { } part:
                WritePart(span, part.Register, null, Int(span, part.Part.Low), part.Part.High - part.Part.Low + 1, value, isSticky, output);
                return;
            case CallExpression { Name.Text: "cat", Modifiers.Count: 0 } cat:
                AssignCat(span, cat, value, output);
                return;
            case CallExpression { Modifiers.Count: 0 } call when _symbols.Views.TryGetValue(call.Name.Text, out ViewItem view):
                AssignView(span, call, view, value, output);
                return;
            case TupleExpression tuple:
                AssignTuple(span, tuple, value, output);
                return;
            case SliceExpression slice when TryRegister(slice.Target, out RegisterSymbol register, out BoundExpression? index):
                if (BindInt(slice.High) is BoundConstant high && BindInt(slice.Low) is BoundConstant low)
                {
                    WritePart(span, register, index, low, (int)(high.Value - low.Value) + 1, value, isSticky, output);
                    return;
                }

                _diagnostics.Report(Rules.NotStatic, slice.Span, "the width of x[hi:lo]", "at build time (write x[pos +: width])");
                return;
            case PartSelectExpression part when TryRegister(part.Target, out RegisterSymbol register, out BoundExpression? index):
                BoundExpression position = BindInt(part.Position);
                if (BindWidth(part.Width) is { } width && !position.Type.IsError)
                {
                    WritePart(span, register, index, position, width, value, isSticky, output);
                }

                return;
            case IndexExpression bit when TryRegister(bit.Target, out RegisterSymbol register, out BoundExpression? index) && !TryRegister(bit, out _, out _):
                WritePart(span, register, index, BindInt(bit.Index), 1, value, isSticky, output);
                return;
        }

        if (TryRegister(target, out RegisterSymbol whole, out BoundExpression? element))
        {
            if (element is not { Type.IsError: true })
            {
                WriteRegister(span, whole, element, value, output);
            }

            return;
        }

        _diagnostics.Report(Rules.NotAssignable, target.Span);
    }

    private RegisterSymbol? FindFlag(string name) =>
        _symbols.Model.FindRegister(name) is null ? _symbols.Model.FlagSets.SelectMany(f => f.Flags).FirstOrDefault(f => f.Name == name) : null;

    private void AssignLocal(TextSpan span, NameExpression name, LocalSymbol symbol, BoundExpression value, List<BoundStatement> output)
    {
        if (!symbol.IsVariable)
        {
            _diagnostics.Report(Rules.NotAssignable, name.Span);
            return;
        }

        if (symbol.Time != BindingTime.Run && (value.IsRun || _runDepth > 0))
        {
            IsaType type = value.Type.IsBits ? value.Type : symbol.Type.IsBits ? symbol.Type : value.Type.IsBool ? IsaType.Bits(1) : IsaType.Int;
            if (!type.IsBits || !_declarations.TryGetValue(symbol, out TextSpan declaration))
            {
                _diagnostics.Report(Rules.NeedsWidth, span, name.Name);
                return;
            }

            _promotions.Add(declaration, type);
            return;
        }

        value = Coerce(value, symbol.Type);
        if (!value.Type.IsError)
        {
            output.Add(new BoundSetLocal(span, symbol, symbol.Time == BindingTime.Run ? Lift(value) : value));
        }
    }

    private void WriteRegister(TextSpan span, RegisterSymbol register, BoundExpression? index, BoundExpression value, List<BoundStatement> output)
    {
        value = Coerce(value, IsaType.Bits(register.Width));
        if (!value.Type.IsError)
        {
            output.Add(new BoundRegisterWrite(span, register, index, Lift(value)));
            EndTbAfterState(span, register, output);
        }
    }

    private void WritePart(
        TextSpan span, RegisterSymbol register, BoundExpression? index, BoundExpression position, int width, BoundExpression value, bool isSticky, List<BoundStatement> output)
    {
        if (position.Type.IsError || index is { Type.IsError: true })
        {
            return;
        }

        if (position is BoundConstant constant && (constant.Value < 0 || constant.Value + width > register.Width))
        {
            _diagnostics.Report(Rules.BadSlice, span, constant.Value + width - 1, constant.Value, "u" + register.Width);
            return;
        }

        value = Coerce(value, IsaType.Bits(width));
        if (!value.Type.IsError)
        {
            output.Add(new BoundPartWrite(span, register, index, position, width, Lift(value), isSticky));
            EndTbAfterState(span, register, output);
        }
    }

    /// <summary>What <c>tbstate</c> reads in memory has changed: the next instruction may mean something else. Registers that are globals the translator follows itself.</summary>
    private void EndTbAfterState(TextSpan span, RegisterSymbol register, List<BoundStatement> output)
    {
        if (register.InMemory && _symbols.Model.TbState.Exists(s => s.Register == register))
        {
            output.Add(new BoundEndTb(span));
        }
    }

    private void AssignFlags(TextSpan span, FlagsSymbol flags, BoundExpression value, List<BoundStatement> output)
    {
        if (value is BoundOperation { Name: "Undefined" })
        {
            foreach (RegisterSymbol flag in flags.Flags)
            {
                WriteRegister(span, flag, null, value, output);
            }

            return;
        }

        if (value.Type.Kind == TypeKind.Tuple && value.Type.Items.Count == flags.Flags.Count)
        {
            BoundExpression[] items = Split(span, value, output);
            for (int i = 0; i < items.Length; i++)
            {
                WriteRegister(span, flags.Flags[i], null, items[i], output);
            }

            return;
        }

        int count = flags.Flags.Count;
        value = Keep(span, "flags", Coerce(value, IsaType.Bits(count)), output);
        if (value.Type.IsError)
        {
            return;
        }

        for (int i = 0; i < count; i++)
        {
            WriteRegister(span, flags.Flags[i], null, SelectBits(span, value, Int(span, count - 1 - i), 1), output);
        }
    }

    /// <summary>Gives a value that is used more than once a local, unless it is one already.</summary>
    private BoundExpression Keep(TextSpan span, string name, BoundExpression value, List<BoundStatement> output)
    {
        if (value is BoundConstant or BoundLocal || value.Type.IsError)
        {
            return value;
        }

        var local = new LocalSymbol(_names.Take(name), value.Type, value.IsRun ? BindingTime.Run : BindingTime.Translate);
        output.Add(new BoundLet(span, local, value));
        return new BoundLocal(span, local);
    }

    private BoundExpression[] Split(TextSpan span, BoundExpression value, List<BoundStatement> output)
    {
        if (value is BoundTuple tuple)
        {
            return [.. tuple.Items];
        }

        LocalSymbol[] locals = [.. value.Type.Items.Select(t => new LocalSymbol(_names.Take("item"), t, value.IsRun ? BindingTime.Run : BindingTime.Translate))];
        output.Add(new BoundTupleLet(span, locals, value));
        return [.. locals.Select(l => new BoundLocal(span, l))];
    }

    private void AssignTuple(TextSpan span, TupleExpression targets, BoundExpression value, List<BoundStatement> output)
    {
        if (value.Type.Kind != TypeKind.Tuple || value.Type.Items.Count != targets.Elements.Count)
        {
            _diagnostics.Report(Rules.TypeMismatch, span, $"a tuple of {targets.Elements.Count}", value.Type);
            return;
        }

        BoundExpression[] items = Split(span, value, output);
        for (int i = 0; i < items.Length; i++)
        {
            Assign(span, targets.Elements[i], items[i], false, output);
        }
    }

    private void AssignCat(TextSpan span, CallExpression cat, BoundExpression value, List<BoundStatement> output)
    {
        IsaType[] types = [.. cat.Arguments.Select(a => Bind(a.Value).Type)];
        if (types.Any(t => !t.IsBits))
        {
            _diagnostics.Report(Rules.NotAssignable, cat.Span);
            return;
        }

        int position = types.Sum(t => t.Width);
        value = Keep(span, "joined", Coerce(value, IsaType.Bits(position)), output);
        for (int i = 0; i < types.Length && !value.Type.IsError; i++)
        {
            position -= types[i].Width;
            Assign(span, cat.Arguments[i].Value, SelectBits(span, value, Int(span, position), types[i].Width), false, output);
        }
    }

    private void AssignView(TextSpan span, CallExpression call, ViewItem view, BoundExpression value, List<BoundStatement> output)
    {
        if (BindTypedArguments(call, view.Parameters) is not { } arguments)
        {
            return;
        }

        if (view.Accessors.Set is not { } set || view.Accessors.SetParameter is not { } parameter)
        {
            _diagnostics.Report(Rules.NoAccessor, span, view.Name.Text, "set");
            return;
        }

        // What is assigned has the type that reading gives.
        if (view.Accessors.Get is not null || view.Accessors.GetBody is not null)
        {
            if (ViewGetter(view, arguments) is not { ResultType: { IsError: false } type })
            {
                return;
            }

            value = Coerce(value, type);
        }

        value = Lift(value);
        if (value.Type.IsError)
        {
            return;
        }

        // The value is a temp even when it is a constant of the IR, so one setter serves all.
        BoundExpression typed = new BoundLocal(span, new LocalSymbol("x", value.Type, BindingTime.Run));
        BoundFunction? function = Specialize(
            "set", view.Name.Text, "Set" + view.Name.Text, view.Documentation, view.Span,
            [.. view.Parameters, new Parameter(parameter.Span, parameter, null, false)], [.. arguments, typed],
            binder =>
            {
                binder.SetResult(null);
                return binder.BindNested(set);
            });
        if (function is null || function.ResultType.IsError)
        {
            return;
        }

        NoteCall(function);
        output.Add(new BoundEffect(span, new BoundCall(span, function, [.. arguments.Where(a => !IsBuildTime(a)), value])));
    }

    private void BindProducer(AssignStatement assign, FlagsSymbol flags, CallExpression call, ProducerItem producer, List<BoundStatement> output)
    {
        if (producer.Flags.Text != flags.Name)
        {
            _diagnostics.Report(Rules.WrongFlags, call.Span, producer.Name.Text, producer.Flags.Text, flags.Name);
            return;
        }

        if (BindTypedArguments(call, producer.Parameters) is not { } arguments)
        {
            return;
        }

        // The first parameter is the width; numbers among the others take it.
        int width = arguments.Length > 0 && arguments[0] is BoundConstant { Type.IsInt: true } n && n.Value > 0 && n.Value <= 128 ? (int)n.Value : 0;
        for (int i = 1; i < arguments.Length && width > 0; i++)
        {
            arguments[i] = Lift(arguments[i].Type.IsInt ? Coerce(arguments[i], IsaType.Bits(width)) : arguments[i]);
        }

        if (arguments.Any(a => a.Type.IsError))
        {
            return;
        }

        if (!_symbols.ProducerWidths.TryGetValue(producer.Name.Text, out SortedSet<int> widths))
        {
            _symbols.ProducerWidths[producer.Name.Text] = widths = [];
        }

        widths.Add(width);
        BoundFunction? function = Specialize(
            "producer", producer.Name.Text, producer.Flags.Text + "_" + producer.Name.Text, producer.Documentation, producer.Span, producer.Parameters, arguments, binder =>
            {
                binder.SetResult(null);
                BoundBlock body = binder.BindBlock(producer.Body);
                HashSet<string> written = [];
                Written(body, written);
                if (flags.Flags.FirstOrDefault(f => !written.Contains(f.Name)) is { } missing)
                {
                    binder._diagnostics.Report(Rules.FlagOutsideProducer, producer.Name.Span, producer.Name.Text, missing.Name);
                }

                var produced = new BoundProduced(
                    producer.Span, producer.Name.Text, width, [.. binder._function!.Parameters.Select(p => new BoundLocal(producer.Span, p))]);
                return new BoundBlock(producer.Span, [body, produced]);
            });
        if (function is not null && !function.ResultType.IsError)
        {
            output.Add(new BoundEffect(assign.Span, new BoundCall(call.Span, function, [.. arguments.Where(a => !IsBuildTime(a))])));
        }
    }

    private static void Written(BoundStatement statement, HashSet<string> names)
    {
        switch (statement)
        {
            case BoundBlock block:
                foreach (BoundStatement inner in block.Statements)
                {
                    Written(inner, names);
                }

                break;
            case BoundRegisterWrite write:
                names.Add(write.Register.Name);
                break;
        }
    }
}
