using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds the store-exclusives that every way to them leads to from one load-exclusive of the same code, with nothing between that parts them. Of such a pair comparing
/// values is exact (<see cref="ExclusiveMonitor"/>), and its monitor is what that load-exclusive left: nobody need be asked at run time.
/// </summary>
internal sealed class ExclusiveFlow : ForwardFlow
{
    private readonly int[] _loads;

    /// <summary>Analyses the ops of <paramref name="tcg"/>.</summary>
    public ExclusiveFlow(TcgContext tcg)
        : base(tcg)
    {
        _loads = new int[tcg.OpCount];
        Array.Fill(_loads, None);
        if (HasPair())
        {
            Follow();
        }
    }

    /// <summary>Index of the load-exclusive that the store-exclusive at <paramref name="index"/> ends a pair with; negative for none.</summary>
    public int LoadOf(int index) => _loads[index];

    /// <inheritdoc/>
    protected override int Step(int index, in Op op, int fact)
    {
        switch (op.Opcode)
        {
            case Opcode.QemuLdx:
                return index;
            case Opcode.QemuStx:
                _loads[index] = fact;
                return None;
            default:
                return ExclusiveMonitor.Parts(op) ? None : fact;
        }
    }

    private bool HasPair()
    {
        bool hasLoad = false, hasStore = false;
        foreach (ref readonly Op op in Tcg.Ops)
        {
            hasLoad |= op.Opcode == Opcode.QemuLdx;
            hasStore |= op.Opcode == Opcode.QemuStx;
        }

        return hasLoad && hasStore;
    }
}
