using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

/// <summary>The two questions that a rounding direction answers (IEEE 754-2019, 4.3).</summary>
internal static class RoundingDecision
{
    /// <summary>Whether the magnitude <paramref name="kept"/> grows by one unit.</summary>
    /// <param name="rounding">Direction; <see cref="FpRounding.Odd"/> never grows, its caller sets the last bit.</param>
    /// <param name="sign">True when the value is negative.</param>
    /// <param name="kept">Bits that stay.</param>
    /// <param name="rest">Bits that go.</param>
    /// <param name="half">What <paramref name="rest"/> is when the value lies halfway.</param>
    public static bool GrowsMagnitude(FpRounding rounding, bool sign, ulong kept, ulong rest, ulong half) => rounding switch
    {
        FpRounding.NearestEven => rest > half || (rest == half && (kept & 1) != 0),
        FpRounding.NearestAway => rest >= half,
        FpRounding.Up => !sign && rest != 0,
        FpRounding.Down => sign && rest != 0,
        _ => false,
    };

    /// <summary>Whether an overflow gives infinity rather than the largest finite number.</summary>
    public static bool OverflowsToInfinity(FpRounding rounding, bool sign) => rounding switch
    {
        FpRounding.NearestEven or FpRounding.NearestAway => true,
        FpRounding.Up => !sign,
        FpRounding.Down => sign,
        _ => false,
    };
}
