using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits <c>Disassembler.Text(word, pc)</c>: one method an instruction, shared by its copies.</summary>
internal static class DisassemblerEmitter
{
    // Text is asked for through groups of so many ids, so that no switch is long to compile.
    private const int GroupSize = 32;

    public static EmittedSource Emit(IsaModel model, DecoderModel decoder)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System", "Dragoman.Runtime.Guests");
        writer.Summary("The text of instructions, as the manual's assembler writes them.");
        using (writer.Open("public static class Disassembler"))
        {
            EmitDispatch(writer, decoder);
            foreach (BoundHead head in model.Heads)
            {
                writer.Line();
                writer.Summary(head.Encoding.Item.Documentation ?? head.Encoding.Item.Name.Text);
                string header = $"private static string {head.Encoding.Item.Name.Text}({DecoderEmitter.WordType(decoder.UnitBits)} insn, ulong pc)";
                if (head.Text is { } text)
                {
                    StaticMethodEmitter.Emit(writer, header, text, decoder.UnitBits);
                }
                else
                {
                    writer.Line($"{header} => \"{head.Encoding.Item.Name.Text.ToLowerInvariant()}\";");
                }
            }
        }

        return new EmittedSource(model.Name + ".Disassembler.g.cs", writer.ToString());
    }

    private static void EmitDispatch(CSharpWriter writer, DecoderModel decoder)
    {
        string word = DecoderEmitter.WordType(decoder.UnitBits);
        writer.Summary("The text of a word at an address, or null if it is no described instruction.");
        using (writer.Open($"public static string? Text({word} insn, ulong pc)"))
        {
            writer.Line("InsnId id = Decoder.Decode(insn);");
            using (writer.Open($"return ((int)id / {GroupSize}) switch", ";"))
            {
                foreach (int group in Groups(decoder).Select(g => g.Key))
                {
                    writer.Line($"{group} => Group{group}(id, insn, pc),");
                }

                writer.Line("_ => null,");
            }
        }

        foreach (IGrouping<int, (InstructionCopy Copy, int Id)> group in Groups(decoder))
        {
            writer.Line();
            writer.Line($"private static string? Group{group.Key}(InsnId id, {word} insn, ulong pc) => id switch");
            using (writer.Open(null, ";"))
            {
                foreach (IGrouping<string, (InstructionCopy Copy, int Id)> instruction in group.GroupBy(c => c.Copy.Encoding.Item.Name.Text))
                {
                    writer.Line($"{string.Join(" or ", instruction.Select(c => "InsnId." + c.Copy.Name))} => {instruction.Key}(insn, pc),");
                }

                writer.Line("_ => null,");
            }
        }
    }

    private static IEnumerable<IGrouping<int, (InstructionCopy Copy, int Id)>> Groups(DecoderModel decoder) =>
        decoder.Copies.Select((copy, index) => (copy, index + 1)).GroupBy(c => c.Item2 / GroupSize);
}
