using Dragoman.Tcg.Float;

namespace Dragoman.Tcg.Tests.Float;

/// <summary>Deterministic operands: plain random bits hardly ever meet a boundary, so most are drawn from near one.</summary>
internal sealed class Operands<TFormat>(int seed)
    where TFormat : struct, IFloatFormat
{
    private readonly Random _random = new(seed);

    private static int F => TFormat.FractionBits;

    private static ulong ExponentMask => (1UL << (TFormat.Width - 1 - F)) - 1;

    /// <summary>Any value, NaNs and infinities included.</summary>
    public ulong Next()
    {
        ulong sign = (ulong)_random.Next(2) << (TFormat.Width - 1);
        ulong field = _random.Next(8) switch
        {
            0 => 0,
            1 => 1 + (ulong)_random.Next(3),
            2 => ExponentMask - (ulong)_random.Next(3),
            3 or 4 => (ExponentMask >> 1) + (ulong)_random.Next(F + 6) - 3,
            5 => (ExponentMask >> 1) - 1 + (ulong)_random.Next(3),
            _ => (ulong)_random.NextInt64() & ExponentMask,
        };
        return sign | (field << F) | Fraction();
    }

    /// <summary>Any finite value.</summary>
    public ulong NextNumber()
    {
        ulong bits;
        do
        {
            bits = Next();
        }
        while (!ExactReference<TFormat>.IsNumber(bits));
        return bits;
    }

    /// <summary>A finite value whose exponent is within a few of <paramref name="near"/>'s, so that sums cancel.</summary>
    public ulong NextNear(ulong near)
    {
        ulong field = (near >> F) & ExponentMask;
        long moved = Math.Clamp((long)field + _random.Next(5) - 2, 0, (long)ExponentMask - 1);
        ulong sign = (ulong)_random.Next(2) << (TFormat.Width - 1);
        ulong fraction = _random.Next(3) == 0 ? near & ((1UL << F) - 1) : Fraction();
        return sign | ((ulong)moved << F) | fraction;
    }

    private ulong Fraction()
    {
        ulong all = (1UL << F) - 1;
        ulong random = (ulong)_random.NextInt64() & all;
        return _random.Next(7) switch
        {
            0 => 0,
            1 => all,
            2 => 1UL << _random.Next(F),
            3 => all ^ (1UL << _random.Next(F)),
            4 => random & (all << _random.Next(F)) & all,
            _ => random,
        };
    }
}
