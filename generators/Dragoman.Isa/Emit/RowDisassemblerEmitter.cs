using Dragoman.Isa.Decoding.Bytes;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits <c>Disassembler.Text(instruction, pc)</c> of a byte-stream guest. An instruction without <c>asm</c> is its name in lower case and its operands,
/// behind what the description's <c>prefix_text</c> says.
/// </summary>
internal static class RowDisassemblerEmitter
{
    private const int GroupSize = 64;
    private static readonly CSharpExpressionPrinter s_expressions = new("ulong", "(long)pc", "insn");

    public static EmittedSource Emit(IsaModel model, ByteModel bytes)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
        writer.Summary("The text of instructions, as the manual's assembler writes them.");
        using (writer.Open("public static class Disassembler"))
        {
            EmitDispatch(writer, bytes);
            EmitOperands(writer, bytes);
            StaticFunction? prefix = model.StaticFunctions.FirstOrDefault(f => f.Syntax.Name.Text == "prefix_text" && f.Parameters.Count == 0);
            StaticFunction? vector = model.StaticFunctions.FirstOrDefault(f => f.Syntax.Name.Text == "vector_text" && f.Parameters.Count == 0);
            foreach (RowInstructionItem item in bytes.Rows.Select(r => r.Item).Distinct())
            {
                writer.Line();
                writer.Summary(item.Documentation ?? item.Name.Text);
                writer.Line($"private static string {Method(item)}(in Instruction insn, ulong pc) => {Text(item, bytes, prefix, vector)};");
            }
        }

        return new EmittedSource(model.Name + ".Disassembler.g.cs", writer.ToString());
    }

    private static string Method(RowInstructionItem item) => "Text_" + item.Name.Text;

    private static string Text(RowInstructionItem item, ByteModel bytes, StaticFunction? prefix, StaticFunction? vectorText)
    {
        string vector = vectorText is not null && IsBoth(item, bytes) ? $"StaticFunctions.vector_text({(vectorText.UsesInstruction ? "in insn" : "")})" : "";
        if (bytes.Texts.TryGetValue(item, out BoundExpression text))
        {
            return vector.Length > 0 ? $"{vector} + {s_expressions.Print(text)}" : StatementPrinter.Unwrapped(s_expressions.Print(text));
        }

        // The part of a name behind '__' tells apart what the manual writes alike.
        string name = item.Name.Text.ToLowerInvariant();
        int mark = name.IndexOf("__", StringComparison.Ordinal);
        name = mark > 0 ? name.Substring(0, mark) : name;
        string operands = string.Join(", ", item.Operands.Select((_, k) => k == 0 ? "{FirstText(in insn, pc)}" : $"{{OperandText(in insn, in insn.Operand{k}, pc)}}"));
        string head = prefix is null ? "" : $"{{StaticFunctions.prefix_text({(prefix.UsesInstruction ? "in insn" : "")})}}";
        return $"$\"{head}{(vector.Length > 0 ? $"{{{vector}}}" : "")}{name}{(operands.Length > 0 ? " " : "")}{operands}\"";
    }

    /// <summary>Some rows stand behind a vector prefix, and some do not.</summary>
    private static bool IsBoth(RowInstructionItem item, ByteModel bytes) =>
        bytes.Rows.Where(r => r.Item == item).Select(r => RowKey.Space.Extract(r.Encoding.Value) != 0).Distinct().Count() == 2;

    private static void EmitDispatch(CSharpWriter writer, ByteModel bytes)
    {
        (RowModel Row, int Id)[] rows = [.. bytes.Rows.Select((row, index) => (row, index + 1))];
        writer.Summary("The text of an instruction at an address, or null if it is undefined.");
        writer.Line($"public static string? Text(in Instruction insn, ulong pc) => ((int)insn.Id / {GroupSize}) switch");
        using (writer.Open(null, ";"))
        {
            foreach (int group in rows.Select(r => r.Id / GroupSize).Distinct())
            {
                writer.Line($"{group} => Group{group}(in insn, pc),");
            }

            writer.Line("_ => null,");
        }

        foreach (IGrouping<int, (RowModel Row, int Id)> group in rows.GroupBy(r => r.Id / GroupSize))
        {
            writer.Line();
            writer.Line($"private static string? Group{group.Key}(in Instruction insn, ulong pc) => insn.Id switch");
            using (writer.Open(null, ";"))
            {
                foreach (IGrouping<RowInstructionItem, (RowModel Row, int Id)> item in group.GroupBy(r => r.Row.Item))
                {
                    writer.Line($"{string.Join(" or ", item.Select(r => "InsnId." + r.Row.Copy.Name))} => {Method(item.Key)}(in insn, pc),");
                }

                writer.Line("_ => null,");
            }
        }
    }

    private static void EmitOperands(CSharpWriter writer, ByteModel bytes)
    {
        writer.Line();
        if (bytes.Rows.All(r => r.Operands.Count == 0))
        {
            return;
        }

        writer.Line("private static string FirstText(in Instruction insn, ulong pc) => insn.HasSource");
        writer.Indent();
        writer.Line("? $\"{OperandText(in insn, in insn.Operand0, pc)}, {OperandText(in insn, in insn.Source, pc)}\"");
        writer.Line(": OperandText(in insn, in insn.Operand0, pc);");
        writer.Unindent();
        writer.Line();
        writer.Line("private static string OperandText(in Instruction insn, in Operand operand, ulong pc) => operand.Place switch");
        using (writer.Open(null, ";"))
        {
            foreach (PlaceSymbol place in bytes.Places)
            {
                writer.Line($"Place.{place.Name} => {place.Name}_text(in insn{(place.HasIndex ? ", operand.Index" : "")}, operand.Width, pc),");
            }

            writer.Line("_ => \"\",");
        }

        foreach (PlaceSymbol place in bytes.Places)
        {
            writer.Line();
            string parameters = $"{(place.TextIndex is { } index ? $", long {index.Name}" : place.HasIndex ? ", long index" : "")}, long {place.TextWidth?.Name ?? "n"}";
            string text = place.Text is { } method ? StatementPrinter.Unwrapped(s_expressions.Print(method.Choices[0].Value)) : $"\"{place.Name.ToLowerInvariant()}\"";
            writer.Line($"private static string {place.Name}_text(in Instruction insn{parameters}, ulong pc) => {text};");
        }
    }
}
