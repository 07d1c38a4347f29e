namespace Dragoman.Tcg.Float;

// FSIN, FCOS, FPTAN and FPATAN (SDM vol. 2A, and vol. 1, 8.3.8: the processor's pi has 66 bits).
public static partial class X87Float
{
    private const int SineTerms = 15;
    private const int ArcTangentTerms = 10;
    private const int TableSize = 32;

    // The processor's pi in units of 2^-66: half of it in units of 2^-67.
    private static readonly UInt128 s_pi66 = new(0xC, 0x90FDAA22168C234C);
    private const int Pi66Bits = 67;

    // Pi as it is, normalized; in Fixed126 it is a bit less than 4.
    private static readonly UInt128 s_pi = new(0xC90FDAA22168C234, 0xC4C6628B80DC1CD1);

    // Arc tangents of 0/32 to 32/32, each from the one before: tan(a - b) = (tan a - tan b) / (1 + tan a tan b).
    private static readonly Lazy<UInt128[]> s_arcTangents = new(() =>
    {
        var table = new UInt128[TableSize + 1];
        for (int i = 0; i < TableSize; i++)
        {
            table[i + 1] = table[i] + Fixed126.ArcTangentOf(TableSize, TableSize * TableSize + i * (i + 1));
        }

        return table;
    });

    /// <summary>Sine (FSIN).</summary>
    internal static Float80 Sin(Float80 a, ref X87Status status, out bool outOfRange)
    {
        if (IsAngleDecided(a, a, ref status, out outOfRange, out Float80 decided))
        {
            return decided;
        }

        Angle angle = Reduce(a);
        return (angle.Quadrant & 1) == 0
            ? RoundInexact(a.Sign != angle.IsBelow != ((angle.Quadrant & 2) != 0), SineOf(angle), ref status)
            : RoundInexact(a.Sign != ((angle.Quadrant & 2) != 0), CosineOf(angle), ref status);
    }

    /// <summary>Cosine (FCOS).</summary>
    internal static Float80 Cos(Float80 a, ref X87Status status, out bool outOfRange)
    {
        if (IsAngleDecided(a, new Float80(Bias, Float80.IntegerBit), ref status, out outOfRange, out Float80 decided))
        {
            return decided;
        }

        Angle angle = Reduce(a);
        return (angle.Quadrant & 1) == 0
            ? RoundInexact((angle.Quadrant & 2) != 0, CosineOf(angle), ref status)
            : RoundInexact(angle.IsBelow == ((angle.Quadrant & 2) != 0), SineOf(angle), ref status);
    }

    /// <summary>Tangent (FPTAN).</summary>
    internal static Float80 Tan(Float80 a, ref X87Status status, out bool outOfRange)
    {
        if (IsAngleDecided(a, a, ref status, out outOfRange, out Float80 decided))
        {
            return decided;
        }

        Angle angle = Reduce(a);
        WideReal sine = SineOf(angle);
        WideReal cosine = CosineOf(angle);
        bool isCotangent = (angle.Quadrant & 1) != 0;
        return RoundInexact(a.Sign != angle.IsBelow != isCotangent, isCotangent ? cosine / sine : sine / cosine, ref status);
    }

    /// <summary>The angle of the point (x, y) (FPATAN).</summary>
    internal static Float80 ArcTangent(Float80 y, Float80 x, ref X87Status status)
    {
        if (Decides(y, x, ref status, out Float80 decided))
        {
            return decided;
        }

        NoteDenormals(y, x, ref status);
        if (y.IsZero || (x.IsInfinity && !y.IsInfinity))
        {
            return x.Sign ? RoundInexact(y.Sign, new WideReal(s_pi, 1), ref status) : Float80.Zero(y.Sign);
        }

        if (x.IsZero || (y.IsInfinity && !x.IsInfinity))
        {
            return RoundInexact(y.Sign, new WideReal(s_pi, 0), ref status);
        }

        (int exponentX, ulong significandX) = Normalize(x);
        (int exponentY, ulong significandY) = Normalize(y);
        if (x.IsInfinity)
        {
            (exponentX, significandX, exponentY, significandY) = (0, Float80.IntegerBit, 0, Float80.IntegerBit);
        }

        bool isSteep = (exponentY, significandY).CompareTo((exponentX, significandX)) > 0;
        WideReal angle = ArcTangentOf(isSteep
            ? Ratio(exponentX, significandX, exponentY, significandY)
            : Ratio(exponentY, significandY, exponentX, significandX));
        if (isSteep || x.Sign)
        {
            // In units of 2^-125, so that pi has room.
            UInt128 half = s_pi >> 2;
            UInt128 small = angle.ToFixed() >> 1;
            angle = WideReal.Of(isSteep ? x.Sign ? half + small : half - small : (half << 1) - small, 1 - Fixed126.Bits);
        }

        return RoundInexact(y.Sign, angle, ref status);
    }

    // Not steeper than 1.
    private static WideReal Ratio(int exponent, ulong significand, int exponentBelow, ulong below)
    {
        (UInt128 quotient, UInt128 rest) = UInt128.DivRem((UInt128)significand << 63, below);
        return WideReal.Of(quotient << 63 | (rest << 63) / below, exponent - exponentBelow - 126);
    }

    // Of a number of at most 1: by the nearest entry of the table, and a series for what is left.
    private static WideReal ArcTangentOf(WideReal ratio)
    {
        const int EntryBits = 5;
        UInt128 x = ratio.ToFixed();
        int entry = (int)(x >> (Fixed126.Bits - EntryBits - 1)) + 1 >> 1;
        if (entry == 0)
        {
            return ratio * WideReal.OfFixed(Fixed126.ArcTanSeries(Fixed126.Multiply(x, x), ArcTangentTerms));
        }

        UInt128 center = (UInt128)entry << (Fixed126.Bits - EntryBits);
        bool isBelow = x < center;
        UInt128 away = Fixed126.Multiply(isBelow ? center - x : x - center, Fixed126.Invert(Fixed126.One + Fixed126.Multiply(x, center)));
        UInt128 rest = Fixed126.Multiply(away, Fixed126.ArcTanSeries(Fixed126.Multiply(away, away), ArcTangentTerms));
        return WideReal.OfFixed(isBelow ? s_arcTangents.Value[entry] - rest : s_arcTangents.Value[entry] + rest);
    }

    private static WideReal SineOf(Angle angle) => angle.Size * WideReal.OfFixed(Fixed126.SineSeries(angle.Squared, 2, SineTerms));

    private static WideReal CosineOf(Angle angle) => WideReal.OfFixed(Fixed126.SineSeries(angle.Squared, 1, SineTerms));

    // What is decided without looking at the angle. Of zero the functions are exact.
    private static bool IsAngleDecided(Float80 a, Float80 ofZero, ref X87Status status, out bool outOfRange, out Float80 decided)
    {
        outOfRange = false;
        if (Decides(a, a, ref status, out decided))
        {
            return true;
        }

        if (a.IsInfinity)
        {
            decided = Invalid(ref status);
            return true;
        }

        NoteDenormals(a, a, ref status);
        outOfRange = a.Exponent >= Bias + 63;
        decided = outOfRange ? a : ofZero;
        return outOfRange || a.IsZero;
    }

    // By the processor's pi, exactly.
    private static Angle Reduce(Float80 a)
    {
        (int exponent, ulong significand) = Normalize(a);
        int scale = exponent - Bias - 63;
        if (exponent < Bias - 1)
        {
            return Angle.Of(WideReal.Of(significand, scale), 0, false);
        }

        // The significand is shifted left to units of 2^-67, not so far at a time that it would not fit.
        const int Step = 58;
        UInt128 rest = significand;
        uint quadrant = 0;
        for (int left = scale + Pi66Bits; left > 0; left -= Step)
        {
            int count = Math.Min(left, Step);
            (UInt128 quotient, rest) = UInt128.DivRem(rest << count, s_pi66);
            quadrant = (quadrant << count) + (uint)quotient;
        }

        bool isBelow = rest > s_pi66 >> 1;
        rest = isBelow ? s_pi66 - rest : rest;
        return Angle.Of(WideReal.Of(rest, -Pi66Bits), (int)(quadrant & 3) + (isBelow ? 1 : 0), isBelow);
    }

    /// <summary>An angle of at most a quarter of pi: above so many quadrants, or below.</summary>
    private readonly record struct Angle(WideReal Size, UInt128 Squared, int Quadrant, bool IsBelow)
    {
        public static Angle Of(WideReal size, int quadrant, bool isBelow) =>
            new(size, Fixed126.Multiply(size.ToFixed(), size.ToFixed()), quadrant & 3, isBelow);
    }
}
