namespace Dragoman.Runtime.Guests;

/// <summary>Bits of a register that the floating-point environment reads or accumulates into.</summary>
/// <param name="Global">Number of the register among the globals.</param>
/// <param name="Offset">Bytes from <c>env</c> of the register.</param>
/// <param name="Bytes">Bytes of the register, 4 or 8.</param>
/// <param name="Low">Lowest bit.</param>
/// <param name="Width">Bits.</param>
public sealed record FpBits(int Global, int Offset, int Bytes, int Low, int Width)
{
    /// <summary>The bits where they stand in the register.</summary>
    public ulong Mask => Static.Ones(Width) << Low;

    /// <summary>The register as it stands in the block.</summary>
    public unsafe ulong Register(byte* env) => Bytes == 4 ? *(uint*)(env + Offset) : *(ulong*)(env + Offset);

    /// <summary>Replaces the bits in the block.</summary>
    public unsafe void Write(byte* env, ulong value)
    {
        ulong register = (Register(env) & ~Mask) | (value << Low & Mask);
        if (Bytes == 4)
        {
            *(uint*)(env + Offset) = (uint)register;
        }
        else
        {
            *(ulong*)(env + Offset) = register;
        }
    }
}
