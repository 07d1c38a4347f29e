using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits <c>Audit.Entries</c>: every memory verb and fence of every instruction, with its order, width and atomicity.</summary>
internal static class AuditEmitter
{
    private static readonly Dictionary<string, string> s_verbs = new()
    {
        ["Load"] = "load", ["Store"] = "store", ["LoadPair"] = "load pair", ["StorePair"] = "store pair", ["LoadExclusive"] = "load exclusive",
        ["StoreExclusive"] = "store exclusive", ["CompareAndSwap"] = "compare and swap", ["ProbeWrite"] = "probe", ["Fence"] = "fence",
        ["InstructionBarrier"] = "instruction barrier", ["ClearMonitor"] = "clear exclusive", ["InvalidateInstructionCache"] = "invalidate code", ["InvalidateAllInstructions"] = "invalidate all code",
    };

    public static EmittedSource Emit(IsaModel model, int descriptionLines)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "Dragoman.Runtime.Guests");
        writer.Summary("What the description says of memory and order; see <c>dragoman audit</c>.");
        using (writer.Open("public static class Audit"))
        {
            writer.Summary("One row for each different access or barrier of an instruction, in the order of the description.");
            writer.Line("public static IReadOnlyList<AuditEntry> Entries { get; } =");
            writer.Line("[");
            writer.Indent();
            foreach (IGrouping<string, BoundInstruction> instruction in model.Instructions.GroupBy(i => i.Syntax.Name.Text))
            {
                foreach (IGrouping<Row, (Row Row, int Bits)> row in instruction.SelectMany(Accesses).GroupBy(a => a.Row))
                {
                    string bits = string.Join(" ", row.Select(r => r.Bits).Where(b => b > 0).Distinct().OrderBy(b => b));
                    string section = Escape(instruction.First().Syntax.Documentation ?? "");
                    writer.Line($"new(\"{instruction.Key}\", \"{section}\", \"{row.Key.Verb}\", \"{bits}\", \"{Escape(row.Key.Order)}\", \"{row.Key.Alignment}\", \"{row.Key.Atom}\"),");
                }
            }

            writer.Unindent();
            writer.Line("];");
            writer.Line();
            writer.Summary("How much of the guest the description says.");
            IGrouping<string, BoundInstruction>[] instructions = [.. model.Instructions.GroupBy(i => i.Syntax.Name.Text)];
            string helped = string.Join(", ", instructions.Where(i => i.Any(CallsHelper)).Select(i => $"\"{i.Key}\""));
            writer.Line($"public static GuestSummary Summary {{ get; }} = new({instructions.Length}, [{helped}], {descriptionLines});");
        }

        return new EmittedSource(model.Name + ".Audit.g.cs", writer.ToString());
    }

    private static bool CallsHelper(BoundInstruction instruction)
    {
        HashSet<BoundFunction> functions = [instruction.Body];
        BoundTree.Functions(instruction.Body, functions);
        return functions.Any(f => f.Body is not null && BoundTree.AllExpressions(f.Body).Any(e => e is BoundHelperCall));
    }

    private static IEnumerable<(Row Row, int Bits)> Accesses(BoundInstruction instruction)
    {
        HashSet<BoundFunction> functions = [instruction.Body];
        BoundTree.Functions(instruction.Body, functions);
        Dictionary<LocalSymbol, BoundExpression> orders = [];
        foreach (BoundFunction function in functions.Where(f => f.Body is not null))
        {
            Collect(function.Body!, orders);
        }

        return functions
            .Where(f => f.Body is not null)
            .SelectMany(f => BoundTree.AllExpressions(f.Body!))
            .OfType<BoundOperation>()
            .Select(operation => Describe(operation, orders))
            .OfType<(Row, int)>();
    }

    private static void Collect(BoundStatement statement, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        if (statement is BoundLet { Value.Type.Kind: TypeKind.Order } let)
        {
            orders[let.Local] = let.Value;
        }

        foreach (BoundStatement inner in BoundTree.Statements(statement))
        {
            Collect(inner, orders);
        }
    }

    private static (Row, int)? Describe(BoundOperation operation, Dictionary<LocalSymbol, BoundExpression> orders)
    {
        string? verb = operation.Name.StartsWith("Rmw", StringComparison.Ordinal) && operation.IsRun ? "rmw " + operation.Name.Substring(3).ToLowerInvariant()
            : s_verbs.TryGetValue(operation.Name, out string known) ? known : null;
        if (verb is null)
        {
            return null;
        }

        if (operation.Name == "Fence")
        {
            string barrier = operation.Immediates[0].Replace("MemBarrier.", "");
            return (new Row(verb, Fence(barrier), "", ""), 0);
        }

        if (operation.Immediates.Count == 0)
        {
            return (new Row(verb, "", "", ""), 0);
        }

        List<string> order = [];
        string alignment = "any";
        string atom = "";
        Read(operation.Arguments[operation.Arguments.Count - 1]);
        bool isOrdered = order.Count > 0;
        bool isAtomic = verb.StartsWith("rmw", StringComparison.Ordinal) || verb is "compare and swap" or "load exclusive" or "store exclusive";
        return (new Row(verb, isOrdered ? string.Join(", ", order) : "plain", isOrdered || isAtomic ? "size" : alignment, atom), int.Parse(operation.Immediates[0]));

        void Read(BoundExpression expression)
        {
            switch (expression)
            {
                case BoundOrder bits:
                    foreach (string bit in bits.MemOp.Split(['|'], StringSplitOptions.RemoveEmptyEntries).Select(b => b.Trim()))
                    {
                        ReadBit(bit);
                    }

                    break;
                case BoundLocal local when orders.TryGetValue(local.Symbol, out BoundExpression value):
                    Read(value);
                    break;
                case BoundOperation { Name: "Or" } both:
                    Read(both.Arguments[0]);
                    Read(both.Arguments[1]);
                    break;
                case BoundOperation { Name: "Order" } halves:
                    ReadHalf("acquire", halves.Arguments[0]);
                    ReadHalf("release", halves.Arguments[1]);
                    break;
            }
        }

        void ReadHalf(string half, BoundExpression condition)
        {
            if (condition is not BoundConstant constant)
            {
                order.Add($"{half} if {new CSharpExpressionPrinter("Temp").Print(condition).Replace("(", "").Replace(")", "").Replace(" != 0", "")}");
            }
            else if (!constant.Value.IsZero)
            {
                order.Add(half);
            }
        }

        void ReadBit(string bit)
        {
            switch (bit)
            {
                case "MemOp.Acquire":
                    order.Add("acquire");
                    break;
                case "MemOp.AcquirePc":
                    order.Add("acquire-pc");
                    break;
                case "MemOp.Release":
                    order.Add("release");
                    break;
                case "MemOp.SeqCst":
                    order.Add("sc");
                    break;
                case "MemOp.Align":
                    alignment = "size";
                    break;
                case var unit when unit.StartsWith("(MemOp)", StringComparison.Ordinal):
                    atom = (4 << (int.Parse(unit.Substring(7)) >> 8)).ToString();
                    break;
            }
        }
    }

    // The bits of a barrier in the language's notation.
    private static string Fence(string barrier)
    {
        bool Has(string bit) => barrier.Contains(bit);
        string from = (Has("LoadLoad") || Has("LoadStore") ? "r" : "") + (Has("StoreLoad") || Has("StoreStore") ? "w" : "");
        string to = (Has("LoadLoad") || Has("StoreLoad") ? "r" : "") + (Has("LoadStore") || Has("StoreStore") ? "w" : "");
        return $"{from} -> {to}";
    }

    private static string Escape(string text) => text.Replace("\\", "\\\\").Replace("\"", "\\\"").Replace("\r", "").Replace("\n", " ");

    private sealed record Row(string Verb, string Order, string Alignment, string Atom);
}
