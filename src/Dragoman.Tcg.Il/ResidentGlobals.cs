using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Chooses the guest registers that live in IL locals. A TB without labels keeps all of them there; one with several blocks keeps those that its hot blocks read
/// most, and reads and writes the others in the vCPU block: RyuJIT has 14 registers to give, and spills what does not fit right in the loop.
/// </summary>
internal static class ResidentGlobals
{
    /// <summary>Registers that get a local in a TB of several blocks; the rest of the host's hold env, the guest's base and intermediate values.</summary>
    private const int Most = 9;

    /// <summary>The choice. <paramref name="labelWeights"/> says how often the block at a label runs; null when nobody knows.</summary>
    public static GlobalSet Choose(TcgContext tcg, bool hasBlocks, IReadOnlyList<int>? labelWeights)
    {
        int count = tcg.Globals.Count;
        double[] reads = new double[count];
        double[] uses = new double[count];
        double weight = 1;
        foreach (ref readonly Op op in tcg.Ops)
        {
            if (op.Opcode == Opcode.SetLabel && labelWeights is not null && op.Label.Index < labelWeights.Count)
            {
                weight = Math.Max(1, labelWeights[op.Label.Index]);
            }

            int inputs = op.InputCount;
            for (int i = 0; i < inputs; i++)
            {
                if (op.In(i).Index < count)
                {
                    reads[op.In(i).Index] += weight;
                    uses[op.In(i).Index] += weight;
                }
            }

            if (op.Out0.IsValid && op.Out0.Index < count)
            {
                uses[op.Out0.Index] += weight;
            }
        }

        // Of equals those declared first. Plain loops: a compiler's first method should not have to wait until the JIT compiler has made LINQ's for int and double.
        GlobalSet chosen = default;
        for (int taken = 0; taken < (hasBlocks ? Most : count); taken++)
        {
            int best = -1;
            for (int i = 0; i < count; i++)
            {
                if (!chosen.Contains(i) && (hasBlocks ? reads[i] : uses[i]) > 0 && (best < 0 || reads[i] + uses[i] > reads[best] + uses[best]))
                {
                    best = i;
                }
            }

            if (best < 0)
            {
                break;
            }

            chosen.Add(best);
        }

        return chosen;
    }
}
