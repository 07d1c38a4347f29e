using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds the store-exclusives that every way to them leads to from one load-exclusive of the same code, with no access, barrier or call between. Of such a pair comparing
/// values is exact (<see cref="Atomics.ExclusiveMonitor"/>), and its monitor is what that load-exclusive left: nobody need be asked at run time.
/// </summary>
internal sealed class ExclusiveFlow
{
    private const int Unknown = -2, None = -1;

    private readonly TcgContext _tcg;
    private readonly int[] _loads;

    // Of each label: the load-exclusive that all ways there come from; Unknown until one is followed.
    private readonly int[] _at;

    /// <summary>Analyses the ops of <paramref name="tcg"/>.</summary>
    public ExclusiveFlow(TcgContext tcg)
    {
        _tcg = tcg;
        _loads = new int[tcg.OpCount];
        _at = new int[tcg.LabelCount];
        Array.Fill(_loads, None);
        Array.Fill(_at, Unknown);
        if (HasPair())
        {
            while (Propagate())
            {
            }
        }
    }

    /// <summary>Index of the load-exclusive that the store-exclusive at <paramref name="index"/> ends a pair with; negative for none.</summary>
    public int LoadOf(int index) => _loads[index];

    private bool HasPair()
    {
        bool hasLoad = false, hasStore = false;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            hasLoad |= op.Opcode == Opcode.QemuLdx;
            hasStore |= op.Opcode == Opcode.QemuStx;
        }

        return hasLoad && hasStore;
    }

    // Forward. True while a label changes. What is not reached yet counts as every load's, so that loops keep their pairs.
    private bool Propagate()
    {
        bool changed = false;
        int load = None;
        bool reachable = true;
        Span<Op> ops = _tcg.Ops;
        for (int i = 0; i < ops.Length; i++)
        {
            ref readonly Op op = ref ops[i];
            switch (op.Opcode)
            {
                case Opcode.SetLabel:
                    changed |= reachable && Arrive(op.Label, load);
                    load = _at[op.Label.Index];
                    reachable = load != Unknown;
                    continue;
                case Opcode.Br or Opcode.Brcond:
                    changed |= reachable && Arrive(op.Label, load);
                    reachable &= op.Opcode == Opcode.Brcond;
                    continue;
                case Opcode.QemuLdx:
                    load = i;
                    continue;
                case Opcode.QemuStx:
                    _loads[i] = reachable ? load : None;
                    load = None;
                    continue;
            }

            if (Comes(op))
            {
                load = None;
            }

            reachable &= !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }

        return changed;
    }

    // Whether an op between the two could be ordered against, or change the monitor.
    private static bool Comes(in Op op) =>
        op.Opcode is Opcode.Mb or Opcode.Clrex or Opcode.Call || OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory);

    private bool Arrive(Label label, int load)
    {
        ref int at = ref _at[label.Index];
        int met = at == Unknown || at == load ? load : None;
        bool changes = met != at;
        at = met;
        return changes;
    }
}
