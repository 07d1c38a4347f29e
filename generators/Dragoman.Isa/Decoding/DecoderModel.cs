using Dragoman.Isa.Decoding.Bytes;

namespace Dragoman.Isa.Decoding;

/// <summary>Everything the decoder and disassembler are emitted from.</summary>
/// <param name="UnitBits">Bits of an instruction.</param>
/// <param name="Copies">In textual order of their instructions; the id of a copy is its index plus one (0 is undefined).</param>
/// <param name="Tree">Root of the decision tree.</param>
public sealed record DecoderModel(int UnitBits, IReadOnlyList<InstructionEncoding> Encodings, IReadOnlyList<InstructionCopy> Copies, DecodeNode Tree)
{
    /// <summary>Of a guest whose instructions are strings of bytes: the words of the tree are then over <see cref="RowKey"/>, and its copies are rows.</summary>
    public ByteDecoderModel? Bytes { get; init; }

    /// <summary>The copies of one instruction, in the order of the fields' values.</summary>
    public IEnumerable<InstructionCopy> CopiesOf(string instruction) => Copies.Where(c => c.Encoding.Item.Name.Text == instruction);
}
