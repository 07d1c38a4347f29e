namespace Dragoman.Isa.Decoding;

/// <summary>
/// Builds the decision tree: at each node the run of bits is switched on that leaves least to tell apart below it, counting alternatives that do not fix
/// those bits once a branch. Few alternatives are left to a leaf, which tests them most specific first.
/// </summary>
public static class DecisionTree
{
    private const int LeafSize = 2;
    private const int MaxWindow = 8;

    /// <param name="patterns">Most specific first: where two match one word, the first wins.</param>
    /// <param name="unitBits">Bits of an instruction.</param>
    public static DecodeNode Build(IReadOnlyList<DecodePattern> patterns, int unitBits) => Build([.. patterns], 0, unitBits);

    private static DecodeNode Build(List<DecodePattern> candidates, ulong tested, int unitBits)
    {
        // Nothing comes after an alternative that matches whatever the untested bits are.
        int decided = candidates.FindIndex(p => !p.Conditional && (p.Mask & ~tested) == 0);
        if (decided >= 0)
        {
            candidates.RemoveRange(decided + 1, candidates.Count - decided - 1);
        }

        if (candidates.Count <= 16)
        {
            candidates = [.. candidates.Where((later, index) => !candidates.Take(index).Any(earlier => Shadows(earlier, later, tested)))];
        }

        if (candidates.Count <= LeafSize || ChooseWindow(candidates, tested, unitBits) is not { } window)
        {
            return new DecodeLeaf([.. candidates.Select(p => new DecodeTest(p, p.Mask & ~tested, p.Value & ~tested))]);
        }

        ulong mask = Ones(window.Width) << window.Low;
        List<(List<ulong> Values, List<DecodePattern> Candidates)> branches = [];
        Dictionary<string, int> seen = [];
        for (ulong value = 0; value < 1UL << window.Width; value++)
        {
            List<DecodePattern> matching = [];
            var key = new System.Text.StringBuilder();
            for (int i = 0; i < candidates.Count; i++)
            {
                if (candidates[i].Meets(mask, value << window.Low))
                {
                    matching.Add(candidates[i]);
                    key.Append(i).Append(',');
                }
            }

            if (matching.Count == 0)
            {
                continue;
            }

            if (seen.TryGetValue(key.ToString(), out int branch))
            {
                branches[branch].Values.Add(value);
            }
            else
            {
                seen[key.ToString()] = branches.Count;
                branches.Add(([value], matching));
            }
        }

        return new DecodeSwitch(window.Low, window.Width, [.. branches.Select(b => new DecodeCase(b.Values, Build(b.Candidates, tested | mask, unitBits)))]);
    }

    /// <summary>Whether every word that gets here and matches <paramref name="later"/> is taken by <paramref name="earlier"/>.</summary>
    private static bool Shadows(DecodePattern earlier, DecodePattern later, ulong tested)
    {
        ulong untested = earlier.Mask & ~tested;
        return !earlier.Conditional && (untested & ~later.Mask) == 0 && ((earlier.Value ^ later.Value) & untested) == 0;
    }

    /// <summary>The run of untested bits with the least expected work below it, or null if none separates the candidates.</summary>
    private static (int Low, int Width)? ChooseWindow(List<DecodePattern> candidates, ulong tested, int unitBits)
    {
        (int Low, int Width)? best = null;
        double bestCost = candidates.Count - 0.01;
        int[] sizes = new int[1 << MaxWindow];
        for (int low = 0; low < unitBits; low++)
        {
            for (int width = 1; width <= Math.Min(MaxWindow, unitBits - low) && (tested >> (low + width - 1) & 1) == 0; width++)
            {
                if (Cost(candidates, low, width, sizes) is { } cost && cost < bestCost)
                {
                    bestCost = cost;
                    best = (low, width);
                }
            }
        }

        return best;
    }

    /// <summary>Mean number of candidates left, weighted by branch size, and something for the branches and for candidates that must be repeated in several. Null if too many candidates leave the bits open.</summary>
    private static double? Cost(List<DecodePattern> candidates, int low, int width, int[] sizes)
    {
        ulong window = Ones(width);
        Array.Clear(sizes, 0, 1 << width);
        double expanded = 0;
        int budget = candidates.Count * 3;
        foreach (DecodePattern candidate in candidates)
        {
            ulong open = ~(candidate.Mask >> low) & window;
            ulong fixedValue = (candidate.Value >> low) & window & ~open;
            ulong subset = 0;
            do
            {
                if (budget-- == 0)
                {
                    return null;
                }

                sizes[fixedValue | subset]++;
                expanded++;
                subset = (subset - open) & open;
            }
            while (subset != 0);
        }

        double sum = 0;
        for (int i = 0; i < 1 << width; i++)
        {
            sum += (double)sizes[i] * sizes[i];
        }

        return sum / candidates.Count + 0.02 * (1 << width) + 3 * (expanded - candidates.Count) / candidates.Count;
    }

    private static ulong Ones(int width) => (1UL << width) - 1;
}
