using System.Numerics;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

internal sealed partial class SymbolicEvaluator
{
    private SymbolicValue Evaluate(BoundExpression expression, Frame frame)
    {
        switch (expression)
        {
            case BoundConstant constant:
                return SymbolicValue.Number(constant.Value);
            case BoundLocal local:
                return frame[local.Symbol] ?? Name(local.Symbol);
            case BoundReference reference:
                return frame[reference.Symbol] ?? Name(reference.Symbol);
            case BoundLift lift:
                return Evaluate(lift.Value, frame);
            case BoundTuple tuple:
                SymbolicValue[] items = [.. tuple.Items.Select(i => Evaluate(i, frame))];
                SymbolicValue whole = Atom("tuple", items);
                return new SymbolicValue(whole.Terms, whole.Offset, whole.Loads) { Items = items };
            case BoundCall call:
                return Call(call.Function, call.Arguments, frame);
            case BoundTableAccess { Access: "read" or "write" } access:
                return Table(access, frame);
            case BoundHelperCall call:
                return Helper(call, frame);
            case BoundOperandRead read when _inMemory.Contains(read.Number):
                return Loaded("load", Operand(read.Number), read.Width);
            case BoundOperandPart part when _inMemory.Contains(part.Number):
                return Loaded("load", SymbolicValue.Sum(Operand(part.Number), Atom("part", Evaluate(part.Part, frame))), 128);
            case BoundOperandAddress address:
                return Operand(address.Number);
            case BoundRmw update when _inMemory.Contains(update.Number):
                SymbolicValue old = Loaded("load", Operand(update.Number), update.Width);
                onStore(update.Span, MemoryRange.At(Operand(update.Number), update.Width), _loaded);
                return old;
            case BoundOperation operation:
                return Operation(operation, frame);
            case BoundRegisterRead read:
                return Atom("register " + read.Register.LayoutName, read.Index is { } index ? [Evaluate(index, frame)] : []);
            case BoundRegisterPart part:
                return Atom($"bits {part.Register.LayoutName} {part.Width}", [.. BoundTree.Operands(part).Select(o => Evaluate(o, frame))]);
            case BoundConditional conditional:
                SymbolicValue condition = Evaluate(conditional.Condition, frame);
                return Atom("?:", [condition, .. OneOf([conditional.WhenTrue, conditional.WhenFalse], frame)]);
            case BoundMatch match:
                string shape = string.Join(";", match.Arms.Select(a => string.Join("|", a.Patterns)));
                SymbolicValue chosen = Evaluate(match.Value, frame);
                return Atom("match " + shape, [chosen, .. OneOf(match.Arms.Select(a => a.Value).OfType<BoundExpression>(), frame)]);
            case BoundField field:
                return Atom("field " + field.Name);
            case BoundStaticCall call:
                return Atom("static " + call.Function.Syntax.Name.Text, [.. call.Arguments.Select(a => Evaluate(a, frame))]);
            case BoundPc pc:
                return Atom(pc.IsNext ? "next pc" : "pc");
            default:
                return Atom(expression.GetType().Name + Shape(expression), [.. BoundTree.Operands(expression).Select(o => Evaluate(o, frame))]);
        }
    }

    // Only one of them is done.
    private List<SymbolicValue> OneOf(IEnumerable<BoundExpression> choices, Frame frame)
    {
        IReadOnlyCollection<MemoryRange> before = _loaded;
        IReadOnlyCollection<MemoryRange> behind = before;
        List<SymbolicValue> values = [];
        foreach (BoundExpression choice in choices)
        {
            _loaded = before;
            values.Add(Evaluate(choice, frame));
            behind = SymbolicValue.Join(behind, _loaded);
        }

        _loaded = behind;
        return values;
    }

    private static string Shape(BoundExpression expression) => expression switch
    {
        BoundTbState state => $" {state.Low}",
        BoundCpuFeature cpu => " " + cpu.Feature,
        BoundCpuValue cpu => " " + cpu.Name,
        BoundOperandIsMemory operand => $" {operand.Number}",
        BoundOperandRead operand => $" {operand.Number}",
        BoundOperandPart operand => $" {operand.Number}",
        BoundTableAccess table => $" {table.Table.Syntax.Name.Text}.{table.Access}",
        _ => "",
    };

    private SymbolicValue Name(LocalSymbol local)
    {
        if (!_names.TryGetValue(local, out int number))
        {
            _names.Add(local, number = _names.Count);
        }

        return Atom($"name {number}");
    }

    // Each row on its own: only one is done.
    private SymbolicValue Table(BoundTableAccess access, Frame frame)
    {
        int keys = access.Table.Syntax.Keys.Count;
        SymbolicValue[] arguments = [.. access.Arguments.Select(a => Evaluate(a, frame))];
        IReadOnlyCollection<MemoryRange> before = _loaded;
        IReadOnlyCollection<MemoryRange> behind = _loaded;
        List<SymbolicValue> results = [.. arguments];
        foreach (BoundFunction row in access.Table.Accesses[access.Access].Select(r => r.Body).OfType<BoundFunction>().Where(r => r.Body is not null))
        {
            var inner = new Frame();
            if (row.Parameters.Count > 0)
            {
                inner[row.Parameters[0]] = arguments[keys];
            }

            _loaded = before;
            Execute(row.Body!, inner);
            behind = SymbolicValue.Join(behind, _loaded);
            results.Add(inner.Result ?? SymbolicValue.Number(0));
        }

        _loaded = behind;
        return Atom("row " + access.Table.Syntax.Name.Text, [.. results]);
    }

    // A helper that has to do with memory may store where each of its arguments says.
    private SymbolicValue Helper(BoundHelperCall call, Frame frame)
    {
        SymbolicValue[] arguments = [.. call.Arguments.Select(a => Evaluate(a, frame))];
        if (call.Helper.Effects.Contains("memory"))
        {
            foreach (SymbolicValue address in arguments)
            {
                onStore(call.Span, MemoryRange.At(address, 128), _loaded);
            }
        }

        return Atom("helper " + call.Helper.Name, arguments);
    }

    private SymbolicValue Operation(BoundOperation operation, Frame frame)
    {
        SymbolicValue[] a = [.. operation.Arguments.Where(x => x is not BoundOrder && x.Type.Kind != TypeKind.Order).Select(x => Evaluate(x, frame))];
        int bits = operation.Immediates.Count > 0 && int.TryParse(operation.Immediates[0], out int width) ? width : 0;
        switch (operation.Name)
        {
            case "Load" when operation.IsRun:
                return Loaded("load", SymbolicValue.Sum(a[0], a[1]), bits);
            case "LoadPair":
                return Loaded("load pair", SymbolicValue.Sum(a[0], a[1]), 2 * bits);
            case "LoadExclusive":
                return Loaded("load exclusive", a[0], bits);
            case "Store" when operation.IsRun:
                onStore(operation.Span, MemoryRange.At(SymbolicValue.Sum(a[0], a[1]), bits), _loaded);
                return SymbolicValue.Number(0);
            case "StorePair":
                onStore(operation.Span, MemoryRange.At(SymbolicValue.Sum(a[0], a[1]), 2 * bits), _loaded);
                return SymbolicValue.Number(0);
            case "StoreExclusive":
                // It stores only if nobody has written since its load-exclusive.
                return Atom("stored", a);
            case "CompareAndSwap":
                // One that expects what was loaded there stores only if that still stands.
                if (!a[1].Loads.Any(MemoryRange.At(a[0], bits).Overlaps))
                {
                    onStore(operation.Span, MemoryRange.At(a[0], bits), _loaded);
                }

                return Loaded("swapped", a[0], bits);
            case "RmwLoop":
                // Its function is of the value that it replaces.
                onStore(operation.Span, MemoryRange.At(a[0], bits), _loaded);
                return Loaded("updated", a[0], bits);
            case var name when operation.IsRun && name.StartsWith("Rmw", StringComparison.Ordinal):
                onStore(operation.Span, MemoryRange.At(a[0], bits), _loaded);
                return Loaded("updated", a[0], bits);
            case "Add" when Is64(operation):
                return SymbolicValue.Sum(a[0], a[1]);
            case "Sub" when Is64(operation) && a[1].Terms.Length == 0:
                return SymbolicValue.Sum(a[0], SymbolicValue.Number(-a[1].Offset)).With(a[1].Loads);
            case "Mul" or "Shl" when a.Length == 2 && a.All(v => v.Terms.Length == 0 && BigInteger.Abs(v.Offset) < 1 << 16):
                return SymbolicValue.Number(operation.Name == "Mul" ? a[0].Offset * a[1].Offset : a[0].Offset << (int)(a[1].Offset & 63));
            case "IntToBits" or "BitsToInt" or "Zx" or "Sx" when Is64(operation) && Is64(operation.Arguments[0]):
                return a[0];
            default:
                return Atom($"{operation.Name} {string.Join(" ", operation.Immediates)}", a);
        }
    }

    // A number of the translator has 64 bits as far as it goes.
    private static bool Is64(BoundExpression value) => value.Type is { IsInt: true } or { IsBits: true, Width: 64 };

    private SymbolicValue Loaded(string how, SymbolicValue address, int bits)
    {
        MemoryRange range = MemoryRange.At(address, bits);
        _loaded = SymbolicValue.Join(_loaded, [range]);
        return Atom($"{how} {bits}", address).With([range]);
    }
}
