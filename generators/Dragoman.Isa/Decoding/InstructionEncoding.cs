using Dragoman.Isa.Diagnostics;
using Dragoman.Isa.Syntax;

namespace Dragoman.Isa.Decoding;

/// <summary>The pattern of one instruction as mask, value and fields.</summary>
/// <param name="Mask">Bits that are fixed.</param>
/// <param name="Value">What they are fixed to.</param>
/// <param name="ShouldBeMask">Bits in parentheses: ignored in matching.</param>
/// <param name="ShouldBeValue">What those should be.</param>
/// <param name="Fields">Most significant first.</param>
public sealed record InstructionEncoding(
    InstructionItem Item, ulong Mask, ulong Value, ulong ShouldBeMask, ulong ShouldBeValue, IReadOnlyList<EncodingField> Fields)
{
    /// <summary>Conditions that end matching: the <c>unallocated</c> clauses, and those under which a <c>let</c> comes to an <c>unallocated</c> arm.</summary>
    public IReadOnlyList<Expression> Unallocated { get; } = [.. Item.Unallocated, .. Item.Lets.Select(l => UnallocatedArms.Find(l.Value)).OfType<Expression>()];

    /// <summary>By identity: one object an instruction.</summary>
    public bool Equals(InstructionEncoding? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => System.Runtime.CompilerServices.RuntimeHelpers.GetHashCode(this);

    /// <summary>Reads a pattern; reports widths that do not sum to the unit (ISA2001) and repeated fields (ISA2002).</summary>
    /// <param name="unitBits">Bits of an instruction, at most 64.</param>
    public static InstructionEncoding? Create(InstructionItem item, int unitBits, DiagnosticBag diagnostics)
    {
        int total = item.Pattern.Sum(p => Math.Min(p.Width, 1 << 16));
        if (total != unitBits)
        {
            TextSpan span = item.Pattern.Count == 0 ? item.Name.Span : item.Pattern[0].Span.To(item.Pattern[item.Pattern.Count - 1].Span);
            diagnostics.Report(Rules.PatternWidth, span, item.Name.Text, total, unitBits);
            return null;
        }

        ulong mask = 0, value = 0, shouldMask = 0, shouldValue = 0;
        List<EncodingField> fields = [];
        int low = unitBits;
        foreach (EncodingPart part in item.Pattern)
        {
            low -= part.Width;
            switch (part)
            {
                case FixedBits bits:
                    mask |= Ones(part.Width) << low;
                    value |= Convert.ToUInt64(bits.Digits, 2) << low;
                    break;
                case ShouldBeBits bits:
                    shouldMask |= Ones(part.Width) << low;
                    shouldValue |= Convert.ToUInt64(bits.Digits, 2) << low;
                    break;
                case FieldBits { Width: 0 }:
                    diagnostics.Report(Rules.EmptyField, part.Span, ((FieldBits)part).Name.Text);
                    return null;
                case FieldBits field when fields.Any(f => f.Name == field.Name.Text):
                    diagnostics.Report(Rules.RepeatedField, field.Name.Span, field.Name.Text);
                    break;
                case FieldBits field:
                    fields.Add(new EncodingField(field.Name.Text, low, field.Width, field.Signed));
                    break;
            }
        }

        return new InstructionEncoding(item, mask, value, shouldMask, shouldValue, fields);
    }

    private static ulong Ones(int width) => width >= 64 ? ulong.MaxValue : (1UL << width) - 1;
}
