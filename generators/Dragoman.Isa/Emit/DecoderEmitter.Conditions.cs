using Dragoman.Isa.Decoding;
using Dragoman.Isa.Model;

namespace Dragoman.Isa.Emit;

public static partial class DecoderEmitter
{
    /// <summary>The <c>when</c> and <c>unallocated</c> conditions that the tree tests.</summary>
    private static void EmitConditions(CSharpWriter writer, DecoderModel decoder, IsaModel model)
    {
        HashSet<InstructionEncoding> tested = [.. decoder.Copies.Where(c => c.Words.Any(w => !w.WhenHolds)).Select(c => c.Encoding)];
        HashSet<InstructionEncoding> refused = [.. decoder.Copies.Where(c => c.Words.Any(w => !w.Allocated)).Select(c => c.Encoding)];
        foreach (BoundHead head in model.Heads)
        {
            string name = head.Encoding.Item.Name.Text;
            string word = WordType(decoder.UnitBits);
            if (head.When is { } when && tested.Contains(head.Encoding))
            {
                writer.Line();
                StaticMethodEmitter.Emit(writer, $"private static bool When_{name}({word} insn)", when, decoder.UnitBits);
            }

            if (head.Unallocated is { } unallocated && refused.Contains(head.Encoding))
            {
                writer.Line();
                StaticMethodEmitter.Emit(writer, $"private static bool Unallocated_{name}({word} insn)", unallocated, decoder.UnitBits);
            }
        }
    }
}
