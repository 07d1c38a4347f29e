using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

/// <summary>
/// Emits <c>InsnId</c>, one member a copy, and <c>Decoder.Decode(word)</c>: the decision tree as nested switches on bit fields.
/// <c>Decode</c> knows patterns, <c>when</c> and <c>unallocated</c>, and with a second argument features; <c>unpredictable</c> is the frontend's.
/// </summary>
public static partial class DecoderEmitter
{
    /// <summary>A subtree with more tests than this becomes a method, so that no method is long to compile.</summary>
    private const int MethodSize = 40;

    /// <summary>C# type of an instruction word.</summary>
    public static string WordType(int unitBits) => unitBits == 64 ? "ulong" : "uint";

    /// <summary>C# that takes a field out of a word: a <c>long</c>.</summary>
    public static string Extraction(EncodingField field, int unitBits, string word = "insn")
    {
        if (field.Signed)
        {
            return $"(long)((ulong){word} << {64 - field.Low - field.Width}) >> {64 - field.Width}";
        }

        string shifted = field.Low == 0 ? word : $"({word} >> {field.Low})";
        return field.Low + field.Width == unitBits ? $"(long){shifted}" : $"(long)({shifted} & 0x{(1UL << field.Width) - 1:X})";
    }

    /// <summary>The source <c>NAME.Decoder.g.cs</c>.</summary>
    public static EmittedSource Emit(IsaModel isa, DecoderModel model)
    {
        CSharpWriter writer = CSharpWriter.CreateFile("Dragoman.Guests." + isa.Name, "System", "Dragoman.Runtime.Guests");
        EmitIds(writer, model);
        writer.Line();
        EmitFeatureEnum(writer, isa.Features);
        writer.Line();
        writer.Summary("Tells instructions apart.");
        using (writer.Open("public static partial class Decoder"))
        {
            EmitTree(writer, model);
            EmitFeatures(writer, model, isa);
            EmitConditions(writer, model, isa);
        }

        return new EmittedSource(isa.Name + ".Decoder.g.cs", writer.ToString());
    }

    private static void EmitIds(CSharpWriter writer, DecoderModel model)
    {
        writer.Summary("Every build-time copy of every instruction.");
        using (writer.Open("public enum InsnId : ushort"))
        {
            writer.Summary("No described instruction.");
            writer.Line("Undefined,");
            foreach (InstructionCopy copy in model.Copies)
            {
                writer.Line();
                writer.Summary(copy.Encoding.Item.Documentation ?? copy.Name);
                writer.Line(copy.Name + ",");
            }

            writer.Line();
            writer.Summary("An instruction of a feature that the CPU lacks, in space that is reserved for hints.");
            writer.Line("Nop,");
        }
    }

    private static void EmitTree(CSharpWriter writer, DecoderModel model)
    {
        var pending = new Queue<(string Name, string Bits, DecodeNode Node)>();
        pending.Enqueue(("Decode", new string('x', model.UnitBits), model.Tree));
        bool first = true;
        while (pending.Count > 0)
        {
            (string name, string bits, DecodeNode node) = pending.Dequeue();
            if (!first)
            {
                writer.Line();
            }

            writer.Summary(first ? "The copy that a word is, or Undefined." : Spaced(bits));
            using (writer.Open($"{(first ? "public" : "private")} static InsnId {name}({WordType(model.UnitBits)} insn)"))
            {
                EmitNode(node, bits, name);
            }

            first = false;
        }

        void EmitNode(DecodeNode node, string bits, string method)
        {
            if (node is DecodeLeaf leaf)
            {
                EmitLeaf(writer, leaf, model.UnitBits);
                return;
            }

            var choice = (DecodeSwitch)node;
            string shifted = choice.Low == 0 ? "insn" : $"(insn >> {choice.Low})";
            using (writer.Open($"switch ({(choice.Low + choice.Width == model.UnitBits ? shifted.Trim('(', ')') : $"{shifted} & 0x{(1UL << choice.Width) - 1:X}")})"))
            {
                foreach (DecodeCase branch in choice.Cases)
                {
                    writer.Line($"case {string.Join(" or ", branch.Values.Select(v => $"0x{v:X}"))}:");

                    string below = branch.Values.Count == 1 ? Fill(bits, choice, branch.Values[0], model.UnitBits) : bits;
                    writer.Indent();
                    if (branch.Node is DecodeSwitch && Size(branch.Node) > MethodSize)
                    {
                        string name = $"{method}_{branch.Values[0]:X}";
                        writer.Line($"return {name}(insn);");
                        pending.Enqueue((name, below, branch.Node));
                    }
                    else
                    {
                        EmitNode(branch.Node, below, $"{method}_{branch.Values[0]:X}");
                    }

                    writer.Unindent();
                }

                writer.Line("default:");
                writer.Indent();
                writer.Line("return InsnId.Undefined;");
                writer.Unindent();
            }
        }
    }

    private static void EmitLeaf(CSharpWriter writer, DecodeLeaf leaf, int unitBits)
    {
        string suffix = unitBits == 64 ? "UL" : "u";
        foreach (DecodeTest test in leaf.Tests)
        {
            string name = test.Pattern.Encoding.Item.Name.Text;
            List<string> conditions = [];
            if (test.Mask != 0)
            {
                conditions.Add($"(insn & 0x{test.Mask:X}{suffix}) == 0x{test.Value:X}");
            }

            if (test.Pattern.Conditional)
            {
                conditions.Add($"When_{name}(insn)");
            }

            string taken = test.Pattern.Copy is not { } copy ? "InsnId.Undefined"
                : test.Pattern.Words.Allocated ? $"InsnId.{copy.Name}"
                : $"Unallocated_{name}(insn) ? InsnId.Undefined : InsnId.{copy.Name}";
            if (conditions.Count == 0)
            {
                writer.Line($"return {taken};");
                return;
            }

            if (test == leaf.Tests[leaf.Tests.Count - 1])
            {
                writer.Line(taken.Contains('?')
                    ? $"return {string.Join(" && ", conditions)} && !Unallocated_{name}(insn) ? {taken.Substring(taken.LastIndexOf(' ') + 1)} : InsnId.Undefined;"
                    : $"return {string.Join(" && ", conditions)} ? {taken} : InsnId.Undefined;");
                return;
            }

            using (writer.Open($"if ({string.Join(" && ", conditions)})"))
            {
                writer.Line($"return {taken};");
            }

            writer.Line();
        }

        writer.Line("return InsnId.Undefined;");
    }

    private static int Size(DecodeNode node) => node is DecodeSwitch choice ? choice.Cases.Sum(c => Size(c.Node)) : Math.Max(1, ((DecodeLeaf)node).Tests.Count);

    private static string Fill(string bits, DecodeSwitch choice, ulong value, int unitBits)
    {
        char[] filled = bits.ToCharArray();
        for (int i = 0; i < choice.Width; i++)
        {
            filled[unitBits - 1 - choice.Low - i] = (value >> i & 1) == 1 ? '1' : '0';
        }

        return new string(filled);
    }

    private static string Spaced(string bits) => string.Join(" ", Enumerable.Range(0, bits.Length / 4).Select(i => bits.Substring(i * 4, 4)));
}
