using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Follows one fact, a number, through the ops of a method: what holds before an op is what all ways to it agree on. What is not reached yet agrees with everything, so that
/// loops keep what is true on each way round.
/// </summary>
internal abstract class ForwardFlow(TcgContext tcg)
{
    /// <summary>The fact at the beginning, and where two ways disagree.</summary>
    protected const int None = -1;

    private const int Unreached = -2;

    // Of each label: what all ways there have in common, as far as they have been followed.
    private readonly int[] _at = new int[tcg.LabelCount];

    /// <summary>The ops that are followed.</summary>
    protected TcgContext Tcg => tcg;

    /// <summary>Follows all ways until nothing changes: each op that can be reached is stepped over at least once, the last time with what holds there.</summary>
    protected void Follow()
    {
        Array.Fill(_at, Unreached);
        while (Propagate())
        {
        }
    }

    /// <summary>The fact behind an op before which <paramref name="fact"/> holds.</summary>
    protected abstract int Step(int index, in Op op, int fact);

    // True while a label changes.
    private bool Propagate()
    {
        bool changed = false;
        int fact = None;
        Span<Op> ops = tcg.Ops;
        for (int i = 0; i < ops.Length; i++)
        {
            ref readonly Op op = ref ops[i];
            switch (op.Opcode)
            {
                case Opcode.SetLabel:
                    changed |= Arrive(op.Label, fact);
                    fact = _at[op.Label.Index];
                    break;
                case Opcode.Br or Opcode.Brcond:
                    changed |= Arrive(op.Label, fact);
                    fact = op.Opcode == Opcode.Br ? Unreached : fact;
                    break;
                default:
                    if (fact != Unreached)
                    {
                        fact = Step(i, op, fact);
                        fact = OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock) ? Unreached : fact;
                    }

                    break;
            }
        }

        return changed;
    }

    private bool Arrive(Label label, int fact)
    {
        ref int at = ref _at[label.Index];
        int met = fact == Unreached || fact == at ? at : at == Unreached ? fact : None;
        bool changes = met != at;
        at = met;
        return changes;
    }
}
