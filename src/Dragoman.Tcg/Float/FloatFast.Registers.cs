using System.Runtime.CompilerServices;
using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class FloatFast
{
    private const ulong LeastNormal32InRegister = 0x3810_0000_0000_0000;

    /// <summary>As <see cref="HostRounds"/>, and an inexact result does not trap.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool HostRoundsQuietly(ulong trap, ulong rounding, ref FpStatus status)
        => HostRounds((FpRounding)rounding, ref status)
            && ((trap & (ulong)FpTrap.Inexact) == 0 || (status.Enabled & FpExceptions.Inexact) == 0);

    /// <summary>Whether <paramref name="value"/>, in double precision, is the result of an operation on numbers of a format, and no exception but Inexact came with it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRegister(ulong format, double value, ulong trap, ulong rounding, ref FpStatus status, out ulong result)
    {
        bool isSingle = format == (ulong)RegisterFormat.S;
        result = Bits(isSingle ? (double)(float)value : value);
        ulong least = (isSingle ? LeastNormal32InRegister : LeastNormal64) + 1;
        return format <= (ulong)RegisterFormat.T
            && HostRoundsQuietly(trap, rounding, ref status)
            && (result & long.MaxValue) - least < Infinity64 - least;
    }

    /// <summary>A zero, or finite and no denormal.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool IsNormal(ulong bits) => IsFinite64(bits) && !RegisterBits.IsDenormal(bits);

    /// <summary>
    /// A quotient in format T of operands so far from the ends of the range that nothing but Inexact can come of it, whose trap is not asked for. The host rounds to
    /// nearest; what is left of the dividend, which is exact, shows whether that was exact and on which side of the quotient it lies.
    /// </summary>
    internal static bool TryDivideRegister(ulong a, ulong b, FpTrap trap, FpRounding rounding, ref FpStatus status, out ulong result)
    {
        FpRounding direction = Resolve(rounding, ref status);
        double dividend = F64(a);
        double quotient = dividend / F64(b);
        result = Bits(quotient);
        if (direction is not (FpRounding.NearestEven or FpRounding.Zero) || (trap & FpTrap.Inexact) != 0 || !IsMiddling(a) || !IsMiddling(b))
        {
            return false;
        }

        double rest = Math.FusedMultiplyAdd(-quotient, F64(b), dividend);
        if (rest != 0)
        {
            status.Exceptions |= FpExceptions.Inexact;
            result -= direction == FpRounding.Zero && rest < 0 != dividend < 0 ? 1UL : 0;
        }

        return true;
    }

    // From 2^-400 to 2^401: neither a quotient nor 2^-106 of a dividend leaves the range.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool IsMiddling(ulong bits) => (bits >> 52 & 0x7FF) - 623 <= 800;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryRegisterToInteger(ulong a, ulong trap, ulong rounding, ref FpStatus status, out ulong result)
    {
        double value = F64(a);
        bool fits = Math.Abs(value) < 9.0e18;
        long integer = fits ? (long)value : 0;
        result = (ulong)integer;
        return fits && ((double)integer == value
            || ((FpRounding)rounding == FpRounding.Zero && (status.Exceptions & FpExceptions.Inexact) != 0
                && ((trap & (ulong)FpTrap.Inexact) == 0 || (status.Enabled & FpExceptions.Inexact) == 0)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static bool TryIntegerToRegister(long value, ulong format, ulong trap, ulong rounding, ref FpStatus status, out ulong result)
    {
        bool isSingle = format == (ulong)RegisterFormat.S;
        result = Bits(isSingle ? (double)(float)value : (double)value);
        return format <= (ulong)RegisterFormat.T
            && (value == (isSingle ? value << 40 >> 40 : value << 11 >> 11) || HostRoundsQuietly(trap, rounding, ref status));
    }
}
