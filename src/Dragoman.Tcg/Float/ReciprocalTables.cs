namespace Dragoman.Tcg.Float;

/// <summary>The two estimate functions that Arm's reciprocal instructions share, and their unsigned 32-bit forms.</summary>
public static class ReciprocalTables
{
    private static readonly short[] s_reciprocal = BuildReciprocal();

    private static readonly short[] s_reciprocalSqrt = BuildReciprocalSqrt();

    /// <summary>Arm ARM, RecipEstimate.</summary>
    /// <param name="scaled">256 to 511: the operand in [0.5, 1), times 512.</param>
    /// <returns>256 to 511: the estimate in [1, 2), times 256.</returns>
    public static int Reciprocal(int scaled) => s_reciprocal[scaled - 256];

    /// <summary>Arm ARM, RecipSqrtEstimate.</summary>
    /// <param name="scaled">128 to 511: the operand in [0.25, 1), times 512.</param>
    /// <returns>256 to 511: the estimate in [1, 2), times 256.</returns>
    public static int ReciprocalSqrt(int scaled) => s_reciprocalSqrt[scaled - 128];

    /// <summary>Arm URECPE on one lane.</summary>
    public static uint UnsignedReciprocal(uint a) => (a >> 31) == 0 ? uint.MaxValue : (uint)Reciprocal((int)(a >> 23)) << 23;

    /// <summary>Arm URSQRTE on one lane.</summary>
    public static uint UnsignedReciprocalSqrt(uint a) => (a >> 30) == 0 ? uint.MaxValue : (uint)ReciprocalSqrt((int)(a >> 23)) << 23;

    private static short[] BuildReciprocal()
    {
        short[] table = new short[256];
        for (int i = 0; i < table.Length; i++)
        {
            int middle = ((i + 256) * 2) + 1;
            table[i] = (short)(((1 << 19) / middle + 1) / 2);
        }

        return table;
    }

    private static short[] BuildReciprocalSqrt()
    {
        short[] table = new short[384];
        for (int i = 0; i < table.Length; i++)
        {
            int a = i + 128;
            long middle = a < 256 ? (a * 2) + 1 : ((a | 1) * 2);
            long b = 512;
            while (middle * (b + 1) * (b + 1) < 1L << 28)
            {
                b++;
            }

            table[i] = (short)((b + 1) / 2);
        }

        return table;
    }
}
