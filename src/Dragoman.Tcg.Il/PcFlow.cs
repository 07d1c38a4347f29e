using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// What the PC slot holds at each label, so that an op that may look there has it stored only when it holds something else. A loop with one such op has its PC stored
/// before it is entered.
/// </summary>
internal sealed class PcFlow
{
    private readonly TcgContext _tcg;
    private readonly ulong? _first;
    private readonly ulong?[] _entry;
    private readonly ulong?[] _at;
    private readonly bool[] _seen;

    /// <summary>Analyses the ops. <paramref name="first"/> is the PC in the slot before them; null when nobody knows.</summary>
    public PcFlow(TcgContext tcg, ulong? first)
    {
        _tcg = tcg;
        _first = first;
        _entry = new ulong?[tcg.LabelCount];
        _at = new ulong?[tcg.LabelCount];
        _seen = new bool[tcg.LabelCount];
        FindLoops();
        do
        {
            Array.Clear(_seen);
            Array.Clear(_at);
            while (Propagate())
            {
            }
        }
        while (DropLoops());
    }

    /// <summary>The PC in the slot when control reaches <paramref name="label"/>; null when nobody knows.</summary>
    public ulong? At(Label label) => _at[label.Index];

    /// <summary>The PC to be in the slot when control comes to <paramref name="label"/> from an op before it; null where it does not matter.</summary>
    public ulong? Entering(Label label) => _entry[label.Index];

    /// <summary>Whether the slot must hold the instruction's PC at <paramref name="op"/>.</summary>
    public static bool Looks(in Op op) => GlobalFlow.Flushes(op) && (op.Opcode == Opcode.Call || OpInfo.Of(op.Opcode).Has(OpFlags.Faults));

    /// <summary>Whether <paramref name="op"/> itself may write the slot.</summary>
    public bool Writes(in Op op) => op.Opcode switch
    {
        Opcode.Call => (op.Helper!.Flags & HelperFlags.WritesState) != 0,
        Opcode.St or Opcode.St8 or Opcode.St16 or Opcode.St32 => op.Imm0 < _tcg.PcOffset + 8 && op.Imm0 + 16 > _tcg.PcOffset,
        _ => false,
    };

    // Of each label that a later op branches to: the PC of the first op behind it that looks.
    private void FindLoops()
    {
        Span<Op> ops = _tcg.Ops;
        int[] places = new int[_tcg.LabelCount];
        for (int i = 0; i < ops.Length; i++)
        {
            switch (ops[i].Opcode)
            {
                case Opcode.SetLabel:
                    places[ops[i].Label.Index] = i + 1;
                    break;
                case Opcode.Br or Opcode.Brcond when places[ops[i].Label.Index] != 0 && _entry[ops[i].Label.Index] is null:
                    _entry[ops[i].Label.Index] = FirstLook(places[ops[i].Label.Index], i);
                    break;
            }
        }
    }

    private ulong? FirstLook(int from, int to)
    {
        Span<Op> ops = _tcg.Ops;
        ulong? pc = null;
        for (int i = from; i < to; i++)
        {
            if (ops[i].Opcode == Opcode.InsnStart)
            {
                pc = (ulong)ops[i].Imm0;
            }
            else if (Looks(ops[i]))
            {
                return pc;
            }
        }

        return null;
    }

    // Forward, to a fixed point. True while something changes.
    private bool Propagate()
    {
        bool changed = false;
        bool reachable = true;
        bool[] placed = new bool[_tcg.LabelCount];
        ulong? held = _first;
        ulong pc = 0;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            int label = op.Label.Index;
            switch (op.Opcode)
            {
                case Opcode.InsnStart:
                    pc = (ulong)op.Imm0;
                    continue;
                case Opcode.SetLabel:
                    changed |= reachable && Merge(label, _entry[label] ?? held);
                    placed[label] = true;
                    held = _at[label];
                    reachable = true;
                    continue;
                case Opcode.Br or Opcode.Brcond:
                    // What a branch does not take may still need a PC that an op has written: a jump's target.
                    bool enters = !placed[label] && (op.Opcode == Opcode.Br || held is not null);
                    held = enters ? _entry[label] ?? held : held;
                    changed |= Merge(label, held);
                    reachable = op.Opcode == Opcode.Brcond;
                    continue;
            }

            held = Looks(op) ? pc : held;
            held = Writes(op) ? null : held;
            reachable &= !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }

        return changed;
    }

    private bool Merge(int label, ulong? held)
    {
        if (!_seen[label])
        {
            _seen[label] = true;
            _at[label] = held;
            return true;
        }

        if (_at[label] is null || _at[label] == held)
        {
            return false;
        }

        _at[label] = null;
        return true;
    }

    // Where control comes round with another PC, the store before the loop is for nothing.
    private bool DropLoops()
    {
        bool dropped = false;
        for (int i = 0; i < _entry.Length; i++)
        {
            if (_entry[i] is not null && _at[i] != _entry[i])
            {
                _entry[i] = null;
                dropped = true;
            }
        }

        return dropped;
    }
}
