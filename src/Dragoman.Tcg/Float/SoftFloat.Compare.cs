using Dragoman.Tcg.Abi;

namespace Dragoman.Tcg.Float;

public static partial class SoftFloat<TFormat>
{
    /// <summary>Compares; Invalid for signalling NaNs only, or for any NaN when <paramref name="signalling"/>.</summary>
    public static FpRelation Compare(ulong a, ulong b, bool signalling, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);
        if (x.IsNan || y.IsNan)
        {
            RaiseInvalid(signalling || x.IsSignalling || y.IsSignalling, ref status);
            return FpRelation.Unordered;
        }

        ReportDenormals(x, y, ref status);
        return (FpRelation)Order(x, y);
    }

    /// <summary>The smaller operand. Arm FMIN: a NaN operand wins, and -0 is less than +0. x86: the second operand when a NaN or two zeros meet.</summary>
    public static ulong Min(ulong a, ulong b, ref FpStatus status) => Select(a, b, -1, ref status);

    /// <summary>The larger operand; otherwise as <see cref="Min"/>.</summary>
    public static ulong Max(ulong a, ulong b, ref FpStatus status) => Select(a, b, 1, ref status);

    /// <summary>IEEE 754-2008 minNum, Arm FMINNM: a number wins over a quiet NaN.</summary>
    public static ulong MinNumber(ulong a, ulong b, ref FpStatus status) => SelectNumber(a, b, -1, ref status);

    /// <summary>IEEE 754-2008 maxNum, Arm FMAXNM: a number wins over a quiet NaN.</summary>
    public static ulong MaxNumber(ulong a, ulong b, ref FpStatus status) => SelectNumber(a, b, 1, ref status);

    private static ulong SelectNumber(ulong a, ulong b, int wanted, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);

        // FPMinNum and FPMaxNum: a lone quiet NaN is replaced by the infinity that loses.
        ulong losing = WithSign(wanted > 0, InfinityBits);
        if (x.Class == FloatClass.QuietNan && y.Class != FloatClass.QuietNan)
        {
            a = losing;
        }
        else if (y.Class == FloatClass.QuietNan && x.Class != FloatClass.QuietNan)
        {
            b = losing;
        }

        return Select(a, b, wanted, ref status);
    }

    private static ulong Select(ulong a, ulong b, int wanted, ref FpStatus status)
    {
        FloatParts x = Unpack(a, ref status);
        FloatParts y = Unpack(b, ref status);
        if (status.NanRule == FpNanRule.X86Sse)
        {
            // Intel SDM vol. 2, MINSS: any NaN is invalid, and whatever is not strictly smaller yields the second operand.
            if (x.IsNan || y.IsNan)
            {
                RaiseInvalid(true, ref status);
                return Repack(b, y);
            }

            ReportDenormals(x, y, ref status);
            return Order(x, y) == wanted ? Repack(a, x) : Repack(b, y);
        }

        if (x.IsNan || y.IsNan)
        {
            return PropagateNan(x, y, ref status);
        }

        int order = Order(x, y);
        if (order == 0 && x.IsZero)
        {
            return WithSign(wanted > 0 ? x.Sign && y.Sign : x.Sign || y.Sign, 0);
        }

        return order == wanted ? Repack(a, x) : Repack(b, y);
    }

    /// <summary>The operand itself, or the zero that it was flushed to.</summary>
    private static ulong Repack(ulong bits, FloatParts parts) => parts.IsZero ? WithSign(parts.Sign, 0) : bits;

    /// <summary>-1, 0 or 1 as a number that is not a NaN is less than, equal to or greater than another.</summary>
    private static int Order(FloatParts x, FloatParts y)
    {
        if (x.IsZero && y.IsZero)
        {
            return 0;
        }

        if (x.IsZero || y.IsZero || x.Sign != y.Sign)
        {
            return x.IsZero ? (y.Sign ? 1 : -1) : (x.Sign ? -1 : 1);
        }

        int magnitude = x.Class != y.Class ? (x.IsInfinity ? 1 : -1)
            : x.Exponent != y.Exponent ? x.Exponent.CompareTo(y.Exponent)
            : x.Significand.CompareTo(y.Significand);
        return x.Sign ? -magnitude : magnitude;
    }
}
