using System.Runtime.CompilerServices;

namespace Dragoman.Tcg.Float;

/// <summary>Bits of values in a register format. An S or F number has the sign, exponent and fraction of the equal T or G number.</summary>
internal static class RegisterBits
{
    private const ulong Infinity = 0x7FF0_0000_0000_0000;

    /// <summary>Exponent 0, but not a zero of either sign.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsDenormal(ulong bits) => (bits << 1) - 1 < (1UL << 53) - 1;

    public static bool IsZero(ulong bits) => bits << 1 == 0;

    public static bool IsFinite(ulong bits) => (bits & long.MaxValue) < Infinity;

    public static bool IsInfinity(ulong bits) => (bits & long.MaxValue) == Infinity;

    public static bool IsNan(ulong bits) => (bits & long.MaxValue) > Infinity;

    /// <summary>The 32 bits of an S or F value: register bits 61:59 and 28:0 do not count (Alpha ARM 2.2.5.1, 2.2.6.1).</summary>
    public static ulong Narrow(ulong bits) => (bits >> 32 & 0xC000_0000) | (bits >> 29 & 0x3FFF_FFFF);

    /// <summary>The low 32 bits of an integer, placed as a longword lies in a register (Alpha ARM 2.2.7.1).</summary>
    public static ulong FromLong(ulong value) => (value & 0xC000_0000) << 32 | (value & 0x3FFF_FFFF) << 29;

    /// <summary>VAX: exponent 0, but no true zero (Alpha ARM 2.2.5: a reserved operand or a dirty zero).</summary>
    public static bool IsReserved(ulong bits) => bits << 1 >> 53 == 0 && bits != 0;

    /// <summary>MAP_F and MAP_S (Alpha ARM, tables 2-1 and 2-2): an 8-bit exponent becomes one of 11 bits; zeros, and in S all ones, stay so.</summary>
    public static ulong Widen(ulong bits, bool isVax)
    {
        ulong exponent = bits >> 23 & 0xFF;
        bool fill = exponent < 0x80 ? exponent != 0 : exponent == 0xFF && !isVax;
        return (bits & 0xC000_0000) << 32 | (fill ? 7UL << 59 : 0) | (bits & 0x3FFF_FFFF) << 29;
    }
}
