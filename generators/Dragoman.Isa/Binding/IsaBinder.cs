using System.Numerics;
using Dragoman.Isa.Decoding;
using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Binding;

/// <summary>Binds a whole description: its machine, its functions, and the body of every instruction copy.</summary>
public sealed class IsaBinder
{
    private readonly IsaModel _model;
    private readonly IsaSymbols _symbols;
    private readonly DiagnosticBag _diagnostics;

    private IsaBinder(DiagnosticBag diagnostics, bool useVectorOps)
    {
        _model = new IsaModel { UseVectorOps = useVectorOps };
        _symbols = new IsaSymbols(_model);
        _diagnostics = diagnostics;
    }

    /// <summary>Binds everything. What cannot be bound is reported and left out.</summary>
    /// <param name="items">All items of the description.</param>
    /// <param name="copies">The copies that <c>for</c> makes of each instruction.</param>
    /// <param name="diagnostics">Where to report.</param>
    /// <param name="useVectorOps">Turn lane functions into vector ops where they have them.</param>
    /// <param name="bytes">Rows, of a guest whose instructions are strings of bytes; <paramref name="copies"/> are then its rows.</param>
    public static IsaModel Bind(IReadOnlyList<Item> items, IReadOnlyList<InstructionCopy> copies, DiagnosticBag diagnostics, bool useVectorOps = true, ByteDecoderModel? bytes = null)
    {
        var binder = new IsaBinder(diagnostics, useVectorOps);
        binder._model.Bytes = bytes is null ? null : new ByteModel(bytes);
        binder.Declare(items);
        binder.BindStaticFunctions();
        if (binder._model.Bytes is { } model)
        {
            new RowBinder(binder._symbols, model, diagnostics).Bind(items);
        }

        foreach (InstructionCopy copy in copies)
        {
            binder._model.CopyIds[copy.Name] = binder._model.CopyIds.Count + 1;
            if (bytes is null)
            {
                binder.BindInstruction(copy);
            }
        }

        var heads = new HeadBinder(binder._symbols, diagnostics);
        binder._model.Heads.AddRange(copies.Select(c => c.Encoding).Distinct().Select(heads.Bind));
        binder.BindConditionForms();
        return binder._model;
    }

    private void Declare(IReadOnlyList<Item> items)
    {
        foreach (IsaItem isa in items.OfType<IsaItem>().Take(1))
        {
            MachineBinder.Bind(isa, _model, _diagnostics);
        }

        foreach (Item item in items)
        {
            bool isNew = true;
            string name = item.Name.Text;
            switch (item)
            {
                case ConstItem constant:
                    isNew = _symbols.Constants.TryAdd(name, constant);
                    break;
                case FunctionItem { IsStatic: false } function:
                    isNew = _symbols.Functions.TryAdd(name, function);
                    break;
                case ViewItem view:
                    isNew = _symbols.Views.TryAdd(name, view);
                    break;
                case ProducerItem producer:
                    isNew = _symbols.Producers.TryAdd(name, producer);
                    _model.Producers.Add(name);
                    break;
                case ConditionItem condition:
                    isNew = _symbols.Conditions.TryAdd(name, condition);
                    break;
                case TableItem table:
                    var symbol = new TableSymbol(table);
                    _model.Tables.Add(symbol);
                    isNew = _symbols.Tables.TryAdd(name, symbol);
                    break;
                case GroupItem group:
                    isNew = _symbols.Groups.TryAdd(name, group);
                    break;
            }

            Name? flags = (item as ProducerItem)?.Flags ?? (item as ConditionItem)?.Flags;
            if (flags is { } set && _symbols.FindFlags(set.Text) is null)
            {
                _diagnostics.Report(Rules.UnknownFlags, set.Span, set.Text);
            }

            if (!isNew)
            {
                _diagnostics.Report(Rules.DuplicateName, item.Name.Span, name);
            }
        }

        CpuBinder.Bind(items, _model, value => NewBinder(null, true).Bind(value), _diagnostics);
        foreach (ConstItem constant in _symbols.Constants.Values)
        {
            _ = NewBinder(null, true).Bind(constant.Value);
        }

        foreach (HelperItem helper in items.OfType<HelperItem>())
        {
            BodyBinder types = NewBinder(null, true);
            var symbol = new HelperSymbol(
                helper.Name.Text,
                helper.Documentation,
                types.BindSignatureType(helper.Result, IsaType.Bits(64)),
                [.. helper.Parameters.Select(p => (p.Name.Text, types.BindSignatureType(p.Type, IsaType.Bits(64))))],
                [.. helper.Effects.Select(e => e.Text)]);
            _model.Helpers.Add(symbol);
            if (!_symbols.Helpers.TryAdd(symbol.Name, symbol))
            {
                _diagnostics.Report(Rules.DuplicateName, helper.Name.Span, symbol.Name);
            }
        }

        foreach (FunctionItem function in items.OfType<FunctionItem>().Where(f => f.IsStatic))
        {
            BodyBinder types = NewBinder(null, true);
            var names = new LocalNames();
            var symbol = new StaticFunction(
                function,
                [.. function.Parameters.Select(p => new LocalSymbol(names.Take(p.Name.Text), types.BindSignatureType(p.Type, IsaType.Int), BindingTime.Translate))],
                types.BindSignatureType(function.Result, IsaType.Int));
            _model.StaticFunctions.Add(symbol);
            if (!_symbols.StaticFunctions.TryAdd(function.Name.Text, symbol))
            {
                _diagnostics.Report(Rules.DuplicateName, function.Name.Span, function.Name.Text);
            }
        }
    }

    private BodyBinder NewBinder(BoundFunction? function, bool isStatic) => new(_symbols, _diagnostics, function, isStatic, new Promotions());

    private void BindStaticFunctions()
    {
        foreach (StaticFunction function in _model.StaticFunctions)
        {
            BodyBinder binder = NewBinder(null, true);
            for (int i = 0; i < function.Parameters.Count; i++)
            {
                LocalSymbol declared = function.Parameters[i];
                binder.DeclareLocal(function.Syntax.Parameters[i].Name.Text, declared.Type, declared.Time);
            }

            function.Body = binder.BindStaticBody(function.Syntax, function.ResultType);
        }
    }

    private void BindInstruction(InstructionCopy copy)
    {
        InstructionItem item = copy.Encoding.Item;
        var function = new BoundFunction(_symbols.TakeMethodName(copy.Name), item.Documentation, item.Body.Span);
        List<LocalSymbol> fields = [];
        var promotions = new Promotions();
        while (true)
        {
            promotions.Reset();
            fields.Clear();
            var passDiagnostics = new DiagnosticBag();
            var binder = new BodyBinder(_symbols, passDiagnostics, function, false, promotions);
            foreach (EncodingField field in copy.Encoding.Fields)
            {
                fields.Add(binder.DeclareLocal(field.Name, IsaType.IntOf(field.Width), BindingTime.Translate));
                if (copy.FixedFields.TryGetValue(field.Name, out long known))
                {
                    binder.Declare(field.Name, new BoundConstant(item.Span, IsaType.IntOf(field.Width), known));
                }
            }

            foreach (KeyValuePair<string, object> value in copy.Values)
            {
                binder.Declare(value.Key, value.Value is bool truth
                    ? new BoundConstant(item.Span, IsaType.Bool, truth ? 1 : 0)
                    : new BoundConstant(item.Span, IsaType.Int, (BigInteger)value.Value));
            }

            BoundStatement body = binder.BindInstructionBody(item, item.Group is { } g && _symbols.Groups.TryGetValue(g.Text, out GroupItem group) ? group : null);
            if (!promotions.Changed)
            {
                _diagnostics.AddRange(passDiagnostics.Items);
                if (!passDiagnostics.HasErrors)
                {
                    function.Body = body;
                    _model.Instructions.Add(new BoundInstruction(copy, fields, function));
                }

                return;
            }
        }
    }

    private void BindConditionForms()
    {
        foreach ((BoundFunction function, ConditionItem item, IReadOnlyList<BoundExpression> arguments) in _symbols.PendingConditions)
        {
            foreach (AfterForm form in item.After)
            {
                if (!_symbols.Producers.TryGetValue(form.Producer.Text, out ProducerItem producer) || producer.Parameters.Count != form.Parameters.Count)
                {
                    _diagnostics.Report(Rules.UnknownProducer, form.Producer.Span, form.Producer.Text, item.Flags.Text);
                    continue;
                }

                if (!_symbols.ProducerWidths.TryGetValue(form.Producer.Text, out SortedSet<int> widths))
                {
                    continue;
                }

                foreach (int width in widths.Where(w => w > 0))
                {
                    if (NewBinder(function, false).BindAfter(form, item, arguments, function, width) is { } after)
                    {
                        function.After.Add(after);
                    }
                }
            }
        }
    }
}
