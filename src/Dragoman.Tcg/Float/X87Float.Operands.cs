namespace Dragoman.Tcg.Float;

public static partial class X87Float
{
    /// <summary>A NaN or an unsupported operand decides the result (SDM vol. 1, tables 4-7 and 8-10), without looking at the rest.</summary>
    private static bool Decides(Float80 a, Float80 b, ref X87Status status, out Float80 result)
    {
        result = default;
        if (a.IsUnsupported || b.IsUnsupported)
        {
            result = Invalid(ref status);
            return true;
        }

        if (!a.IsNan && !b.IsNan)
        {
            return false;
        }

        if (a.IsSignalling || b.IsSignalling)
        {
            status.Exceptions |= X87Exceptions.Invalid;
        }

        result = Quiet(!b.IsNan ? a : !a.IsNan ? b
            : a.IsSignalling != b.IsSignalling ? (a.IsSignalling ? b : a)
            : a.Significand != b.Significand ? (a.Significand > b.Significand ? a : b)
            : a.Sign ? b : a);
        return true;
    }

    private static Float80 Quiet(Float80 nan) => nan with { Significand = nan.Significand | Float80.QuietBit };

    private static Float80 Invalid(ref X87Status status)
    {
        status.Exceptions |= X87Exceptions.Invalid;
        return Float80.Indefinite;
    }

    private static void NoteDenormals(Float80 a, Float80 b, ref X87Status status)
    {
        if (a.IsDenormal || b.IsDenormal)
        {
            status.Exceptions |= X87Exceptions.Denormal;
        }
    }

    /// <summary>Exponent and significand with its integer bit set, of a number that is not zero.</summary>
    private static (int Exponent, ulong Significand) Normalize(Float80 value)
    {
        int shift = (int)ulong.LeadingZeroCount(value.Significand);
        return (Math.Max(value.Exponent, 1) - shift, value.Significand << shift);
    }
}
