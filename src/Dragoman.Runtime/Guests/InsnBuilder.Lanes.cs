using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

// Functions of lanes: one by one here, all at once in InsnBuilder.Vectors.cs where each step has a vector op.
public unsafe partial class InsnBuilder
{
    private readonly Dictionary<(long First, long Count), Temp[]> _tables = [];

    /// <summary>Applies a function to each lane of e bits; its results of r bits are the lanes of the result.</summary>
    public Temp Map(int n, int e, int r, Temp a, Func<long, Temp, Temp> f) => Join(r, Each(n, e, k => f(k, Bits(n, a, k * e, e))));

    /// <inheritdoc cref="Map(int, int, int, Temp, Func{long, Temp, Temp})"/>
    public Temp Map(int n, int e, int r, Temp a, Temp b, Func<long, Temp, Temp, Temp> f) =>
        Join(r, Each(n, e, k => f(k, Bits(n, a, k * e, e), Bits(n, b, k * e, e))));

    /// <inheritdoc cref="Map(int, int, int, Temp, Func{long, Temp, Temp})"/>
    public Temp Map(int n, int e, int r, Temp a, Temp b, Temp c, Func<long, Temp, Temp, Temp, Temp> f) =>
        Join(r, Each(n, e, k => f(k, Bits(n, a, k * e, e), Bits(n, b, k * e, e), Bits(n, c, k * e, e))));

    /// <summary>Applies a function with two results to each lane.</summary>
    public (Temp, Temp) MapPair(int n, int e, int r, int q, Temp a, Func<long, Temp, (Temp, Temp)> f) =>
        JoinPairs(r, q, Each(n, e, k => f(k, Bits(n, a, k * e, e))));

    /// <inheritdoc cref="MapPair(int, int, int, int, Temp, Func{long, Temp, ValueTuple{Temp, Temp}})"/>
    public (Temp, Temp) MapPair(int n, int e, int r, int q, Temp a, Temp b, Func<long, Temp, Temp, (Temp, Temp)> f) =>
        JoinPairs(r, q, Each(n, e, k => f(k, Bits(n, a, k * e, e), Bits(n, b, k * e, e))));

    /// <inheritdoc cref="MapPair(int, int, int, int, Temp, Func{long, Temp, ValueTuple{Temp, Temp}})"/>
    public (Temp, Temp) MapPair(int n, int e, int r, int q, Temp a, Temp b, Temp c, Func<long, Temp, Temp, Temp, (Temp, Temp)> f) =>
        JoinPairs(r, q, Each(n, e, k => f(k, Bits(n, a, k * e, e), Bits(n, b, k * e, e), Bits(n, c, k * e, e))));

    /// <summary>A vector of lanes of e bits computed from their numbers.</summary>
    public Temp Vec(int e, long from, long to, Func<long, Temp> f)
    {
        var lanes = new Temp[to - from];
        for (long k = from; k < to; k++)
        {
            lanes[k - from] = f(k);
        }

        return Join(e, lanes);
    }

    /// <summary>Reduces the lanes to one, pairing neighbours, then the results, and so on.</summary>
    public Temp Fold(int n, int e, Temp a, Func<Temp, Temp, Temp> f)
    {
        Temp[] lanes = Each(n, e, k => Bits(n, a, k * e, e));
        while (lanes.Length > 1)
        {
            var half = new Temp[(lanes.Length + 1) / 2];
            for (int i = 0; i < half.Length; i++)
            {
                half[i] = 2 * i + 1 < lanes.Length ? f(lanes[2 * i], lanes[2 * i + 1]) : lanes[2 * i];
            }

            lanes = half;
        }

        return lanes[0];
    }

    /// <summary>Byte <paramref name="index"/> of the vector registers from <paramref name="first"/> on, as one table; 0 beyond it.</summary>
    public Temp Lookup(long first, long count, Temp index)
    {
        if (!_tables.TryGetValue((first, count), out Temp[]? words))
        {
            GuestRegister zero = _layout.Registers.First(r => r.Name == "V0");
            words = new Temp[2 * count];
            for (int i = 0; i < words.Length; i++)
            {
                words[i] = _tcg.Ld(TcgType.I64, zero.Offset + 16 * (int)((first + i / 2) % 32) + 8 * (i % 2));
            }

            _tables[(first, count)] = words;
        }

        Temp word = _tcg.Shr(TcgType.I32, index, Const(32, 3UL));
        Temp value = Const(64, 0UL);
        for (int i = 0; i < words.Length; i++)
        {
            value = _tcg.MovCond(TcgType.I64, TcgCond.Eq, word, Const(32, (long)i), words[i], value);
        }

        Temp shift = _tcg.ExtuI32I64(_tcg.Shl(TcgType.I32, _tcg.And(TcgType.I32, index, Const(32, 7UL)), Const(32, 3UL)));
        return Bits(64, _tcg.Shr(TcgType.I64, value, shift), 0, 8);
    }

    private static T[] Each<T>(int n, int e, Func<long, T> f)
    {
        var lanes = new T[n / e];
        for (int k = 0; k < lanes.Length; k++)
        {
            lanes[k] = f(k);
        }

        return lanes;
    }

    private Temp Join(int e, ReadOnlySpan<Temp> lanes)
    {
        if (TryShuffle(e, lanes, out Temp shuffled))
        {
            return shuffled;
        }

        int total = e * lanes.Length;
        if (total > 64 && e <= 64 && 64 % e == 0)
        {
            int half = 64 / e;
            return _tcg.ConcatI64V128(Join(e, lanes[..half]), Zx(total - 64, 64, Join(e, lanes[half..])));
        }

        Temp result = lanes[0];
        for (int i = 1; i < lanes.Length; i++)
        {
            result = Cat(e, e * i, lanes[i], result);
        }

        return result;
    }

    private (Temp, Temp) JoinPairs(int r, int q, (Temp R, Temp Q)[] lanes) =>
        (Join(r, Array.ConvertAll(lanes, l => l.R)), Join(q, Array.ConvertAll(lanes, l => l.Q)));
}
