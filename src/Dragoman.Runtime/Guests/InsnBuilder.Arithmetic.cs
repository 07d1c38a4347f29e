using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    public Temp Add(int n, Temp a, Temp b)
    {
        if (n <= 64)
        {
            return Mask(n, _tcg.Add(TypeOf(n), a, b));
        }

        ((Temp aLow, Temp aHigh), (Temp bLow, Temp bHigh)) = (Halves(a), Halves(b));
        Temp low = _tcg.Add(TcgType.I64, aLow, bLow);
        Temp carry = _tcg.SetCond(TcgType.I64, TcgCond.Ltu, low, aLow);
        return Mask(n, _tcg.ConcatI64V128(low, _tcg.Add(TcgType.I64, _tcg.Add(TcgType.I64, aHigh, bHigh), carry)));
    }

    public Temp Sub(int n, Temp a, Temp b)
    {
        if (n <= 64)
        {
            return Mask(n, _tcg.Sub(TypeOf(n), a, b));
        }

        ((Temp aLow, Temp aHigh), (Temp bLow, Temp bHigh)) = (Halves(a), Halves(b));
        Temp borrow = _tcg.SetCond(TcgType.I64, TcgCond.Ltu, aLow, bLow);
        return Mask(n, _tcg.ConcatI64V128(_tcg.Sub(TcgType.I64, aLow, bLow), _tcg.Sub(TcgType.I64, _tcg.Sub(TcgType.I64, aHigh, bHigh), borrow)));
    }

    public Temp Mul(int n, Temp a, Temp b)
    {
        if (n <= 64)
        {
            return Mask(n, _tcg.Mul(TypeOf(n), a, b));
        }

        ((Temp aLow, Temp aHigh), (Temp bLow, Temp bHigh)) = (Halves(a), Halves(b));
        Temp high = _tcg.Add(TcgType.I64, _tcg.Muluh(TcgType.I64, aLow, bLow), _tcg.Add(TcgType.I64, _tcg.Mul(TcgType.I64, aLow, bHigh), _tcg.Mul(TcgType.I64, aHigh, bLow)));
        return Mask(n, _tcg.ConcatI64V128(_tcg.Mul(TcgType.I64, aLow, bLow), high));
    }

    public Temp Neg(int n, Temp a) => n <= 64 ? Mask(n, _tcg.Neg(TypeOf(n), a)) : Sub(n, Const(n, 0UL), a);

    /// <summary>Division by zero gives 0.</summary>
    public Temp DivU(int n, Temp a, Temp b) => _tcg.Divu(TypeOf(n), a, b);

    /// <summary>Division by zero gives 0; the least value by -1 gives itself.</summary>
    public Temp DivS(int n, Temp a, Temp b) => Mask(n, _tcg.Divs(TypeOf(n), Signed(n, a), Signed(n, b)));

    /// <summary>By zero gives the dividend.</summary>
    public Temp RemU(int n, Temp a, Temp b) => _tcg.Remu(TypeOf(n), a, b);

    /// <summary>By zero gives the dividend.</summary>
    public Temp RemS(int n, Temp a, Temp b) => Mask(n, _tcg.Rems(TypeOf(n), Signed(n, a), Signed(n, b)));

    public Temp And(int n, Temp a, Temp b) => n <= 64 ? _tcg.And(TypeOf(n), a, b) : _tcg.AndVec(a, b);

    public Temp Or(int n, Temp a, Temp b) => n <= 64 ? _tcg.Or(TypeOf(n), a, b) : _tcg.OrVec(a, b);

    public Temp Xor(int n, Temp a, Temp b) => n <= 64 ? _tcg.Xor(TypeOf(n), a, b) : _tcg.XorVec(a, b);

    public Temp Not(int n, Temp a)
    {
        switch (n)
        {
            case 1:
                return NotCondition(a);
            case 32 or 64:
                return _tcg.Not(TypeOf(n), a);
            case 128:
                return _tcg.NotVec(a);
            default:
                return Xor(n, a, n <= 64 ? Const(n, Static.Ones(n)) : _tcg.ConstV128(ulong.MaxValue, Static.Ones(n - 64)));
        }
    }

    public Temp Abs(int n, Temp a)
    {
        Temp signed = Signed(n, a);
        TcgType type = TypeOf(n);
        return Mask(n, _tcg.MovCond(type, TcgCond.Lt, signed, _tcg.Const(type, 0UL), _tcg.Neg(type, signed), signed));
    }

    /// <summary>High half of the unsigned product.</summary>
    public Temp UMulH(int n, Temp a, Temp b) => n is 32 or 64
        ? _tcg.Muluh(TypeOf(n), a, b)
        : Bits(2 * n, Mul(2 * n, Zx(n, 2 * n, a), Zx(n, 2 * n, b)), n, n);

    /// <summary>High half of the signed product.</summary>
    public Temp SMulH(int n, Temp a, Temp b) => n is 32 or 64
        ? _tcg.Mulsh(TypeOf(n), a, b)
        : Bits(2 * n, Mul(2 * n, Sx(n, 2 * n, a), Sx(n, 2 * n, b)), n, n);

    /// <summary>The low half of the unsigned quotient of high:low by b; 0 when b is 0. n is 32 or 64, here and below.</summary>
    public Temp UDiv2(int n, Temp high, Temp low, Temp b) => _tcg.DivU2(TypeOf(n), low, high, b);

    /// <summary>The low half of the signed quotient of high:low by b, toward 0; 0 when b is 0.</summary>
    public Temp SDiv2(int n, Temp high, Temp low, Temp b) => _tcg.DivS2(TypeOf(n), low, high, b);

    /// <summary>The unsigned remainder of high:low by b; low when b is 0.</summary>
    public Temp URem2(int n, Temp high, Temp low, Temp b) => _tcg.RemU2(TypeOf(n), low, high, b);

    /// <summary>The signed remainder of high:low by b; low when b is 0.</summary>
    public Temp SRem2(int n, Temp high, Temp low, Temp b) => _tcg.RemS2(TypeOf(n), low, high, b);

    public Temp UMin(int n, Temp a, Temp b) => _tcg.MovCond(TypeOf(n), TcgCond.Ltu, a, b, a, b);

    public Temp UMax(int n, Temp a, Temp b) => _tcg.MovCond(TypeOf(n), TcgCond.Gtu, a, b, a, b);

    public Temp SMin(int n, Temp a, Temp b) => _tcg.MovCond(TypeOf(n), TcgCond.Lt, Signed(n, a), Signed(n, b), a, b);

    public Temp SMax(int n, Temp a, Temp b) => _tcg.MovCond(TypeOf(n), TcgCond.Gt, Signed(n, a), Signed(n, b), a, b);

    /// <summary>A signed value clamped to <paramref name="to"/> bits, signed.</summary>
    public Temp SSat(int from, int to, Temp a) => Clamp(from, to, Signed(from, a), -(1L << (to - 1)), (1L << (to - 1)) - 1);

    /// <summary>A signed value clamped to <paramref name="to"/> bits, unsigned.</summary>
    public Temp USat(int from, int to, Temp a) => Clamp(from, to, Signed(from, a), 0, (long)Static.Ones(to));

    /// <summary>An unsigned value clamped to <paramref name="to"/> bits.</summary>
    public Temp USatU(int from, int to, Temp a)
    {
        Temp most = _tcg.Const(TypeOf(from), Static.Ones(to));
        return Narrow(from, to, _tcg.MovCond(TypeOf(from), TcgCond.Gtu, a, most, most, a));
    }

    private Temp Clamp(int from, int to, Temp signed, long least, long most)
    {
        TcgType type = TypeOf(from);
        Temp low = _tcg.Const(type, least);
        Temp high = _tcg.Const(type, most);
        Temp clamped = _tcg.MovCond(type, TcgCond.Lt, signed, low, low, signed);
        clamped = _tcg.MovCond(type, TcgCond.Gt, clamped, high, high, clamped);
        return Narrow(from, to, clamped);
    }

    // The low bits of a value in a container of from bits.
    private Temp Narrow(int from, int to, Temp value) => Bits(TypeOf(from) == TcgType.I32 ? 32 : 64, value, 0, to);

    /// <summary>Carry out of a + b + c, with c 0 or 1 in n bits.</summary>
    public Temp Carry(int n, Temp a, Temp b, Temp c)
    {
        if (n is 32 or 64)
        {
            Temp carry = _tcg.AddCarry(TypeOf(n), a, b, c);
            return n == 64 ? _tcg.ExtrlI64I32(carry) : carry;
        }

        TcgType type = TypeOf(n);
        Temp sum = _tcg.Add(type, _tcg.Add(type, a, b), c);
        return Bits(type == TcgType.I32 ? 32 : 64, sum, n, 1);
    }

    /// <summary>Signed overflow of a + b + c, with c 0 or 1 in n bits.</summary>
    public Temp Overflow(int n, Temp a, Temp b, Temp c)
    {
        TcgType type = TypeOf(n);
        Temp sum = _tcg.Add(type, _tcg.Add(type, a, b), c);
        Temp changed = _tcg.Andc(type, _tcg.Xor(type, a, sum), _tcg.Xor(type, a, b));
        return Bits(type == TcgType.I32 ? 32 : 64, changed, n - 1, 1);
    }

    /// <summary>The value sign-extended to its whole container.</summary>
    private Temp Signed(int n, Temp a) => n is 32 or 64 ? a : _tcg.Sextract(TypeOf(n), a, 0, n);
}
