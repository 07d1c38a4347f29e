namespace Dragoman.Runtime.Guests;

/// <summary>A field of <c>tbstate</c>: bits of the TB's key, and the register bits that they are.</summary>
/// <param name="Low">Lowest bit in the key.</param>
/// <param name="Width">Bits.</param>
/// <param name="Global">Number of the register among the IR's globals.</param>
/// <param name="RegisterLow">Lowest bit in the register.</param>
public readonly record struct TbStateBits(int Low, int Width, int Global, int RegisterLow);
