using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>Emits <c>Encodings</c>: the fixed bits and fields of every pattern, from which an assembler finds the word of a text, and which instruction a word is.</summary>
internal static class EncodingsEmitter
{
    public static EmittedSource Emit(IsaModel model, DecoderModel decoder)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + model.Name, "System.Collections.Generic", "Dragoman.Runtime.Guests");
        writer.Summary("The patterns of the instructions.");
        using (writer.Open("public static class Encodings"))
        {
            writer.Summary("In the order of the description; bits that should have a value have it.");
            writer.Line("public static IReadOnlyList<InsnEncoding> All { get; } =");
            writer.Line("[");
            writer.Indent();
            foreach (InstructionEncoding encoding in decoder.Encodings)
            {
                string fields = string.Join(", ", encoding.Fields.Select(f => $"new(\"{f.Name}\", {f.Low}, {f.Width})"));
                writer.Line($"new(\"{encoding.Item.Name.Text}\", 0x{encoding.Value | encoding.ShouldBeValue:X}, [{fields}]),");
            }

            writer.Unindent();
            writer.Line("];");
            writer.Line();
            writer.Line("// By InsnId.");
            writer.Line("private static readonly string?[] s_names =");
            writer.Line("[");
            writer.Indent();
            writer.Line("null,");
            foreach (InstructionCopy copy in decoder.Copies)
            {
                writer.Line($"\"{copy.Encoding.Item.Name.Text}\",");
            }

            writer.Line("null,");
            writer.Unindent();
            writer.Line("];");
            writer.Line();
            writer.Summary("Name of the <c>insn</c> that a word is; null for a word that is none.");
            writer.Line($"public static string? NameOf({DecoderEmitter.WordType(decoder.UnitBits)} word) => s_names[(int)Decoder.Decode(word)];");
        }

        return new EmittedSource(model.Name + ".Encodings.g.cs", writer.ToString());
    }
}
