namespace Dragoman.Cli;

/// <summary>The alignment that the demo's guest program computes, done here in the plainest way, to check the guest's score.</summary>
internal static class ReferenceAlignment
{
    private const int Match = 2;
    private const int Mismatch = -1;
    private const int Gap = -2;

    /// <summary>Score of the global alignment of the two sequences that <c>nw -n length -s seed</c> makes.</summary>
    public static int Score(int length, ulong seed)
    {
        (byte[] across, byte[] down) = Sequences(length, seed);
        int[] row = new int[length + 1];
        for (int j = 0; j <= length; j++)
        {
            row[j] = j * Gap;
        }

        for (int i = 1; i <= length; i++)
        {
            int diagonal = row[0];
            row[0] = i * Gap;
            for (int j = 1; j <= length; j++)
            {
                int best = Math.Max(
                    diagonal + (down[i] == across[j] ? Match : Mismatch),
                    Math.Max(row[j], row[j - 1]) + Gap);
                diagonal = row[j];
                row[j] = best;
            }
        }

        return row[length];
    }

    // The second sequence is the first one after evolution: a tenth substituted, a few bases lost and a few gained.
    private static (byte[] Across, byte[] Down) Sequences(int length, ulong seed)
    {
        SplitMix random = new(seed);
        byte[] across = new byte[length + 1];
        byte[] down = new byte[length + 1];
        for (int i = 1; i <= length; i++)
        {
            across[i] = (byte)(random.Next() & 3);
        }

        int from = 1;
        for (int i = 1; i <= length; i++)
        {
            uint chance = (uint)(random.Next() % 100);
            if (chance < 3 && from < length)
            {
                from++;
            }

            down[i] = chance is >= 97 or < 13 || from > length ? (byte)(random.Next() & 3) : across[from];
            if (chance < 97)
            {
                from++;
            }
        }

        return (across, down);
    }

    // Steele, Lea, Flood: Fast splittable pseudorandom number generators (OOPSLA 2014), as nw.c uses it.
    private sealed class SplitMix(ulong state)
    {
        private ulong _state = state;

        public ulong Next()
        {
            ulong z = _state += 0x9E3779B97F4A7C15;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            return z ^ (z >> 31);
        }
    }
}
