using System.Numerics;

namespace Dragoman.Isa.Decoding.Bytes;

/// <summary>A number that the decoder of a byte-stream guest finds in an instruction: a prefix, a field of one, a field of ModRM, an immediate, an operand size.</summary>
/// <param name="Name">As descriptions write it.</param>
/// <param name="Width">Bits, or 0 where it has no fixed width (prefix bytes, displacements, immediates, sizes).</param>
/// <param name="Values">Every value that it can have, for enumerating sizes; empty when they are too many.</param>
public sealed record ByteField(string Name, int Width, IReadOnlyList<BigInteger> Values);
