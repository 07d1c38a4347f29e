using Dragoman.Isa.Decoding;

namespace Dragoman.Conformance.Tests.Descriptions;

/// <summary>Words of one encoding: every field at its edges, then fields at random. The same seed gives the same words.</summary>
public sealed class EncodingSampler(InstructionEncoding encoding, int seed)
{
    private readonly Random _random = new(HashCode(encoding.Item.Name.Text) ^ seed);

    /// <summary>
    /// Each field at 0, 1, all ones and its middle while the others are random, then <paramref name="count"/> words at random.
    /// Should-be bits are as they should be, but for one word in sixteen.
    /// </summary>
    public IEnumerable<uint> Sample(int count)
    {
        foreach (EncodingField field in encoding.Fields)
        {
            long ones = (1L << field.Width) - 1;
            foreach (long edge in new[] { 0, 1, ones, ones >> 1, (ones >> 1) + 1 }.Distinct())
            {
                yield return (uint)((Next() & ~field.Mask) | field.Insert(edge));
            }
        }

        for (int i = 0; i < count; i++)
        {
            yield return (uint)Next();
        }
    }

    private ulong Next()
    {
        ulong word = (uint)_random.NextInt64(1L << 32);
        if (_random.Next(16) != 0)
        {
            word = (word & ~encoding.ShouldBeMask) | encoding.ShouldBeValue;
        }

        return (word & ~encoding.Mask) | encoding.Value;
    }

    // string.GetHashCode differs from run to run.
    private static int HashCode(string name) => name.Aggregate(17, (hash, c) => unchecked((hash * 31) + c));
}
