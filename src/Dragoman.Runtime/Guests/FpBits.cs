namespace Dragoman.Runtime.Guests;

/// <summary>Bits of a register that the floating-point environment reads or accumulates into.</summary>
/// <param name="Global">Number of the register among the globals.</param>
/// <param name="Offset">Bytes from <c>env</c> of the register.</param>
/// <param name="Low">Lowest bit.</param>
/// <param name="Width">Bits.</param>
public sealed record FpBits(int Global, int Offset, int Low, int Width);
