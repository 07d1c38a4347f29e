namespace Dragoman.Runtime.Guests;

/// <summary>Bits of the <c>tbstate</c>; none when the width is 0.</summary>
/// <param name="Low">Lowest bit.</param>
/// <param name="Width">Bits.</param>
public readonly record struct TbStateField(int Low, int Width)
{
    /// <summary>The field's value, 0 where there is none.</summary>
    public int Of(ulong flags) => (int)(flags >> Low & ((1UL << Width) - 1));
}
