using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>What x87 arithmetic reads of the control word, and what it adds to the status word. Owned by one thread.</summary>
public struct X87Status
{
    /// <summary>To nearest even, up, down or to zero.</summary>
    public FpRounding Rounding;

    /// <summary>Bits of a result's significand: 24, 53 or 64 (precision control).</summary>
    public int Precision;

    /// <summary>Exceptions whose response is the masked one. Of the others only a result's overflow and underflow differ: it is brought into range by 2^24576.</summary>
    public X87Exceptions Masked;

    /// <summary>Cumulative exceptions.</summary>
    public X87Exceptions Exceptions;

    /// <summary>C1 of the last operation: it rounded away from zero.</summary>
    public bool RoundedUp;
}
