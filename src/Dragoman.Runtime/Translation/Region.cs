namespace Dragoman.Runtime.Translation;

/// <summary>TBs that are compiled together, so that guest registers stay in host registers across them. Entered at the first only.</summary>
/// <param name="Blocks">The TBs, the root first.</param>
internal sealed record Region(IReadOnlyList<TranslationBlock> Blocks)
{
    /// <summary>The TB whose code the region becomes.</summary>
    public TranslationBlock Root => Blocks[0];

    /// <summary>How often each of the TBs has run.</summary>
    public int[] Weigh()
    {
        var weights = new int[Blocks.Count];
        for (var i = 0; i < weights.Length; i++)
        {
            weights[i] = Blocks[i].Runs;
        }

        return weights;
    }
}
