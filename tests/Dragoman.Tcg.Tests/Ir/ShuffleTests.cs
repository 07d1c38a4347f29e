using System.Runtime.Intrinsics;
using Dragoman.Tcg.Ir;
using Xunit;

namespace Dragoman.Tcg.Tests.Ir;

/// <summary>The byte shuffle against its definition.</summary>
public sealed class ShuffleTests
{
    [Fact]
    public void Picks_bytes_of_both_vectors_and_zero_beyond_them()
    {
        var random = new Random(1);
        var bytes = new byte[48];
        for (int round = 0; round < 1000; round++)
        {
            random.NextBytes(bytes);
            if (round < 16)
            {
                Array.Fill(bytes, (byte)(round * 17), 32, 16);
            }
            else if (round % 2 == 0)
            {
                for (int i = 32; i < 48; i++)
                {
                    bytes[i] &= 0x3F;
                }
            }

            Vector128<byte> actual = VectorMath.Shuffle(Vector128.Create(bytes, 0), Vector128.Create(bytes, 16), Vector128.Create(bytes, 32));
            for (int i = 0; i < 16; i++)
            {
                int index = bytes[32 + i];
                Assert.Equal(index < 32 ? bytes[index] : 0, actual[i]);
            }
        }
    }
}
