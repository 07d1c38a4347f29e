namespace Dragoman.Tcg.Float;

/// <summary>Exception bits in the positions of the x87 status word (Intel SDM vol. 1, 8.1.3).</summary>
[Flags]
public enum X87Exceptions : byte
{
    None = 0,
    Invalid = 1,
    Denormal = 2,
    ZeroDivide = 4,
    Overflow = 8,
    Underflow = 16,
    Precision = 32,
}
