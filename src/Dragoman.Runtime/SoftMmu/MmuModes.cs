using System.Numerics;
using Dragoman.Tcg.Abi;

namespace Dragoman.Runtime.SoftMmu;

/// <summary>A set of MMU modes (QEMU's MMUIdxMap).</summary>
/// <param name="Bits">Bit n is mode n.</param>
public readonly record struct MmuModes(uint Bits)
{
    /// <summary>Every mode.</summary>
    public static MmuModes All => new((1u << TlbDescriptor.Modes) - 1);

    /// <summary>One mode.</summary>
    public static MmuModes Of(int mode) => new(1u << mode);

    public static MmuModes operator |(MmuModes a, MmuModes b) => new(a.Bits | b.Bits);

    /// <summary>The modes' numbers, ascending.</summary>
    public IEnumerable<int> Numbers()
    {
        for (var bits = Bits; bits != 0; bits &= bits - 1)
        {
            yield return BitOperations.TrailingZeroCount(bits);
        }
    }
}
