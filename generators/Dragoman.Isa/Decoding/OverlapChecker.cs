using Dragoman.Isa.Diagnostics;

namespace Dragoman.Isa.Decoding;

/// <summary>
/// Two patterns may share words only if one is strictly more specific: it fixes all bits that the other fixes, and more, or the same bits under a <c>when</c>
/// that the other lacks. Otherwise their <c>when</c> conditions must exclude each other, which is shown by trying every value of the fields they read.
/// </summary>
internal sealed class OverlapChecker(WordConditions conditions, DiagnosticBag diagnostics, int unitBits)
{
    private const int MaxTriedBits = 14;

    public void Check(IReadOnlyList<ExpandedInstruction> instructions)
    {
        for (int later = 1; later < instructions.Count; later++)
        {
            for (int earlier = 0; earlier < later; earlier++)
            {
                InstructionEncoding a = instructions[earlier].Encoding;
                InstructionEncoding b = instructions[later].Encoding;
                if (((a.Value ^ b.Value) & a.Mask & b.Mask) == 0 && !IsOrdered(a, b) && FindCommon(instructions[earlier], instructions[later]) is { } word)
                {
                    string digits = "0x" + word.ToString("X" + unitBits / 4);
                    diagnostics.Report(Rules.Overlap, b.Item.Name.Span, b.Item.Name.Text, a.Item.Name.Text, DecoderBuilder.Place(a.Item), digits);
                }
            }
        }
    }

    private static bool IsOrdered(InstructionEncoding a, InstructionEncoding b)
    {
        ulong common = a.Mask & b.Mask;
        return a.Mask == b.Mask
            ? a.Item.When.Count > 0 != b.Item.When.Count > 0
            : common == a.Mask || common == b.Mask;
    }

    /// <summary>A word that both take, or null if there is none.</summary>
    private ulong? FindCommon(ExpandedInstruction a, ExpandedInstruction b)
    {
        foreach (CopyWords x in a.Copies.SelectMany(c => c.Words).Concat(a.Refused))
        {
            foreach (CopyWords y in b.Copies.SelectMany(c => c.Words).Concat(b.Refused))
            {
                if (((x.Value ^ y.Value) & x.Mask & y.Mask) == 0 && FindCommon(a.Encoding, b.Encoding, x.Mask | y.Mask, x.Value | y.Value) is { } word)
                {
                    return word;
                }
            }
        }

        return null;
    }

    private ulong? FindCommon(InstructionEncoding a, InstructionEncoding b, ulong mask, ulong value)
    {
        ulong read = 0;
        foreach (InstructionEncoding encoding in new[] { a, b })
        {
            foreach (EncodingField field in CopyExpander.DependedOn(encoding, encoding.Item.When))
            {
                read |= field.Mask;
            }
        }

        ulong open = read & ~mask;
        if (DecoderBuilder.PopCount(open) > MaxTriedBits)
        {
            return value;
        }

        ulong subset = 0;
        do
        {
            ulong word = value | subset;
            if (conditions.WhenMayHold(a, word) && conditions.WhenMayHold(b, word))
            {
                return word;
            }

            subset = (subset - open) & open;
        }
        while (subset != 0);
        return null;
    }
}
