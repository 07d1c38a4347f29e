namespace Dragoman.Oracles;

public unsafe partial class OracleInsn
{
    public UInt128 Map(int n, int e, int r, UInt128 a, Func<long, UInt128, UInt128> f) => Join(n / e, r, k => f(k, Lane(a, e, k)));

    public UInt128 Map(int n, int e, int r, UInt128 a, UInt128 b, Func<long, UInt128, UInt128, UInt128> f) =>
        Join(n / e, r, k => f(k, Lane(a, e, k), Lane(b, e, k)));

    public UInt128 Map(int n, int e, int r, UInt128 a, UInt128 b, UInt128 c, Func<long, UInt128, UInt128, UInt128, UInt128> f) =>
        Join(n / e, r, k => f(k, Lane(a, e, k), Lane(b, e, k), Lane(c, e, k)));

    public UInt128 Map(int n, int e, int r, UInt128 a, UInt128 b, UInt128 c, UInt128 d, Func<long, UInt128, UInt128, UInt128, UInt128, UInt128> f) =>
        Join(n / e, r, k => f(k, Lane(a, e, k), Lane(b, e, k), Lane(c, e, k), Lane(d, e, k)));

    public (UInt128, UInt128) MapPair(int n, int e, int r, int q, UInt128 a, Func<long, UInt128, (UInt128, UInt128)> f) =>
        JoinPair(n / e, r, q, k => f(k, Lane(a, e, k)));

    public (UInt128, UInt128) MapPair(int n, int e, int r, int q, UInt128 a, UInt128 b, Func<long, UInt128, UInt128, (UInt128, UInt128)> f) =>
        JoinPair(n / e, r, q, k => f(k, Lane(a, e, k), Lane(b, e, k)));

    public (UInt128, UInt128) MapPair(int n, int e, int r, int q, UInt128 a, UInt128 b, UInt128 c, Func<long, UInt128, UInt128, UInt128, (UInt128, UInt128)> f) =>
        JoinPair(n / e, r, q, k => f(k, Lane(a, e, k), Lane(b, e, k), Lane(c, e, k)));

    public UInt128 Vec(int e, long from, long to, Func<long, UInt128> f) => Join((int)(to - from), e, k => f(from + k));

    public UInt128 Fold(int n, int e, UInt128 a, Func<UInt128, UInt128, UInt128> f)
    {
        List<UInt128> lanes = [.. Enumerable.Range(0, n / e).Select(k => Lane(a, e, k))];
        while (lanes.Count > 1)
        {
            lanes = [.. lanes.Chunk(2).Select(p => p.Length == 2 ? f(p[0], p[1]) : p[0])];
        }

        return lanes[0];
    }

    public UInt128 Lookup(long first, long count, UInt128 index) =>
        index >= (UInt128)(16 * count) ? UInt128.Zero : (UInt128)_env[_layout.VectorFile.Start + 16 * (int)((first + (long)index / 16) % 32) + (int)index % 16];

    public UInt128 Apply(UInt128 a, Func<UInt128, UInt128> f) => f(a);

    public UInt128 Apply(UInt128 a, UInt128 b, Func<UInt128, UInt128, UInt128> f) => f(a, b);

    public UInt128 Apply(UInt128 a, UInt128 b, UInt128 c, Func<UInt128, UInt128, UInt128, UInt128> f) => f(a, b, c);

    private static UInt128 Lane(UInt128 vector, int e, long k) => Mask(e, vector >> (int)(e * k));

    private static UInt128 Join(int count, int r, Func<long, UInt128> lane)
    {
        UInt128 result = 0;
        for (int k = 0; k < count; k++)
        {
            result |= lane(k) << (r * k);
        }

        return result;
    }

    private static (UInt128, UInt128) JoinPair(int count, int r, int q, Func<long, (UInt128 R, UInt128 Q)> lane)
    {
        UInt128 values = 0;
        UInt128 flags = 0;
        for (int k = 0; k < count; k++)
        {
            (UInt128 value, UInt128 flag) = lane(k);
            values |= value << (r * k);
            flags |= flag << (q * k);
        }

        return (values, flags);
    }
}
