namespace Dragoman.Tcg.Float;

// F2XM1, FYL2X and FYL2XP1 (SDM vol. 2A): computed to more than 110 bits and then rounded; what is exact is so.
public static partial class X87Float
{
    private const int SeriesTerms = 24;

    private static readonly WideReal s_ln2 = new(new UInt128(0xB17217F7D1CF79AB, 0xC9E3B39803F2F6AF), -1);
    private static readonly WideReal s_log2e = new(new UInt128(0xB8AA3B295C17F0BB, 0xBE87FED0691D3E88), 0);

    // The root of 2 in units of 2^-63.
    private const ulong Root2 = 0xB504F333F9DE6484;

    /// <summary><c>2^a - 1</c>, a from -1 to 1 (F2XM1); beyond, where the manual leaves the result open, the operand.</summary>
    internal static Float80 Exp2M1(Float80 a, ref X87Status status)
    {
        if (Decides(a, a, ref status, out Float80 decided))
        {
            return decided;
        }

        if (a.IsZero)
        {
            return a;
        }

        if (a.IsInfinity)
        {
            return a.Sign ? new Float80(Bias | 0x8000, Float80.IntegerBit) : a;
        }

        NoteDenormals(a, a, ref status);
        (int exponent, ulong significand) = Normalize(a);
        if (exponent >= Bias)
        {
            return exponent == Bias && significand == Float80.IntegerBit ? a.Sign ? new Float80((Bias - 1) | 0x8000, significand) : a : a;
        }

        WideReal t = WideReal.Of(significand, exponent - Bias - 63) * s_ln2;
        WideReal result = t * WideReal.OfFixed(Fixed126.ExponentialSeries(t.ToFixed(), a.Sign, SeriesTerms + 5));
        return RoundInexact(a.Sign, result, ref status);
    }

    /// <summary><c>b log2 a</c> (FYL2X).</summary>
    internal static Float80 Log2(Float80 a, Float80 b, ref X87Status status)
    {
        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        bool isOne = a == new Float80(Bias, Float80.IntegerBit);
        if ((a.Sign && !a.IsZero) || (a.IsZero && b.IsZero) || (a.IsInfinity && b.IsZero) || (isOne && b.IsInfinity))
        {
            return Invalid(ref status);
        }

        if (a.IsZero)
        {
            status.Exceptions |= b.IsInfinity ? X87Exceptions.None : X87Exceptions.ZeroDivide;
            return Float80.Infinity(!b.Sign);
        }

        NoteDenormals(a, b, ref status);
        bool isBelowOne = a.Exponent < Bias;
        if (a.IsInfinity || b.IsInfinity)
        {
            return Float80.Infinity(b.Sign != isBelowOne);
        }

        if (isOne || b.IsZero)
        {
            return Float80.Zero(b.Sign != isBelowOne);
        }

        (int exponent, ulong significand) = Normalize(a);
        int whole = exponent - Bias;
        bool isAboveRoot = significand > Root2;
        whole += isAboveRoot ? 1 : 0;

        // f, from the root of 1/2 to that of 2, is 1 + part or 1 - part; the log of f is that of part, over ln 2.
        ulong part = isAboveRoot ? 0 - significand : significand - Float80.IntegerBit;
        int scale = isAboveRoot ? -64 : -63;
        if (part == 0)
        {
            return TimesInteger(b, whole, ref status);
        }

        UInt128 sum = Fixed126.One + ((UInt128)significand << (isAboveRoot ? Fixed126.Bits - 64 : Fixed126.Bits - 63));
        WideReal log = LogOfPart(WideReal.Of(part, scale), WideReal.OfFixed(sum));
        bool isNegative = isAboveRoot;
        if (whole != 0)
        {
            // In units of 2^-112; the part is at most half of the whole.
            const int Places = 112;
            UInt128 places = log.ToFixed() >> (Fixed126.Bits - Places);
            UInt128 integer = (UInt128)(uint)Math.Abs(whole) << Places;
            log = WideReal.Of(whole < 0 == isNegative ? integer + places : integer - places, -Places);
            isNegative = whole < 0;
        }

        return TimesOperand(b, isNegative, log, ref status);
    }

    /// <summary><c>b log2(a + 1)</c> (FYL2XP1).</summary>
    internal static Float80 Log2P1(Float80 a, Float80 b, ref X87Status status)
    {
        if (Decides(a, b, ref status, out Float80 decided))
        {
            return decided;
        }

        if ((a.IsInfinity && (a.Sign || b.IsZero)) || (a.IsZero && b.IsInfinity))
        {
            return Invalid(ref status);
        }

        NoteDenormals(a, b, ref status);
        if (a.IsInfinity || b.IsInfinity)
        {
            return Float80.Infinity(a.Sign != b.Sign);
        }

        if (a.IsZero || b.IsZero)
        {
            return Float80.Zero(a.Sign != b.Sign);
        }

        (int exponent, ulong significand) = Normalize(a);
        if (exponent > Bias - 2)
        {
            // Beyond the range that the manual gives: as the sum's logarithm, if it has one.
            var inner = new X87Status { Precision = 64, Masked = (X87Exceptions)0x3F };
            Float80 sum = Add(a, new Float80(Bias, Float80.IntegerBit), ref inner);
            return sum.Sign || sum.IsZero ? a : Log2(sum, b, ref status);
        }

        WideReal part = WideReal.Of(significand, exponent - Bias - 63);
        UInt128 two = Fixed126.One << 1;
        return TimesOperand(b, a.Sign, LogOfPart(part, WideReal.OfFixed(a.Sign ? two - part.ToFixed() : two + part.ToFixed())), ref status);
    }

    /// <summary>The magnitude of log2(1 + p), p being part, negated or not, and sum 2 + p.</summary>
    private static WideReal LogOfPart(WideReal part, WideReal sum)
    {
        // Half of the natural logarithm is the ArTanh of p / (2 + p).
        WideReal s = part / sum;
        UInt128 small = s.ToFixed();
        WideReal half = s * WideReal.OfFixed(Fixed126.ArTanhSeries(Fixed126.Multiply(small, small), SeriesTerms)) * s_log2e;
        return half with { Power = half.Power + 1 };
    }

    private static Float80 TimesOperand(Float80 b, bool isNegative, WideReal log, ref X87Status status)
    {
        (int exponent, ulong significand) = Normalize(b);
        return RoundInexact(b.Sign != isNegative, log * WideReal.Of(significand, exponent - Bias - 63), ref status);
    }

    private static Float80 TimesInteger(Float80 b, int whole, ref X87Status status) => Multiply(FromInteger(whole), b, ref status);

    // Cut off before, the value is never exact.
    private static Float80 RoundInexact(bool sign, WideReal value, ref X87Status status) =>
        Round(sign, value.Power + Bias, value.Significand | UInt128.One, ref status);
}
