using Dragoman.Isa.Decoding;
using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>Binds what a byte-stream guest declares: conditions of prefixes, sizes, operands, and each copy of each body that its rows ask for.</summary>
internal sealed class RowBinder(IsaSymbols symbols, ByteModel bytes, DiagnosticBag diagnostics)
{
    // Wider operands are read in parts.
    private const int WidestValue = 128;

    public void Bind(IReadOnlyList<Item> items)
    {
        BindMachine();
        foreach (OperandItem operand in bytes.Unit.Operands.Values)
        {
            BindOperand(operand);
        }

        foreach (RowInstructionItem item in bytes.Rows.Select(r => r.Item).Distinct())
        {
            BindText(item);
        }

        foreach (RowModel row in bytes.Rows)
        {
            bytes.Unallocated[row.Syntax] = [.. row.Syntax.Unallocated.Select(e => NewStatic().BindCondition(e))];
            foreach (RowCopy copy in row.Copies)
            {
                BindBody(row, copy, locked: false);
                if (row.Item.IsLockable)
                {
                    BindBody(row, copy, locked: true);
                }
            }
        }

        BindPlaces();
    }

    private BodyBinder NewStatic() => new(symbols, diagnostics, null, true, new Promotions());

    private void BindMachine()
    {
        foreach (PrefixSyntax prefix in bytes.Unit.Prefixes)
        {
            BodyBinder binder = NewStatic();
            binder.DeclareLocal("next", IsaType.Int, BindingTime.Translate);
            bytes.Prefixes[prefix] = (
                prefix.When is { } when ? binder.BindCondition(when) : null,
                prefix.Unallocated is { } unallocated ? binder.BindCondition(unallocated) : null);
        }

        foreach (WidthSyntax width in bytes.Unit.Widths)
        {
            bytes.Sizes.Add((width.Name.Text, NewStatic().BindInt(width.Value)));
        }

        bytes.Parts = bytes.Unit.Parts is { } parts ? NewStatic().BindInt(parts) : null;
        bytes.SibWhen = bytes.Unit.Sib?.When is { } sib ? NewStatic().BindCondition(sib) : null;
        bytes.Displacement = bytes.Unit.Displacement is { } displacement ? NewStatic().BindInt(displacement) : null;
    }

    private void BindOperand(OperandItem item)
    {
        BodyBinder binder = NewStatic();
        LocalSymbol width = binder.DeclareLocal("n", IsaType.Int, BindingTime.Translate);
        if (BindChoice(binder, item.Value) is { } choice)
        {
            bytes.Operands[item.Name.Text] = new OperandSymbol(item, width, choice);
        }
    }

    private PlaceChoice? BindChoice(BodyBinder binder, Expression expression)
    {
        switch (expression)
        {
            case ConditionalExpression conditional:
                BoundExpression condition = binder.BindCondition(conditional.Condition);
                return BindChoice(binder, conditional.WhenTrue) is { } whenTrue && BindChoice(binder, conditional.WhenFalse) is { } whenFalse && !condition.Type.IsError
                    ? new PlaceConditional(condition, whenTrue, whenFalse)
                    : null;
            case CallExpression { Modifiers.Count: 0 } call when symbols.Views.TryGetValue(call.Name.Text, out ViewItem view)
                && call.Arguments.Count == view.Parameters.Count && view.Parameters.Count is 1 or 2:
                PlaceSymbol? place = bytes.Places.Find(p => p.View == view);
                if (place is null)
                {
                    bytes.Places.Add(place = new PlaceSymbol(view));
                    BindPlaceText(place);
                }

                BoundExpression? index = place.HasIndex ? binder.BindInt(call.Arguments[0].Value) : null;
                return index is { Type.IsError: true } ? null : new PlaceLeaf(place, index);
            default:
                diagnostics.Report(Rules.NotAPlace, expression.Span, "the view has the parameters (n) or (i, n), where n is the width");
                return null;
        }
    }

    private void BindPlaceText(PlaceSymbol place)
    {
        if (place.View.Accessors.Text is not { } text)
        {
            return;
        }

        BodyBinder binder = NewStatic();
        if (place.HasIndex)
        {
            place.TextIndex = binder.DeclareLocal(place.View.Parameters[0].Name.Text, IsaType.Int, BindingTime.Translate);
        }

        place.TextWidth = binder.DeclareLocal(place.View.Parameters[place.View.Parameters.Count - 1].Name.Text, IsaType.Int, BindingTime.Translate);
        BoundExpression value = binder.Bind(text);
        if (value.Type.Kind is not (TypeKind.Text or TypeKind.Error))
        {
            diagnostics.Report(Rules.NotText, text.Span, value.Type);
        }

        place.Text = new StaticMethod([], [], [(null, value)]);
    }

    private void BindText(RowInstructionItem item)
    {
        if (item.Asm is not { } asm)
        {
            return;
        }

        BodyBinder binder = NewStatic();
        for (int i = 0; i < item.Operands.Count; i++)
        {
            binder.Declare(item.Operands[i].Name.Text, new BoundOperandText(item.Operands[i].Name.Span, i));
        }

        BoundExpression text = binder.Bind(asm);
        if (text.Type.Kind is not (TypeKind.Text or TypeKind.Error))
        {
            diagnostics.Report(Rules.NotText, asm.Span, text.Type);
        }

        bytes.Texts[item] = text;
    }

    private void BindBody(RowModel row, RowCopy copy, bool locked)
    {
        RowInstructionItem item = row.Item;
        string name = copy.BodyName + (locked ? "_lock" : "");
        if (bytes.Bodies.ContainsKey(name))
        {
            return;
        }

        var function = new BoundFunction(symbols.TakeMethodName(name), item.Documentation, item.Body.Span);
        var promotions = new Promotions();
        while (true)
        {
            promotions.Reset();
            var pass = new DiagnosticBag();
            var binder = new BodyBinder(symbols, pass, function, false, promotions) { IsLocked = locked };
            BoundStatement body = binder.BindRowBody(row, copy.Widths, item.Group is { } g && symbols.Groups.TryGetValue(g.Text, out GroupItem group) ? group : null, bytes.Repeat);
            if (promotions.Changed)
            {
                continue;
            }

            if (locked && !pass.HasErrors && binder.UpdateCount != 1)
            {
                pass.Report(Rules.Lockable, item.Name.Span, $"{item.Name.Text} is lockable: its body has exactly one rmw of its first operand, this has {binder.UpdateCount}");
            }

            diagnostics.AddRange(pass.Items);
            if (!pass.HasErrors)
            {
                function.Body = body;
            }

            break;
        }

        // What emitters and the audit ask of an instruction: its name, documentation and place.
        var syntax = new InstructionItem(
            item.Span, item.Name, item.Documentation, [], [], [], [], [], item.Features, item.Lets, item.Group, item.Asm, [], item.Body, item.Tests);
        var encoding = new InstructionEncoding(syntax, 0, 0, 0, 0, []);
        var instruction = new BoundInstruction(new InstructionCopy(encoding, name, new Dictionary<string, object>(), new Dictionary<string, long>(), []), [], function);
        bytes.Bodies[name] = new BoundRowBody(item, copy.Widths, locked, instruction);
        if (function.Body is not null)
        {
            symbols.Model.Instructions.Add(instruction);
        }
    }

    /// <summary>The accessors of each place at each width that some row has it at.</summary>
    private void BindPlaces()
    {
        HashSet<(PlaceSymbol Place, int Width, bool IsWritten)> used = [];
        foreach (RowModel row in bytes.Rows)
        {
            if (row.Source is { Kind: { } from } && bytes.Operands.TryGetValue(from.Name.Text, out OperandSymbol source))
            {
                used.UnionWith(Leaves(source.Choice).SelectMany(place => row.Copies.Select(copy => (place, copy.Widths[0], false))));
            }

            for (int i = 0; i < row.Operands.Count; i++)
            {
                if (row.Operands[i].Kind is not { } kind || !bytes.Operands.TryGetValue(kind.Name.Text, out OperandSymbol operand))
                {
                    continue;
                }

                foreach (PlaceSymbol place in Leaves(operand.Choice))
                {
                    foreach (RowCopy copy in row.Copies)
                    {
                        used.Add((place, Math.Min(copy.Widths[i], WidestValue), row.Item.Operands[i].IsWritten));
                    }
                }
            }
        }

        foreach ((PlaceSymbol place, int width, bool isWritten) in used.OrderBy(u => u.Width))
        {
            var binder = new BodyBinder(symbols, diagnostics, new BoundFunction("places", null, place.View.Span), false, new Promotions());
            if (place.IsMemory)
            {
                place.Address ??= binder.BindPlaceAddress(place.View);
            }
            else if (width > 0)
            {
                if (!place.Get.ContainsKey(width) && binder.BindPlaceGetter(place.View, width) is { } getter)
                {
                    place.Get[width] = getter;
                }

                if (isWritten && place.View.Accessors.Set is not null && !place.Set.ContainsKey(width) && binder.BindPlaceSetter(place.View, width) is { } setter)
                {
                    place.Set[width] = setter;
                }
            }
        }
    }

    private static IEnumerable<PlaceSymbol> Leaves(PlaceChoice choice) => choice switch
    {
        PlaceLeaf leaf => [leaf.Place],
        PlaceConditional conditional => Leaves(conditional.WhenTrue).Concat(Leaves(conditional.WhenFalse)),
        PlaceMatch match => match.Arms.SelectMany(a => Leaves(a.Choice)),
        _ => [],
    };
}
