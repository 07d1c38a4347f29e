using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Emit;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Auditing;

/// <summary>Reads the accesses and barriers out of bound instructions.</summary>
internal sealed class AccessReader
{
    private static readonly Dictionary<string, string> s_verbs = new()
    {
        ["Load"] = "load", ["Store"] = "store", ["LoadPair"] = "load pair", ["StorePair"] = "store pair", ["LoadExclusive"] = "load exclusive",
        ["StoreExclusive"] = "store exclusive", ["CompareAndSwap"] = "compare and swap", ["ProbeWrite"] = "probe", ["Fence"] = "fence",
        ["InstructionBarrier"] = "instruction barrier", ["ClearMonitor"] = "clear exclusive", ["InvalidateInstructionCache"] = "invalidate code", ["InvalidateAllInstructions"] = "invalidate all code",
    };

    /// <summary>By body: the operands that some row has in memory.</summary>
    private readonly Dictionary<string, HashSet<int>> _inMemory = [];

    public AccessReader(IsaModel model)
    {
        if (model.Bytes is not { } bytes)
        {
            return;
        }

        foreach (RowModel row in bytes.Rows)
        {
            int[] operands = [.. Enumerable.Range(0, row.Operands.Count).Where(i => row.Operands[i].Kind is { } kind && bytes.Operands.TryGetValue(kind.Name.Text, out OperandSymbol symbol) && MayBeMemory(symbol.Choice))];
            foreach (RowCopy copy in bytes.CopiesOf(row))
            {
                string name = bytes.Bodies[copy.BodyName].Instruction.Name;
                if (!_inMemory.TryGetValue(name, out HashSet<int> known))
                {
                    _inMemory.Add(name, known = []);
                }

                known.UnionWith(operands);
            }
        }
    }

    /// <summary>The accesses and barriers of one copy, in the order of its text.</summary>
    public IEnumerable<MemoryAccess> Read(BoundInstruction instruction)
    {
        HashSet<BoundFunction> functions = [instruction.Body];
        BoundTree.Functions(instruction.Body, functions);
        Dictionary<LocalSymbol, BoundExpression> orders = [];
        BoundFunction[] withBody = [.. functions.Where(f => f.Body is not null)];
        foreach (BoundFunction function in withBody)
        {
            CollectOrders(function.Body!, orders);
        }

        IEnumerable<MemoryAccess> written = withBody
            .SelectMany(f => BoundTree.AllExpressions(f.Body!))
            .OfType<BoundOperation>()
            .Select(operation => Describe(operation, orders))
            .OfType<MemoryAccess>();
        return _inMemory.TryGetValue(instruction.Name, out HashSet<int> operands) ? [.. Operands(instruction.Body.Body!, operands), .. written] : written;
    }

    private static bool MayBeMemory(PlaceChoice choice) => choice switch
    {
        PlaceLeaf leaf => leaf.Place.IsMemory,
        PlaceConditional either => MayBeMemory(either.WhenTrue) || MayBeMemory(either.WhenFalse),
        PlaceMatch match => match.Arms.Any(arm => MayBeMemory(arm.Choice)),
        _ => false,
    };

    /// <summary>What reading and writing operands in memory comes to: plain accesses of the operand's width.</summary>
    private static IEnumerable<MemoryAccess> Operands(BoundStatement body, HashSet<int> inMemory)
    {
        foreach (BoundExpression expression in BoundTree.AllExpressions(body))
        {
            switch (expression)
            {
                case BoundOperandRead read when inMemory.Contains(read.Number) && read.Width > 0:
                    yield return new MemoryAccess(read.Span, "load", read.Width, [], "", "any", null);
                    break;
                case BoundRmw update when inMemory.Contains(update.Number):
                    yield return new MemoryAccess(update.Span, "load", update.Width, [], "", "any", null);
                    yield return new MemoryAccess(update.Span, "store", update.Width, [], "", "any", null);
                    break;
            }
        }

        foreach (BoundOperandWrite write in AllStatements(body).OfType<BoundOperandWrite>())
        {
            if (inMemory.Contains(write.Number))
            {
                yield return new MemoryAccess(write.Span, "store", write.Width, [], "", "any", null);
            }
        }
    }

    private static IEnumerable<BoundStatement> AllStatements(BoundStatement statement) => BoundTree.Statements(statement).SelectMany(AllStatements).Prepend(statement);

    private static void CollectOrders(BoundStatement statement, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        foreach (BoundStatement inner in AllStatements(statement))
        {
            if (inner is BoundLet { Value.Type.Kind: TypeKind.Order } let)
            {
                orders[let.Local] = let.Value;
            }
        }
    }

    private static MemoryAccess? Describe(BoundOperation operation, Dictionary<LocalSymbol, BoundExpression> orders)
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
        bool isAtomic = verb.StartsWith("rmw", StringComparison.Ordinal) || verb is "compare and swap" or "load exclusive" or "store exclusive";
        return new MemoryAccess(operation.Span, verb, int.Parse(operation.Immediates[0]), order.Parts, "", order.IsAligned || order.Parts.Count > 0 || isAtomic ? "size" : "any", order.AtomBits);
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
