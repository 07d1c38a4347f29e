using Dragoman.Isa.Decoding;
using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits <c>Decoder.Decode(code, tbstate, out instruction)</c>: the prefix scanner, opcode maps, the row's key for the decision tree, and what follows
/// the opcode, once for each shape that rows have.
/// </summary>
internal sealed class ByteDecoderEmitter(IsaModel model, ByteModel bytes)
{
    private static readonly CSharpExpressionPrinter s_expressions = new("ulong", "(long)pc", "insn");
    private readonly CSharpWriter _writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
    private readonly string[] _shapes = [.. bytes.Rows.Select(r => r.Shape).Distinct()];

    public EmittedSource Emit()
    {
        using (_writer.Open("public static partial class Decoder"))
        {
            EmitDecode();
            EmitDecodeForFeatures();
            EmitScan();
            EmitModRm();
            EmitOperands();
            EmitTables();
        }

        return new EmittedSource(model.Name + ".ByteDecoder.g.cs", _writer.ToString());
    }

    private void EmitDecode()
    {
        _writer.Summary("Decodes the instruction at the start of the bytes.");
        _writer.Line("/// <param name=\"code\">Its bytes and any after it; fewer than the longest instruction has where no more can be read.</param>");
        _writer.Line("/// <param name=\"tbState\">The <c>tbstate</c> bits.</param>");
        using (_writer.Open("public static void Decode(ReadOnlySpan<byte> code, ulong tbState, out Instruction insn)"))
        {
            _writer.Line("insn = default;");
            foreach (TbStateSymbol state in model.TbState)
            {
                _writer.Line($"insn.{Id(state.Name)} = (long)(tbState >> {state.Low} & 0x{(1UL << state.Width) - 1:X});");
            }

            _writer.Line($"var reader = new CodeReader(code, {bytes.Unit.MaxLength});");
            using (_writer.Open("if (!Scan(ref reader, ref insn, out uint space))"))
            {
                _writer.Line("insn.Length = reader.Position;");
                _writer.Line("insn.IsTruncated = reader.IsTruncated;");
                _writer.Line("insn.IsTooLong = reader.IsTooLong;");
                _writer.Line("return;");
            }

            _writer.Line();
            foreach ((string name, BoundExpression value) in bytes.Sizes)
            {
                _writer.Line($"insn.{Id(name)} = {StatementPrinter.Unwrapped(s_expressions.Print(value))};");
            }

            if (bytes.Parts is { } parts)
            {
                _writer.Line($"insn.parts = {StatementPrinter.Unwrapped(s_expressions.Print(parts))};");
            }

            _writer.Line();
            _writer.Line("int modRm = reader.Peek();");
            List<string> key = [$"space << {RowKey.Space.Low}"];
            Part("map", RowKey.Map);
            Part("opcode", RowKey.Opcode);
            Part("pp", RowKey.Pp);
            Part("W", RowKey.W);
            Part("L", RowKey.L);
            Part("B", RowKey.B);
            int low = RowKey.State.Low;
            foreach (TbStateSymbol state in model.TbState.TakeWhile(s => s.Low + s.Width <= RowKey.State.Width))
            {
                key.Add($"(uint)insn.{Id(state.Name)} << {low + state.Low}");
            }

            key.Add($"(uint)(modRm >> 3 & 7) << {RowKey.Reg.Low}");
            key.Add($"(uint)(modRm & 7) << {RowKey.Rm.Low}");
            key.Add($"(modRm < 0xC0 ? 1u : 0u) << {RowKey.Memory.Low}");
            _writer.Line($"insn.Id = Decode({string.Join("\n                | ", key)});");
            using (_writer.Open("switch (Shape(insn.Id))"))
            {
                for (int shape = 0; shape < _shapes.Length; shape++)
                {
                    RowModel row = bytes.Rows.First(r => r.Shape == _shapes[shape]);
                    _writer.Line($"case {shape + 1}: // {row.Shape}");
                    _writer.Indent();
                    EmitShape(row);
                    _writer.Line("break;");
                    _writer.Unindent();
                }
            }

            _writer.Line();
            _writer.Line("Measure(ref insn);");
            _writer.Line("insn.Length = reader.Position;");
            string refused = "reader.IsPastEnd";
            if (bytes.Lock is { } atomic)
            {
                refused += $" || insn.{Id(atomic.Name.Text)} != 0 && !(IsLockable(insn.Id) && insn.Operand0.IsMemory)";
            }

            using (_writer.Open($"if ({refused})"))
            {
                _writer.Line("insn.Id = InsnId.Undefined;");
                _writer.Line("insn.IsTruncated = reader.IsTruncated;");
                _writer.Line("insn.IsTooLong = reader.IsTooLong;");
            }

            void Part(string field, EncodingField part)
            {
                if (bytes.Unit.FindField(field) is not null)
                {
                    // A map's number may be wider than the key: those that it cannot hold are none.
                    bool isWider = bytes.Unit.Prefixes.SelectMany(p => p.Fields).Any(f => f.Name.Text == field && f.Width > part.Width);
                    key.Add(isWider ? $"(uint)Math.Min(insn.{Id(field)}, {(1 << part.Width) - 1}) << {part.Low}" : $"(uint)insn.{Id(field)} << {part.Low}");
                }
            }
        }
    }

    private void EmitDecodeForFeatures()
    {
        _writer.Line();
        _writer.Summary("Decodes for a CPU with these features: what needs others is undefined.");
        using (_writer.Open("public static void Decode(ReadOnlySpan<byte> code, ulong tbState, Feature available, out Instruction insn)"))
        {
            _writer.Line("Decode(code, tbState, out insn);");
            using (_writer.Open("if ((Required(insn.Id) & ~available) != 0)"))
            {
                _writer.Line("insn.Id = InsnId.Undefined;");
            }
        }
    }

    private void EmitShape(RowModel row)
    {
        if (row.HasModRm)
        {
            _writer.Line("ReadModRm(ref reader, ref insn);");
        }

        if (row.LacksVectorOperand)
        {
            _writer.Line("insn.Id = insn.vvvv == 0 ? insn.Id : InsnId.Undefined;");
        }

        for (int k = 0; k < row.Syntax.Immediates.Count; k++)
        {
            _writer.Line($"insn.imm{(k == 0 ? "" : "2")} = reader.Signed((int)insn.{Id(row.Syntax.Immediates[k].Text)});");
        }

        for (int k = 0; k < row.Operands.Count; k++)
        {
            if (Operand(row.Operands[k]) is { } operand)
            {
                _writer.Line($"insn.Operand{k} = {operand};");
            }
        }

        foreach (BoundExpression unallocated in bytes.Unallocated[row.Syntax])
        {
            _writer.Line($"insn.Id = {s_expressions.Print(unallocated)} ? InsnId.Undefined : insn.Id;");
        }

        if (row.Source is { } source)
        {
            _writer.Line($"insn.Source = {Operand(source)};");
            _writer.Line("insn.HasSource = true;");
        }
        else if (row.Operands.Count > 0)
        {
            _writer.Line("insn.Source = insn.Operand0;");
        }
    }

    // The operand as it is written, all its parts together; null for a size alone.
    private string? Operand(RowOperand operand) => operand.Kind is { } kind
        ? $"Operand_{kind.Name.Text}(in insn, {(operand.Size is { } size ? "insn." + Id(size) + (bytes.Unit.IsEach(size) ? " * insn.parts" : "") : "0")})"
        : null;

    private void EmitScan()
    {
        _writer.Line();
        _writer.Summary("Prefixes, escapes and opcode; false where they are undefined.");
        using (_writer.Open("private static bool Scan(ref CodeReader reader, ref Instruction insn, out uint space)"))
        {
            _writer.Line("space = 0;");
            using (_writer.Open("for (bool more = true; more;)"))
            {
                _writer.Line("int value = reader.Peek();");
                if (bytes.Unit.Prefixes.Any(p => UsesNext(p)))
                {
                    _writer.Line("long next = reader.Peek(1);");
                }

                using (_writer.Open("switch (value)"))
                {
                    foreach (PrefixSyntax prefix in bytes.Unit.Prefixes)
                    {
                        EmitPrefix(prefix);
                    }

                    _writer.Line("default:");
                    _writer.Indent();
                    _writer.Line("more = false;");
                    _writer.Line("break;");
                    _writer.Unindent();
                }
            }

            _writer.Line();
            _writer.Line("insn.opcode = reader.Next();");
            using (_writer.Open("if (space != 0)"))
            {
                _writer.Line("return true;");
            }

            EmitEscapes([]);
            string[] selected = [.. bytes.Unit.Mandatory.Reverse().Select(m =>
                $"insn.{Id(bytes.Unit.Prefixes.First(p => p.Bytes.Any(b => b.From <= m.Byte && m.Byte <= b.To)).Name.Text)} == 0x{m.Byte:X2} ? {m.Value} : ")];
            if (selected.Length > 0)
            {
                _writer.Line($"insn.pp = {string.Concat(selected)}0;");
            }

            _writer.Line("return true;");
        }
    }

    private bool UsesNext(PrefixSyntax prefix) =>
        new[] { bytes.Prefixes[prefix].When, bytes.Prefixes[prefix].Unallocated }.OfType<BoundExpression>().SelectMany(BoundTree.All).Any(e => e is BoundLocal);

    private void EmitPrefix(PrefixSyntax prefix)
    {
        (BoundExpression? when, BoundExpression? unallocated) = bytes.Prefixes[prefix];
        string pattern = string.Join(" or ", prefix.Bytes.Select(b => b.From == b.To ? $"0x{b.From:X2}" : $">= 0x{b.From:X2} and <= 0x{b.To:X2}"));
        _writer.Line($"case {pattern}{(when is null ? "" : " when " + StatementPrinter.Unwrapped(s_expressions.Print(when)))}:");
        _writer.Indent();
        if (unallocated is not null)
        {
            using (_writer.Open($"if ({StatementPrinter.Unwrapped(s_expressions.Print(unallocated))})"))
            {
                _writer.Line("return false;");
            }

            _writer.Line();
        }

        _writer.Line("reader.Next();");
        if (!prefix.IsLast)
        {
            // What counts only directly before the opcode is forgotten.
            foreach (PrefixSyntax last in bytes.Unit.Prefixes.Where(p => p.IsLast))
            {
                _writer.Line($"{string.Concat(last.Fields.Select(f => $"insn.{Id(f.Name.Text)} = "))}insn.{Id(last.Name.Text)} = 0;");
            }
        }

        _writer.Line($"insn.{Id(prefix.Name.Text)} = value;");
        int bits = prefix.Fields.Sum(f => f.Width);
        if (prefix.HasPayload)
        {
            int payload = (bits + 7) / 8;
            _writer.Line($"uint payload{prefix.Bytes[0].From:X2} = reader.BigEndian({payload});");
            EmitFields(prefix.Fields, $"payload{prefix.Bytes[0].From:X2}", payload * 8);
            if (prefix.Map is { } map)
            {
                _writer.Line($"insn.map = {map};");
            }

            _writer.Line($"space = {bytes.Unit.Spaces.IndexOf(prefix.Name.Text) + 1};");
            _writer.Line("more = false;");
        }
        else
        {
            EmitFields(prefix.Fields, "value", bits);
        }

        _writer.Line("break;");
        _writer.Unindent();
    }

    private void EmitFields(IReadOnlyList<BitField> fields, string from, int bits)
    {
        foreach (BitField field in fields)
        {
            bits -= field.Width;
            string shifted = bits == 0 ? from : $"{from} >> {bits}";
            _writer.Line($"insn.{Id(field.Name.Text)} = {(field.IsInverted ? $"~({shifted})" : shifted)} & 0x{(1 << field.Width) - 1:X};");
        }
    }

    private void EmitEscapes(IReadOnlyList<int> read)
    {
        var below = bytes.Unit.Maps.Where(m => m.Escape.Count > read.Count && m.Escape.Take(read.Count).SequenceEqual(read)).GroupBy(m => m.Escape[read.Count]);
        foreach (var group in below)
        {
            using (_writer.Open($"if (insn.opcode == 0x{group.Key:X2}{(read.Count == 0 ? "" : $" && insn.map == {MapOf(read)}")})"))
            {
                int[] escape = [.. read, group.Key];
                _writer.Line("insn.opcode = reader.Next();");
                _writer.Line($"insn.map = {MapOf(escape)};");
                EmitEscapes(escape);
            }
        }

        int MapOf(IReadOnlyList<int> escape) => bytes.Unit.Maps.FirstOrDefault(m => m.Escape.SequenceEqual(escape)).Map;
    }

    private void EmitModRm()
    {
        if (bytes.Unit.ModRm is not { } modRm)
        {
            return;
        }

        _writer.Line();
        _writer.Summary("ModRM, SIB and displacement.");
        using (_writer.Open("private static void ReadModRm(ref CodeReader reader, ref Instruction insn)"))
        {
            _writer.Line("int modRm = reader.Next();");
            EmitFields(modRm.Fields, "modRm", 8);
            if (bytes.Unit.Sib is { } sib)
            {
                using (_writer.Open($"if ({(bytes.SibWhen is { } when ? StatementPrinter.Unwrapped(s_expressions.Print(when)) : "true")})"))
                {
                    _writer.Line("int sib = reader.Next();");
                    EmitFields(sib.Fields, "sib", 8);
                }

                _writer.Line();
            }

            if (bytes.Displacement is { } displacement)
            {
                _writer.Line($"insn.disp = reader.Signed((int){s_expressions.Print(displacement)});");
            }
        }
    }

    private void EmitOperands()
    {
        foreach (OperandSymbol operand in bytes.Operands.Values.Where(o => bytes.Rows.Any(r => r.Source?.Kind == o.Syntax || r.Operands.Any(k => k.Kind == o.Syntax))))
        {
            _writer.Line();
            _writer.Summary(operand.Syntax.Documentation ?? operand.Syntax.Name.Text);
            _writer.Line($"private static Operand Operand_{operand.Syntax.Name.Text}(in Instruction insn, long {operand.Width.Name}) =>");
            _writer.Indent();
            _writer.Line(Choice(operand.Choice, operand.Width.Name) + ";");
            _writer.Unindent();
        }
    }

    private static string Choice(PlaceChoice choice, string n) => choice switch
    {
        PlaceLeaf leaf => $"new Operand(Place.{leaf.Place.Name}, {(leaf.Index is { } index ? StatementPrinter.Unwrapped(s_expressions.Print(index)) : "0")}, (int){n})",
        PlaceConditional conditional => $"{s_expressions.Print(conditional.Condition)} ? {Choice(conditional.WhenTrue, n)} : {Choice(conditional.WhenFalse, n)}",
        _ => throw new InvalidOperationException("No C# for " + choice.GetType().Name),
    };

    private void EmitTables()
    {
        _writer.Line();
        _writer.Line("// Shape of each row: what follows its opcode.");
        _writer.Line("private static int Shape(InsnId id) => s_shapes[(int)id];");
        _writer.Line();
        EmitNumbers("private static ReadOnlySpan<ushort> s_shapes =>", [0, .. bytes.Rows.Select(r => Array.IndexOf(_shapes, r.Shape) + 1), 0]);
        EmitUpdates();
        if (bytes.Lock is null)
        {
            return;
        }

        string[] lockable = [.. bytes.Rows.Where(r => r.Item.IsLockable).Select(r => "InsnId." + r.Copy.Name)];
        _writer.Line();
        _writer.Summary("The row may be atomic, if its first operand is in memory.");
        _writer.Line($"public static bool IsLockable(InsnId id) => {(lockable.Length == 0 ? "false" : $"id is {string.Join(" or ", lockable)}")};");
    }

    private void EmitUpdates()
    {
        int[] Masks(Func<OperandParameter, bool> isIn) => [.. bytes.Rows.Select(r => r.Item.Operands.Select((o, k) => isIn(o) ? 1 << k : 0).Sum())];
        int[] updated = Masks(o => o.IsRead && o.IsWritten);
        _writer.Line();
        _writer.Summary("A bit for each operand of a row that is read and written.");
        EmitNumbers("private static ReadOnlySpan<byte> s_updated =>", [0, .. updated, 0]);
        IEnumerable<string> places = Enumerable.Range(0, 8).Where(k => updated.Any(u => (u >> k & 1) != 0)).Select(k => $"(s_updated[(int)insn.Id] & {1 << k}) != 0 && insn.Operand{k}.IsMemory");
        _writer.Line();
        _writer.Summary("It reads a place in memory and writes it.");
        _writer.Line($"public static bool UpdatesMemory(in Instruction insn) => {string.Join(" || ", places.DefaultIfEmpty("false"))};");
        _writer.Line();
        _writer.Summary("A bit for each operand of a row that is written.");
        EmitNumbers("private static ReadOnlySpan<byte> s_written =>", [0, .. Masks(o => o.IsWritten), 0]);
        _writer.Line();
        using (_writer.Open("private static void Measure(ref Instruction insn)"))
        {
            for (int k = 0; k < bytes.Rows.Select(r => r.Operands.Count).DefaultIfEmpty(0).Max(); k++)
            {
                if (k > 0)
                {
                    _writer.Line();
                }

                using (_writer.Open($"if (insn.Operand{k}.IsMemory)"))
                {
                    _writer.Line($"insn.extent = insn.Operand{k}.Width;");
                    _writer.Line($"insn.stores = s_written[(int)insn.Id] >> {k} & 1;");
                }
            }
        }
    }

    private void EmitNumbers(string declaration, int[] numbers)
    {
        _writer.Line(declaration);
        _writer.Line("[");
        _writer.Indent();
        for (int start = 0; start < numbers.Length; start += 32)
        {
            _writer.Line(string.Join(", ", numbers.Skip(start).Take(32)) + ",");
        }

        _writer.Unindent();
        _writer.Line("];");
    }

    private static string Id(string name) => CSharpExpressionPrinter.Identifier(name);
}
