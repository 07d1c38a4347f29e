namespace Dragoman.Tcg.Float;

/// <summary>The halves of what an x87 operation gives, see <see cref="X87Word"/>; as two fields, which .NET returns in two registers and translated code can read.</summary>
public readonly struct X87Result(ulong low, ulong high)
{
    /// <summary>Bits 63:0.</summary>
    public readonly ulong Low = low;

    /// <summary>Bits 127:64.</summary>
    public readonly ulong High = high;
}
