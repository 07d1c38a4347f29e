namespace Dragoman.Tcg.Float;

/// <summary>
/// The parameters of a binary interchange format. An implementation is an empty struct, so that the JIT makes one copy of
/// <see cref="SoftFloat{TFormat}"/> for each format, with these numbers as constants.
/// </summary>
/// <remarks>
/// Raw values travel as zero-extended <see cref="ulong"/>, as they do in the IR. The precision may be at most 53 bits:
/// the fused multiply-add keeps a whole product, a carry and guard bits in 128 bits. A wider format (x87) has its own pack and
/// unpack, and shares the arithmetic on <see cref="FloatParts"/>.
/// </remarks>
public interface IFloatFormat
{
    /// <summary>Bits of the whole value.</summary>
    static abstract int Width { get; }

    /// <summary>Stored bits of the significand, without the integer bit.</summary>
    static abstract int FractionBits { get; }

    /// <summary>False when the largest exponent is an ordinary one and there are no infinities or NaNs.</summary>
    static abstract bool HasSpecials { get; }

    /// <summary>
    /// True for the VAX formats (Alpha ARM 2.2.5): an excess-2^(k-1) exponent over a fraction in [1/2, 1), one zero, no denormals; exponent 0 with any
    /// other bit set is a reserved operand or a dirty zero, and invalid.
    /// </summary>
    static virtual bool IsVax => false;
}
