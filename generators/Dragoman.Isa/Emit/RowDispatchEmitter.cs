using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits how a frontend or oracle of a byte-stream guest finds the copy of a body that a decoded instruction means, and how bodies reach operands,
/// whose places are known only while translating.
/// </summary>
internal sealed class RowDispatchEmitter(CSharpWriter writer, ByteModel bytes, string builder, string value)
{
    private const int GroupSize = 32;

    public void Emit()
    {
        (RowModel Row, int Id)[] rows = [.. bytes.Rows.Select((row, index) => (row, index + 1))];
        writer.Summary("Does what the builder's instruction says; false when its semantics are not described.");
        using (writer.Open($"public static bool Translate({builder} insn)"))
        using (writer.Open($"switch ((int)insn.Code.Id / {GroupSize})"))
        {
            foreach (int group in rows.Select(r => r.Id / GroupSize).Distinct())
            {
                writer.Line($"case {group}:");
                writer.Indent();
                writer.Line($"return Group{group}(insn);");
                writer.Unindent();
            }

            writer.Line("default:");
            writer.Indent();
            writer.Line("return false;");
            writer.Unindent();
        }

        foreach (IGrouping<int, (RowModel Row, int Id)> group in rows.GroupBy(r => r.Id / GroupSize))
        {
            writer.Line();
            using (writer.Open($"private static bool Group{group.Key}({builder} insn)"))
            using (writer.Open("switch (insn.Code.Id)"))
            {
                foreach ((RowModel row, _) in group)
                {
                    writer.Line($"case InsnId.{row.Copy.Name}:");
                    writer.Indent();
                    EmitRow(row);
                    writer.Unindent();
                }

                writer.Line("default:");
                writer.Indent();
                writer.Line("return false;");
                writer.Unindent();
            }
        }

        EmitOperands();
    }

    private void EmitRow(RowModel row)
    {
        RowCopy[] copies = [.. bytes.CopiesOf(row)];
        string[] deciding = [.. row.Operands.Select(o => o.Size).OfType<string>().Distinct().Where(s => copies.Select(c => c.Sizes[s]).Distinct().Count() > 1)];
        foreach (RowCopy copy in copies.Take(copies.Length - 1))
        {
            using (writer.Open($"if ({string.Join(" && ", deciding.Select(d => $"insn.Code.{CSharpExpressionPrinter.Identifier(d)} == {copy.Sizes[d]}"))})"))
            {
                EmitCall(row, copy);
                writer.Line("return true;");
            }

            writer.Line();
        }

        if (copies.Length == 0)
        {
            writer.Line("return false;");
            return;
        }

        EmitCall(row, copies[copies.Length - 1]);
        writer.Line("return true;");
    }

    private void EmitCall(RowModel row, RowCopy copy)
    {
        if (bytes.Lock is { } atomic && row.Item.IsLockable && bytes.Bodies.ContainsKey(copy.BodyName + "_lock"))
        {
            string locked = row.Item.IsImplicitlyLocked ? "insn.Code.Operand0.IsMemory" : $"insn.Code.{CSharpExpressionPrinter.Identifier(atomic.Name.Text)} != 0";
            using (writer.Open($"if ({locked})"))
            {
                writer.Line($"{bytes.Bodies[copy.BodyName + "_lock"].Instruction.Body.Name}(insn);");
                writer.Line("return true;");
            }

            writer.Line();
        }

        string call = $"{bytes.Bodies[copy.BodyName].Instruction.Body.Name}(insn);";
        if (!row.HasParts)
        {
            writer.Line(call);
            return;
        }

        using (writer.Open("for (insn.Code.part = 0; insn.Code.part < insn.Code.parts; insn.Code.part++)"))
        {
            writer.Line(call);
        }

        writer.Line("insn.Code.part = 0;");
    }

    private void EmitOperands()
    {
        BoundExpression[] all = [.. bytes.Bodies.Values.Select(b => b.Instruction.Body.Body).OfType<BoundStatement>().SelectMany(BoundTree.AllExpressions)];
        SortedSet<int> updates = [.. all.OfType<BoundRmw>().Select(r => r.Width)];
        SortedSet<int> reads = [.. all.OfType<BoundOperandRead>().Select(r => r.Width).Concat(updates)];
        SortedSet<int> writes = [.. bytes.Bodies.Values.Select(b => b.Instruction.Body.Body).OfType<BoundStatement>().SelectMany(Writes).Concat(updates)];
        bool hasParts = bytes.Parts is not null;
        if (hasParts && all.OfType<BoundOperandPart>().Any())
        {
            reads.Add(WidestValue);
            EmitPartOf();
        }

        foreach (int width in reads)
        {
            if (hasParts)
            {
                EmitWhole($"private static {value} Operand_{width}({builder} insn, in Operand operand)", width, $"return PartOf_{width}(insn, in operand);");
            }

            EmitSwitch($"private static {value} {(hasParts ? "PartOf" : "Operand")}_{width}({builder} insn, in Operand operand)", p => p.IsMemory
                ? $"return insn.Load({width}, {Address(p)}, {(hasParts ? $"insn.Code.part * {width / 8}" : "0")}, {Alignment(p)});"
                : p.Get.TryGetValue(width, out BoundFunction get) ? $"return {Lifted(get, width, $"{get.Name}(insn{Index(p, get)})")};" : null);
        }

        foreach (int width in writes)
        {
            if (hasParts)
            {
                EmitWhole($"private static void SetOperand_{width}({builder} insn, in Operand operand, {value} x)", width, $"SetPartOf_{width}(insn, in operand, x);");
            }

            EmitSwitch($"private static void {(hasParts ? "SetPartOf" : "SetOperand")}_{width}({builder} insn, in Operand operand, {value} x)", p => p.IsMemory
                ? hasParts ? $"StoreParts(insn, {width}, in operand, {Address(p)}, x, {Alignment(p)});" : $"insn.Store({width}, {Address(p)}, 0, x, {Alignment(p)});"
                : p.Set.TryGetValue(width, out BoundFunction set) ? $"{set.Name}(insn{Index(p, set)}, x);" : null);
        }

        if (hasParts)
        {
            EmitStoreParts();
        }

        EmitSwitch($"private static {value} OperandAddress({builder} insn, in Operand operand)", p => p.IsMemory ? $"return {Address(p)};" : null);
        foreach (int width in updates)
        {
            writer.Line();
            using (writer.Open($"private static {value} Rmw_{width}({builder} insn, in Operand operand, Func<{value}, {value}> f)"))
            {
                using (writer.Open("if (operand.IsMemory)"))
                {
                    writer.Line($"{value} address = OperandAddress(insn, in operand);");
                    writer.Line($"{value} cell = insn.Load({width}, address, 0, default);");
                    writer.Line($"insn.Store({width}, address, 0, f(cell), default);");
                    writer.Line("return cell;");
                }

                writer.Line();
                writer.Line($"{value} old = Operand_{width}(insn, in operand);");
                writer.Line("// A register is written last: of two writes to one it wins.");
                writer.Line($"{value} result = f(old);");
                writer.Line("Operand target = operand;");
                writer.Line($"insn.Finally(() => SetOperand_{width}(insn, in target, result));");
                writer.Line("return old;");
            }
        }
    }

    private const int WidestValue = 128;

    // An operand that is no wider than the value is one part.
    private void EmitWhole(string header, int width, string call)
    {
        writer.Line();
        using (writer.Open(header))
        {
            using (writer.Open($"if (operand.Width > {width} || insn.Code.parts == 1)"))
            {
                writer.Line(call);
                if (!call.StartsWith("return", StringComparison.Ordinal))
                {
                    writer.Line("return;");
                }
            }

            writer.Line();
            writer.Line("(long part, long parts) = (insn.Code.part, insn.Code.parts);");
            writer.Line("(insn.Code.part, insn.Code.parts) = (0, 1);");
            writer.Line(call.StartsWith("return ", StringComparison.Ordinal) ? $"{value} whole = {call.Substring("return ".Length)}" : call);
            writer.Line("(insn.Code.part, insn.Code.parts) = (part, parts);");
            if (call.StartsWith("return ", StringComparison.Ordinal))
            {
                writer.Line("return whole;");
            }
        }
    }

    private void EmitPartOf()
    {
        writer.Line();
        using (writer.Open($"private static {value} OperandPart({builder} insn, in Operand operand, long k)"))
        {
            writer.Line("long part = insn.Code.part;");
            writer.Line("insn.Code.part = k;");
            writer.Line($"{value} x = PartOf_{WidestValue}(insn, in operand);");
            writer.Line("insn.Code.part = part;");
            writer.Line("return x;");
        }
    }

    // None of two parts is seen if one faults: the first waits for the second.
    private void EmitStoreParts()
    {
        writer.Line();
        using (writer.Open($"private static void StoreParts({builder} insn, int width, in Operand operand, {value} address, {value} x, MemOp op)"))
        {
            using (writer.Open("if (operand.Width <= width)"))
            {
                writer.Line("insn.Store(width, address, 0, x, op);");
            }

            using (writer.Open("else if (insn.Code.part == 0)"))
            {
                writer.Line("insn.Held = x;");
            }

            using (writer.Open("else"))
            {
                writer.Line("insn.StorePair(width, address, 0, insn.Held, x, op);");
            }
        }
    }

    private static IEnumerable<int> Writes(BoundStatement statement) =>
        (statement is BoundOperandWrite write ? new[] { write.Width } : []).Concat(BoundTree.Statements(statement).SelectMany(Writes));

    private static string Alignment(PlaceSymbol place) => place.View.Accessors.IsAligned ? "MemOp.Align" : "default";

    private static string Address(PlaceSymbol place) => $"{place.Address!.Name}(insn{(place.HasIndex ? ", operand.Index" : "")})";

    // What is known while translating (immediates) becomes a constant of the IR.
    private static string Lifted(BoundFunction function, int width, string call) => function.ResultTime == BindingTime.Run ? call : $"insn.Const({width}, {call})";

    private static string Index(PlaceSymbol place, BoundFunction function) => place.HasIndex && function.Parameters.Any(p => p.Time == BindingTime.Translate) ? ", operand.Index" : "";

    private void EmitSwitch(string header, Func<PlaceSymbol, string?> body)
    {
        writer.Line();
        using (writer.Open(header))
        using (writer.Open("switch (operand.Place)"))
        {
            foreach (PlaceSymbol place in bytes.Places)
            {
                if (body(place) is { } line)
                {
                    writer.Line($"case Place.{place.Name}:");
                    writer.Indent();
                    writer.Line(line);
                    if (!line.StartsWith("return", StringComparison.Ordinal))
                    {
                        writer.Line("break;");
                    }

                    writer.Unindent();
                }
            }

            writer.Line("default:");
            writer.Indent();
            writer.Line("throw new InvalidOperationException($\"No operand of the description: {operand}.\");");
            writer.Unindent();
        }
    }
}
