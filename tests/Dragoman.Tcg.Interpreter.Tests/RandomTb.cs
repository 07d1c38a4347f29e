using FsCheck;
using FsCheck.Fluent;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>What <see cref="RandomOps"/> makes a TB of.</summary>
/// <param name="Values">Seed of the state, the memory and the lasting temps' first values.</param>
/// <param name="Instructions">Seed of each instruction.</param>
internal sealed record RandomTb(int Values, int[] Instructions)
{
    /// <summary>TBs of so many instructions; a smaller one lacks some of them.</summary>
    public static Arbitrary<RandomTb> OfLength(int instructions)
    {
        Gen<int> seeds = Gen.Choose(0, int.MaxValue);
        Gen<RandomTb> tbs = seeds.SelectMany(values => seeds.ArrayOf(instructions).Select(all => new RandomTb(values, all)));
        return Arb.From(tbs, Smaller);
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Values}: {string.Join(' ', Instructions)}";

    // Halves first, then all but one.
    private static IEnumerable<RandomTb> Smaller(RandomTb tb)
    {
        int half = tb.Instructions.Length / 2;
        if (half > 0)
        {
            yield return tb with { Instructions = tb.Instructions[..half] };
            yield return tb with { Instructions = tb.Instructions[half..] };
        }

        for (int i = 0; i < tb.Instructions.Length && tb.Instructions.Length > 1; i++)
        {
            yield return tb with { Instructions = [.. tb.Instructions[..i], .. tb.Instructions[(i + 1)..]] };
        }
    }
}
