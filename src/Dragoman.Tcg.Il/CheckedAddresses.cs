using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Which guest registers hold, at each label and on every way there, a value that an access has found to lie inside the guest's region. Only for code that leaves at
/// addresses outside it: what goes on is checked.
/// </summary>
internal sealed class CheckedAddresses
{
    private readonly TcgContext _tcg;
    private readonly GlobalSet[] _atLabel;

    /// <summary>Analyses the ops: backwards branches start from the best case, and lose what some way does not bring, until nothing changes.</summary>
    public CheckedAddresses(TcgContext tcg)
    {
        _tcg = tcg;
        _atLabel = new GlobalSet[tcg.LabelCount];
        GlobalSet all = default;
        for (int i = 0; i < tcg.Globals.Count; i++)
        {
            all.Add(i);
        }

        Array.Fill(_atLabel, all);
        while (Propagate())
        {
        }
    }

    /// <summary>The registers at a label.</summary>
    public GlobalSet At(Label label) => _atLabel[label.Index];

    private bool Propagate()
    {
        bool changed = false;
        bool reachable = true;
        GlobalSet known = default;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            switch (op.Opcode)
            {
                case Opcode.SetLabel:
                    changed |= reachable && Meet(op.Label, known);
                    known = At(op.Label);
                    reachable = true;
                    continue;
                case Opcode.Br or Opcode.Brcond:
                    changed |= reachable && Meet(op.Label, known);
                    break;
                case Opcode.Call when (op.Helper!.Flags & HelperFlags.WritesState) != 0:
                    known.Clear();
                    break;
                default:
                    if (OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory))
                    {
                        Add(ref known, op.Opcode == Opcode.QemuSt ? op.In1 : op.In0);
                    }

                    break;
            }

            if (op.Out0.IsValid)
            {
                known.Remove(op.Out0.Index);
            }

            reachable &= !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }

        return changed;
    }

    private void Add(ref GlobalSet set, Temp address)
    {
        if (address.Index < _tcg.Globals.Count)
        {
            set.Add(address.Index);
        }
    }

    private bool Meet(Label label, GlobalSet known)
    {
        GlobalSet met = _atLabel[label.Index] & known;
        bool changed = !met.Equals(_atLabel[label.Index]);
        _atLabel[label.Index] = met;
        return changed;
    }
}
