namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>Operands: edge values, then random ones of all sizes, the same in every run.</summary>
internal static class Samples
{
    private static readonly ulong[] Edges =
    [
        0, 1, 2, 3, 7, 8, 15, 16, 31, 32, 33, 63, 64, 65, 127, 128, 255, 256, 0x7FFF, 0x8000, 0xFFFF, 0x10000,
        0x7FFFFFFE, 0x7FFFFFFF, 0x80000000, 0x80000001, 0xFFFFFFFE, 0xFFFFFFFF, 0x1_00000000, 0x1_00000001,
        0x7FFFFFFF_FFFFFFFF, 0x80000000_00000000, 0x80000000_00000001, 0xFFFFFFFF_80000000, 0xFFFFFFFF_FFFFFFFE, 0xFFFFFFFF_FFFFFFFF,
        0x01234567_89ABCDEF, 0x55555555_55555555, 0xAAAAAAAA_AAAAAAAA,
    ];

    /// <summary>All pairs of edge values (with a third value), then random triples.</summary>
    public static IEnumerable<(ulong A, ulong B, ulong C)> Triples(int random)
    {
        var generator = new Random(20261120);
        foreach (ulong a in Edges)
        {
            foreach (ulong b in Edges)
            {
                yield return (a, b, Edges[generator.Next(Edges.Length)]);
            }
        }

        for (int i = 0; i < random; i++)
        {
            yield return (Next(generator), Next(generator), Next(generator));
        }
    }

    /// <summary>A value: mostly random bits of a random length, sometimes an edge.</summary>
    public static ulong Next(Random generator)
    {
        ulong value = (ulong)generator.NextInt64(long.MinValue, long.MaxValue);
        return generator.Next(5) switch
        {
            0 => Edges[generator.Next(Edges.Length)],
            1 => value >> generator.Next(64),
            2 => (ulong)((long)value >> generator.Next(64)),
            _ => value,
        };
    }
}
