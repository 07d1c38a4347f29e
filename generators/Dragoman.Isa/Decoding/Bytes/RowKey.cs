namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>
/// What tells rows apart, gathered into one word by the prefix scanner: so the decision tree, and the checks for overlap and for rows that are never
/// reached, are those of guests whose instructions are words.
/// </summary>
public static class RowKey
{
    /// <summary>Bits of the word.</summary>
    public const int Bits = 32;

    public static readonly EncodingField Memory = new("is_memory", 0, 1, false);
    public static readonly EncodingField Rm = new("rm", 1, 3, false);
    public static readonly EncodingField Reg = new("reg", 4, 3, false);
    public static readonly EncodingField State = new("state", 7, 2, false);
    public static readonly EncodingField B = new("B", 9, 1, false);
    public static readonly EncodingField L = new("L", 10, 2, false);
    public static readonly EncodingField W = new("W", 12, 1, false);
    public static readonly EncodingField Pp = new("pp", 13, 2, false);
    public static readonly EncodingField Opcode = new("opcode", 15, 8, false);
    public static readonly EncodingField Map = new("map", 23, 4, false);
    public static readonly EncodingField Space = new("space", 27, 2, false);

    /// <summary>Every part, most significant first; <see cref="State"/> carries the guest's <c>tbstate</c> and has its names.</summary>
    public static IReadOnlyList<EncodingField> Fields { get; } = [Space, Map, Opcode, Pp, W, L, B, State, Reg, Rm, Memory];
}
