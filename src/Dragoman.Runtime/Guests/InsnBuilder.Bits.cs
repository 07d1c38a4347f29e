using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    /// <summary>Zero-extends.</summary>
    public Temp Zx(int from, int to, Temp a)
    {
        if (from <= 32 && to > 32)
        {
            a = FromExtension(_tcg.ExtuI32I64(a), a, false);
        }

        return from <= 64 && to > 64 ? _tcg.ConcatI64V128(a, Const(64, 0UL)) : a;
    }

    /// <summary>Sign-extends.</summary>
    public Temp Sx(int from, int to, Temp a)
    {
        if (from > 64)
        {
            (Temp low, Temp high) = Halves(a);
            return Mask(to, _tcg.ConcatI64V128(low, from == 128 ? high : _tcg.Sextract(TcgType.I64, high, 0, from - 64)));
        }

        Temp narrow = a;
        a = Signed(from, a);
        if (from <= 32 && to > 32)
        {
            a = _tcg.ExtI32I64(a);
        }

        return to > 64
            ? Mask(to, _tcg.ConcatI64V128(a, _tcg.Sar(TcgType.I64, a, Const(64, 63UL))))
            : FromExtension(Mask(to, a), narrow, true);
    }

    /// <summary>Bits <paramref name="position"/> to <paramref name="position"/> + <paramref name="width"/> - 1; those beyond n are 0.</summary>
    public Temp Bits(int n, Temp a, long position, int width)
    {
        if (position < 0 || position >= n)
        {
            return Const(width, 0UL);
        }

        if (position == 0 && width >= n)
        {
            return Zx(n, width, a);
        }

        if (n > 64)
        {
            return WideBits(n, a, (int)position, width);
        }

        return FromPart(NarrowBits(n, a, (int)position, width), a, position, width);
    }

    private Temp NarrowBits(int n, Temp a, int position, int width)
    {
        int length = Math.Min(width, n - position);
        if (n > 32 && width <= 32)
        {
            return position == 0 && length == 32 ? _tcg.ExtrlI64I32(a)
                : position == 32 && length == 32 ? _tcg.ExtrhI64I32(a)
                : _tcg.ExtrlI64I32(_tcg.Extract(TcgType.I64, a, position, length));
        }

        return Zx(n <= 32 ? 32 : 64, width, _tcg.Extract(TypeOf(n), a, position, length));
    }

    private Temp WideBits(int n, Temp a, int position, int width)
    {
        if (width is 8 or 16 or 32 or 64 && position % width == 0)
        {
            return FromVector(_tcg.LaneGet(TypeOf(width), a, Log2Bytes(width), position / width), a, position, width);
        }

        (Temp low, Temp high) = Halves(a);
        if (position >= 64)
        {
            return Bits(64, high, position - 64, width);
        }

        if (position + width <= 64)
        {
            return Bits(64, low, position, width);
        }

        if (width <= 64)
        {
            return Bits(64, _tcg.Extract2(TcgType.I64, low, high, position), 0, width);
        }

        return Mask(width, Shr(128, a, position));
    }

    /// <summary>The bit whose number is known only at run time.</summary>
    public Temp Bit(int n, int m, Temp a, Temp index) => Bits(n, Shr(n, a, index, m), 0, 1);

    /// <summary>Joins two values.</summary>
    public Temp Cat(int highWidth, int lowWidth, Temp high, Temp low)
    {
        int n = highWidth + lowWidth;
        if (n <= 32)
        {
            return _tcg.Deposit(TcgType.I32, low, high, lowWidth, highWidth);
        }

        if (n <= 64)
        {
            return _tcg.Deposit(TcgType.I64, Zx(lowWidth, 64, low), Zx(highWidth, 64, high), lowWidth, highWidth);
        }

        return lowWidth == 64
            ? _tcg.ConcatI64V128(low, Zx(highWidth, 64, high))
            : Or(128, Shl(128, Zx(highWidth, 128, high), lowWidth), Zx(lowWidth, 128, low));
    }

    /// <summary>Repeats a value to <paramref name="to"/> bits.</summary>
    public Temp Fill(int from, int to, Temp a)
    {
        if (from == to)
        {
            return a;
        }

        if (from == 1)
        {
            if (to <= 64)
            {
                (TcgCond cond, Temp x, Temp y) = ConditionOf(a);
                return Mask(to, _tcg.NegSetCond(TypeOf(to), cond, x, y));
            }

            Temp half = Fill(1, 64, a);
            return Mask(to, _tcg.ConcatI64V128(half, half));
        }

        if (to == 128 && from is 8 or 16 or 32 or 64)
        {
            return _tcg.DupVec(Log2Bytes(from), a);
        }

        Temp value = a;
        int width = from;
        for (; width < to; width += from)
        {
            value = Cat(from, width, a, value);
        }

        return value;
    }

    public Temp Shl(int n, Temp a, long count)
    {
        if (count == 0)
        {
            return a;
        }

        if (count < 0 || count >= n)
        {
            return Const(n, 0UL);
        }

        if (n <= 64)
        {
            return Mask(n, _tcg.Shl(TypeOf(n), a, _tcg.Const(TypeOf(n), count)));
        }

        (Temp low, Temp high) = Halves(a);
        return Mask(n, count >= 64
            ? _tcg.ConcatI64V128(Const(64, 0UL), Shl(64, low, count - 64))
            : _tcg.ConcatI64V128(Shl(64, low, count), _tcg.Extract2(TcgType.I64, low, high, 64 - (int)count)));
    }

    public Temp Shr(int n, Temp a, long count)
    {
        if (count == 0)
        {
            return a;
        }

        if (count < 0 || count >= n)
        {
            return Const(n, 0UL);
        }

        if (n <= 64)
        {
            return _tcg.Shr(TypeOf(n), a, _tcg.Const(TypeOf(n), count));
        }

        (Temp low, Temp high) = Halves(a);
        return count >= 64
            ? _tcg.ConcatI64V128(Shr(64, high, count - 64), Const(64, 0UL))
            : _tcg.ConcatI64V128(_tcg.Extract2(TcgType.I64, low, high, (int)count), Shr(64, high, count));
    }

    public Temp Sar(int n, Temp a, long count)
    {
        if (count == 0)
        {
            return a;
        }

        count = count < 0 || count >= n ? n - 1 : count;
        if (n <= 64)
        {
            return Mask(n, _tcg.Sar(TypeOf(n), Signed(n, a), _tcg.Const(TypeOf(n), count)));
        }

        (Temp low, Temp high) = Halves(Sx(n, 128, a));
        Temp sign = _tcg.Sar(TcgType.I64, high, Const(64, 63UL));
        return Mask(n, count >= 64
            ? _tcg.ConcatI64V128(_tcg.Sar(TcgType.I64, high, Const(64, count - 64)), sign)
            : _tcg.ConcatI64V128(_tcg.Extract2(TcgType.I64, low, high, (int)count), _tcg.Sar(TcgType.I64, high, Const(64, count))));
    }

    public Temp Ror(int n, Temp a, long count)
    {
        int k = (int)((count % n + n) % n);
        return k == 0 ? a
            : n is 32 or 64 ? _tcg.Rotr(TypeOf(n), a, _tcg.Const(TypeOf(n), (long)k))
            : Or(n, Shr(n, a, k), Shl(n, a, n - k));
    }

    public Temp Rol(int n, Temp a, long count) => Ror(n, a, -count);

    // Shifts by a count of m bits known at run time. A count of n or more gives 0 or the sign.
    public Temp Shl(int n, Temp a, Temp count, int m) => Mask(n, _tcg.Shl(TypeOf(n), a, Count(n, count, m)));

    public Temp Shr(int n, Temp a, Temp count, int m) => _tcg.Shr(TypeOf(n), a, Count(n, count, m));

    public Temp Sar(int n, Temp a, Temp count, int m) => Mask(n, _tcg.Sar(TypeOf(n), Signed(n, a), Count(n, count, m)));

    public Temp Ror(int n, Temp a, Temp count, int m)
    {
        TcgType type = TypeOf(n);
        Temp k = m > 32 && n <= 32 ? _tcg.ExtrlI64I32(count) : m <= 32 && n > 32 ? _tcg.ExtuI32I64(count) : count;
        if (n is 32 or 64)
        {
            return _tcg.Rotr(type, a, k);
        }

        k = _tcg.Remu(type, k, _tcg.Const(type, (long)n));
        return Mask(n, _tcg.Or(type, _tcg.Shr(type, a, k), _tcg.Shl(type, a, _tcg.Sub(type, _tcg.Const(type, (long)n), k))));
    }

    public Temp Rol(int n, Temp a, Temp count, int m) => Ror(n, a, Neg(m, count), m);

    // The count in the container of the value, saturated so that none of its bits is lost.
    private Temp Count(int n, Temp count, int m)
    {
        if (m <= 32)
        {
            return n > 32 ? _tcg.ExtuI32I64(count) : count;
        }

        if (n > 32)
        {
            return count;
        }

        Temp most = Const(64, 255UL);
        return _tcg.ExtrlI64I32(_tcg.MovCond(TcgType.I64, TcgCond.Ltu, count, most, count, most));
    }

    public Temp Clz(int n, Temp a) => Excess(n, _tcg.Clz(TypeOf(n), a));

    /// <summary>Sign bits after the first.</summary>
    public Temp Cls(int n, Temp a) => Excess(n, _tcg.Cls(TypeOf(n), Signed(n, a)));

    private Temp Excess(int n, Temp count)
    {
        int container = n <= 32 ? 32 : 64;
        return n == container ? count : _tcg.Sub(TypeOf(n), count, _tcg.Const(TypeOf(n), (long)(container - n)));
    }

    public Temp Ctz(int n, Temp a) =>
        _tcg.Ctz(TypeOf(n), n is 32 or 64 ? a : _tcg.Or(TypeOf(n), a, _tcg.Const(TypeOf(n), 1UL << n)));

    public Temp PopCount(int n, Temp a)
    {
        if (n <= 64)
        {
            return _tcg.Ctpop(TypeOf(n), a);
        }

        (Temp low, Temp high) = Halves(a);
        return Zx(64, n, _tcg.Add(TcgType.I64, _tcg.Ctpop(TcgType.I64, low), _tcg.Ctpop(TcgType.I64, high)));
    }

    public Temp RBit(int n, Temp a)
    {
        Temp reversed = _tcg.Bitrev(TypeOf(n), a);
        return n is 32 or 64 ? reversed : _tcg.Shr(TypeOf(n), reversed, _tcg.Const(TypeOf(n), (long)((n <= 32 ? 32 : 64) - n)));
    }

    public Temp BSwap(int n, Temp a)
    {
        switch (n)
        {
            case 8:
                return a;
            case 16:
                return _tcg.Bswap16(TcgType.I32, a);
            case 32:
                return _tcg.Bswap32(TcgType.I32, a);
            case 64:
                return _tcg.Bswap64(a);
            case 128:
                (Temp low, Temp high) = Halves(a);
                return _tcg.ConcatI64V128(_tcg.Bswap64(high), _tcg.Bswap64(low));
            default:
                throw new ArgumentOutOfRangeException(nameof(n), n, "Bytes are reversed in 8, 16, 32, 64 or 128 bits.");
        }
    }

    /// <summary>1 when the number of ones is odd.</summary>
    public Temp Parity(int n, Temp a) => Bits(n <= 64 ? n : 64, n <= 64 ? PopCount(n, a) : Bits(n, PopCount(n, a), 0, 64), 0, 1);

    /// <summary>1 when any bit is set.</summary>
    public Temp Any(int n, Temp a) => Cmp(n, TcgCond.Ne, a, Const(n, 0UL));

    private static int Log2Bytes(int bits) => bits switch { 8 => 0, 16 => 1, 32 => 2, 64 => 3, _ => 4 };
}
