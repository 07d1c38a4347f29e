using Dragoman.Runtime.Execution;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Chooses the TBs of a region: those that the root leads to through linked exits, and those that its calls return to, as far as they run about as often as it does.
/// </summary>
/// <remarks>Under the memory's lock, so that no TB is reclaimed meanwhile. Links and counts may change; a region that has grown stale is dropped when it is published.</remarks>
internal sealed unsafe class RegionPlanner(TranslationCache cache, RuntimeOptions options)
{
    /// <summary>A TB belongs to a region when it has run at least one time in this many that the root has.</summary>
    private const int Share = 16;

    /// <summary>Plans the region of a warm TB.</summary>
    public Region Plan(TranslationBlock root)
    {
        List<TranslationBlock> blocks = [root];
        HashSet<TranslationBlock> seen = [root];
        int instructions = root.InstructionCount;
        int enough = Math.Max(2, options.HotThreshold / Share);

        // Breadth first: what is near the root matters most when room runs out.
        for (int i = 0; i < blocks.Count && options.Regions && options.Chain; i++)
        {
            foreach (TranslationBlock next in SuccessorsOf(blocks[i]))
            {
                if (blocks.Count >= options.RegionBlocks || next.Invalid || next.Place != root.Place || next.Heat < enough
                    || instructions + next.InstructionCount > options.RegionInstructions || !seen.Add(next))
                {
                    continue;
                }

                instructions += next.InstructionCount;
                blocks.Add(next);
            }
        }

        return new Region(blocks);
    }

    private List<TranslationBlock> SuccessorsOf(TranslationBlock block)
    {
        List<TranslationBlock> successors = [];
        for (int slot = 0; slot < 2; slot++)
        {
            nint linked = Volatile.Read(ref block.Slots[slot].LinkedTb);
            if (linked > 0 && cache.Indexes[(int)linked - 1] is { } next)
            {
                successors.Add(next);
            }
        }

        // Where a call comes back to. A TB that merely ends before it gains nothing by it and loses little.
        if (cache.Table.Find(block.End, block.Flags, block.Place) is { } after)
        {
            successors.Add(after);
        }

        return successors;
    }
}
