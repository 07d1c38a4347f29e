using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Emit;

public static partial class DecoderEmitter
{
    private static void EmitFeatureEnum(CSharpWriter writer, IReadOnlyList<string> features)
    {
        writer.Summary("Extensions that instructions belong to; a CPU model is a set of them.");
        writer.Line("[Flags]");
        using (writer.Open("public enum Feature : ulong"))
        {
            writer.Summary("The base instruction set.");
            writer.Line("None = 0,");
            for (int i = 0; i < features.Count; i++)
            {
                writer.Line($"{features[i]} = 1UL << {i},");
            }

            writer.Summary("Everything described.");
            writer.Line($"All = {(features.Count == 0 ? "None" : string.Join(" | ", features))},");
        }
    }

    /// <summary>Decoding for a CPU that lacks some features.</summary>
    private static void EmitFeatures(CSharpWriter writer, DecoderModel model, IsaModel isa)
    {
        string word = WordType(model.UnitBits);
        writer.Line();
        writer.Summary("The copy that a word is on a CPU with these features; without them it is Undefined, or where the description says so Nop.");
        using (writer.Open($"public static InsnId Decode({word} insn, Feature available)"))
        {
            writer.Line("InsnId id = Decode(insn);");
            writer.Line("return (Required(id) & ~available) == 0 ? id : IsNopWithout(id) ? InsnId.Nop : InsnId.Undefined;");
        }

        writer.Line();
        writer.Summary("The features that a copy needs.");
        EmitSwitch(
            "public static Feature Required(InsnId id)",
            model.Copies.Where(c => c.Encoding.Item.Features.Count > 0).GroupBy(c => string.Join(" | ", isa.WithNeeds(c.Encoding.Item.Features.Select(f => f.Feature.Text)).Select(f => "Feature." + f))),
            "Feature.None");
        writer.Line();
        EmitSwitch("private static bool IsNopWithout(InsnId id)", model.Copies.Where(c => c.Encoding.Item.Features.Any(f => f.ElseNop)).GroupBy(_ => "true"), "false");

        void EmitSwitch(string header, IEnumerable<IGrouping<string, InstructionCopy>> groups, string otherwise)
        {
            using (writer.Open(header))
            using (writer.Open("switch (id)"))
            {
                foreach (IGrouping<string, InstructionCopy> group in groups)
                {
                    foreach (InstructionCopy copy in group)
                    {
                        writer.Line($"case InsnId.{copy.Name}:");
                    }

                    writer.Indent();
                    writer.Line($"return {group.Key};");
                    writer.Unindent();
                }

                writer.Line("default:");
                writer.Indent();
                writer.Line($"return {otherwise};");
                writer.Unindent();
            }
        }
    }
}
