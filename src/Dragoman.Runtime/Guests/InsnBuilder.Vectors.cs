using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Vector ops on the lanes of a value of 64 or 128 bits.
public unsafe partial class InsnBuilder
{
    public Temp LanesAdd(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.AddVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesSub(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.SubVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesMul(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.MulVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesAnd(int n, int e, Temp a, Temp b) => And(n, a, b);

    public Temp LanesOr(int n, int e, Temp a, Temp b) => Or(n, a, b);

    public Temp LanesXor(int n, int e, Temp a, Temp b) => Xor(n, a, b);

    public Temp LanesNot(int n, int e, Temp a) => Not(n, a);

    public Temp LanesNeg(int n, int e, Temp a) => Lanes(n, _tcg.NegVec(Log2Bytes(e), Vector(n, a)));

    public Temp LanesAbs(int n, int e, Temp a) => Lanes(n, _tcg.AbsVec(Log2Bytes(e), Vector(n, a)));

    public Temp LanesUMin(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.UminVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesUMax(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.UmaxVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesSMin(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.SminVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesSMax(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.SmaxVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    public Temp LanesShl(int n, int e, Temp a, long count) =>
        count == 0 ? a : count < 0 || count >= e ? Const(n, 0UL) : Lanes(n, _tcg.ShliVec(Log2Bytes(e), Vector(n, a), (int)count));

    public Temp LanesShr(int n, int e, Temp a, long count) =>
        count == 0 ? a : count < 0 || count >= e ? Const(n, 0UL) : Lanes(n, _tcg.ShriVec(Log2Bytes(e), Vector(n, a), (int)count));

    public Temp LanesSar(int n, int e, Temp a, long count) =>
        count == 0 ? a : Lanes(n, _tcg.SariVec(Log2Bytes(e), Vector(n, a), (int)(count < 0 || count >= e ? e - 1 : count)));

    // Every lane by one count of m bits, known at run time; a count of e or more gives 0 or the sign.
    public Temp LanesShl(int n, int e, Temp a, Temp count, int m) => Lanes(n, _tcg.ShlvVec(Log2Bytes(e), Vector(n, a), Counts(e, count, m)));

    public Temp LanesShr(int n, int e, Temp a, Temp count, int m) => Lanes(n, _tcg.ShrvVec(Log2Bytes(e), Vector(n, a), Counts(e, count, m)));

    public Temp LanesSar(int n, int e, Temp a, Temp count, int m) => Lanes(n, _tcg.SarvVec(Log2Bytes(e), Vector(n, a), Counts(e, count, m)));

    private Temp Counts(int e, Temp count, int m) => _tcg.DupVec(Log2Bytes(e), Zx(m, e, count));

    /// <summary>Sums and differences, saturated as signed numbers of a lane.</summary>
    public Temp LanesSSAdd(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.SsaddVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    /// <inheritdoc cref="LanesSSAdd"/>
    public Temp LanesSSSub(int n, int e, Temp a, Temp b) => Lanes(n, _tcg.SssubVec(Log2Bytes(e), Vector(n, a), Vector(n, b)));

    /// <summary>All ones in each lane where the comparison holds.</summary>
    public Temp LanesCmp(int n, int e, TcgCond cond, Temp a, Temp b) => Lanes(n, _tcg.CmpVec(Log2Bytes(e), cond, Vector(n, a), Vector(n, b)));

    /// <summary>Bits of <paramref name="a"/> where the mask is set, else of <paramref name="b"/>.</summary>
    public Temp LanesSelect(int n, int e, Temp mask, Temp a, Temp b) =>
        n == 128 ? _tcg.BitselVec(mask, a, b) : _tcg.Or(TcgType.I64, _tcg.And(TcgType.I64, a, mask), _tcg.Andc(TcgType.I64, b, mask));

    /// <summary>Byte <c>index[i]</c> of the vector registers from <paramref name="first"/> on, as one table, for each byte i; 0 beyond it.</summary>
    public Temp LanesLookup(int n, int e, long first, long count, Temp index)
    {
        Temp indices = Vector(n, index);
        Temp result = default;
        for (long i = 0; i < count; i += 2)
        {
            // Two registers at a time: less than 0 wraps to more than 31, where the shuffle gives 0.
            Temp low = VectorRegister(first + i);
            Temp step = i == 0 ? indices : _tcg.SubVec(0, indices, _tcg.DupVec(0, Const(32, 16 * i)));
            Temp part = i + 1 < count
                ? _tcg.ShuffleVec(low, VectorRegister(first + i + 1), step)
                : _tcg.ShuffleVec(low, _tcg.ConstV128(0, 0), step);
            result = result.IsValid ? _tcg.OrVec(result, part) : part;
        }

        return Lanes(n, result);
    }

    /// <summary>A function of whole values, each computed once.</summary>
    public Temp Apply(Temp a, Func<Temp, Temp> f) => f(a);

    /// <inheritdoc cref="Apply(Temp, Func{Temp, Temp})"/>
    public Temp Apply(Temp a, Temp b, Func<Temp, Temp, Temp> f) => f(a, b);

    /// <inheritdoc cref="Apply(Temp, Func{Temp, Temp})"/>
    public Temp Apply(Temp a, Temp b, Temp c, Func<Temp, Temp, Temp, Temp> f) => f(a, b, c);

    /// <inheritdoc cref="Apply(Temp, Func{Temp, Temp})"/>
    public Temp Apply(Temp a, Temp b, Temp c, Temp d, Func<Temp, Temp, Temp, Temp, Temp> f) => f(a, b, c, d);

    /// <summary>One value in every lane.</summary>
    public Temp LanesDup(int n, int e, Temp a) => Fill(e, n, a);

    private Temp Vector(int n, Temp a) => n == 128 ? a : _tcg.ConcatI64V128(a, Const(64, 0UL));

    private Temp Lanes(int n, Temp vector) => n == 128 ? vector : _tcg.LoV128I64(vector);

    private Temp VectorRegister(long number) => _tcg.Ld(TcgType.V128, _vectorFile.Start + (16 * (int)(number % 32)));
}
