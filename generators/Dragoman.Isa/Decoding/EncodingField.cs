namespace Dragoman.Isa.Decoding;

/// <summary>A named run of bits of the instruction word.</summary>
/// <param name="Low">Lowest bit, counted from the word's least significant.</param>
public sealed record EncodingField(string Name, int Low, int Width, bool Signed)
{
    /// <summary>The word's bits that hold the field.</summary>
    public ulong Mask => (Width == 64 ? ulong.MaxValue : (1UL << Width) - 1) << Low;

    /// <summary>The field's value in a word, sign-extended if it is signed.</summary>
    public long Extract(ulong word) =>
        Signed ? (long)(word << (64 - Low - Width)) >> (64 - Width) : (long)((word & Mask) >> Low);

    /// <summary>The field at a value, in its place in the word.</summary>
    public ulong Insert(long value) => ((ulong)value << Low) & Mask;
}
