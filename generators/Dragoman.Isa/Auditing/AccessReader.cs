using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Emit;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Auditing;

/// <summary>Reads out of bound instructions what touches memory, order, the TLB or what vCPUs share.</summary>
internal sealed class AccessReader
{
    private static readonly Dictionary<string, string> s_verbs = new()
    {
        ["Load"] = "load", ["Store"] = "store", ["LoadPair"] = "load pair", ["StorePair"] = "store pair", ["LoadExclusive"] = "load exclusive",
        ["StoreExclusive"] = "store exclusive", ["CompareAndSwap"] = "compare and swap", ["ProbeWrite"] = "probe", ["Fence"] = "fence",
        ["InstructionBarrier"] = "instruction barrier", ["ClearMonitor"] = "clear exclusive", ["InvalidateInstructionCache"] = "invalidate code", ["InvalidateAllInstructions"] = "invalidate all code", ["CleanDataCache"] = "clean data",
    };

    /// <summary>By body: the operands that some row has in memory.</summary>
    private readonly Dictionary<string, HashSet<int>> _inMemory = [];

    private readonly bool _alignsAtomics;

    public AccessReader(IsaModel model)
    {
        _alignsAtomics = model.AlignsAtomics;
        if (model.Bytes is not { } bytes)
        {
            return;
        }

        foreach (RowModel row in bytes.Rows)
        {
            int[] operands = [.. Enumerable.Range(0, row.Operands.Count).Where(i => row.Operands[i].Kind is { } kind && bytes.Operands.TryGetValue(kind.Name.Text, out OperandSymbol symbol) && MayBeMemory(symbol.Choice))];
            foreach (RowCopy copy in bytes.CopiesOf(row))
            {
                foreach (string body in new[] { copy.BodyName, copy.BodyName + "_lock" }.Where(bytes.Bodies.ContainsKey))
                {
                    string name = bytes.Bodies[body].Instruction.Name;
                    if (!_inMemory.TryGetValue(name, out HashSet<int> known))
                    {
                        _inMemory.Add(name, known = []);
                    }

                    // An instruction that is atomic without a prefix does the other body with registers only.
                    known.UnionWith(row.Item.IsImplicitlyLocked && body == copy.BodyName ? [] : operands);
                }
            }
        }
    }

    /// <summary>What one copy does, in order.</summary>
    public IEnumerable<MemoryAccess> Read(BoundInstruction instruction)
    {
        Dictionary<LocalSymbol, BoundExpression> orders = [];
        IReadOnlyCollection<int> inMemory = OperandsInMemory(instruction);
        foreach (object node in BoundTree.InOrder(instruction.Body))
        {
            NoteOrders(node, orders);
            foreach (MemoryAccess access in node switch
            {
                BoundOperation operation => Described(operation, orders),
                BoundHelperCall call => OutsideAccess.Of(call),
                BoundRaise raise => OutsideAccess.Of(raise),
                _ => Operand(node, inMemory),
            })
            {
                yield return access;
            }
        }
    }

    /// <summary>Numbers of the operands that some row of a body has in memory.</summary>
    public IReadOnlyCollection<int> OperandsInMemory(BoundInstruction instruction) => _inMemory.TryGetValue(instruction.Name, out HashSet<int> operands) ? operands : [];

    // Locals and parameters that hold orders.
    private static void NoteOrders(object node, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        switch (node)
        {
            case BoundLet { Value.Type.Kind: TypeKind.Order } let:
                orders[let.Local] = let.Value;
                break;
            case EnteredCall { Call: var call }:
                for (int i = 0; i < Math.Min(call.Arguments.Count, call.Function.Parameters.Count); i++)
                {
                    if (call.Arguments[i].Type.Kind == TypeKind.Order)
                    {
                        orders[call.Function.Parameters[i]] = call.Arguments[i] is BoundLocal local && orders.TryGetValue(local.Symbol, out BoundExpression value) ? value : call.Arguments[i];
                    }
                }

                break;
        }
    }

    private static bool MayBeMemory(PlaceChoice choice) => choice switch
    {
        PlaceLeaf leaf => leaf.Place.IsMemory,
        PlaceConditional either => MayBeMemory(either.WhenTrue) || MayBeMemory(either.WhenFalse),
        PlaceMatch match => match.Arms.Any(arm => MayBeMemory(arm.Choice)),
        _ => false,
    };

    /// <summary>What reading and writing operands in memory comes to: plain accesses of the operand's width.</summary>
    private static IEnumerable<MemoryAccess> Operand(object node, IReadOnlyCollection<int> inMemory) => node switch
    {
        BoundOperandRead { Width: > 0 } read when inMemory.Contains(read.Number) => [Plain(read.Span, "load", read.Width)],
        BoundRmw update when inMemory.Contains(update.Number) => [Plain(update.Span, "load", update.Width), Plain(update.Span, "store", update.Width)],
        BoundOperandWrite write when inMemory.Contains(write.Number) => [Plain(write.Span, "store", write.Width)],
        _ => [],
    };

    private static MemoryAccess Plain(TextSpan span, string verb, int bits) => new(span, verb, bits, [], "", "any", null);

    private IEnumerable<MemoryAccess> Described(BoundOperation operation, Dictionary<LocalSymbol, BoundExpression> orders) =>
        Describe(operation, orders) is { } access ? [access] : [];

    private MemoryAccess? Describe(BoundOperation operation, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        string? verb = operation.Name.StartsWith("Rmw", StringComparison.Ordinal) && operation.IsRun ? "rmw " + operation.Name.Substring(3).ToLowerInvariant()
            : s_verbs.TryGetValue(operation.Name, out string known) ? known : null;
        if (verb is null)
        {
            return null;
        }

        if (operation.Name == "Fence" || operation.Immediates.Count == 0)
        {
            return new MemoryAccess(operation.Span, verb, 0, [], operation.Name == "Fence" ? Fence(operation.Immediates[0]) : "", "", null);
        }

        AccessOrder order = AccessOrder.Of(operation.Arguments[operation.Arguments.Count - 1], orders);
        bool isAtomic = order.Parts.Count > 0 || verb.StartsWith("rmw", StringComparison.Ordinal) || verb is "compare and swap" or "load exclusive" or "store exclusive";
        string alignment = order.IsAligned || isAtomic && _alignsAtomics ? "size" : "any";
        return new MemoryAccess(operation.Span, verb, int.Parse(operation.Immediates[0]), order.Parts, "", alignment, order.AtomBits);
    }

    // The bits of a barrier in the language's notation.
    private static string Fence(string barrier)
    {
        bool Has(string bit) => barrier.Contains(bit);
        string from = (Has("LoadLoad") || Has("LoadStore") ? "r" : "") + (Has("StoreLoad") || Has("StoreStore") ? "w" : "");
        string to = (Has("LoadLoad") || Has("StoreLoad") ? "r" : "") + (Has("LoadStore") || Has("StoreStore") ? "w" : "");
        return $"{from} -> {to}";
    }
}
