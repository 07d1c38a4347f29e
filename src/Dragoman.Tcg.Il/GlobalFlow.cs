using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Where guest registers live while a TB runs: which are loaded into locals at entry, and which may differ from the vCPU block at each label.
/// </summary>
internal sealed class GlobalFlow
{
    private readonly TcgContext _tcg;
    private readonly ulong? _pc;
    private readonly ulong _state;
    private readonly GlobalSet[] _dirtyAtLabel;
    private GlobalSet _readFirst;

    // Of labels that a later op branches to, past one that looks at the registers: those that may be newer than the block when control comes round.
    private readonly GlobalSet[] _dirtyRound;
    private readonly bool[] _isLoop;

    /// <summary>Analyses the ops of <paramref name="tcg"/>, the TB that starts at <paramref name="pc"/> with the <c>tbstate</c> bits <paramref name="state"/>; null when exits to it leave like all others.</summary>
    public GlobalFlow(TcgContext tcg, ulong? pc, ulong state, IReadOnlyList<int>? labelWeights = null)
    {
        if (tcg.Globals.Count > GlobalSet.Capacity)
        {
            throw new NotSupportedException($"A guest may have {GlobalSet.Capacity} registers in the IR, not {tcg.Globals.Count}; keep the rest in memory.");
        }

        _tcg = tcg;
        _dirtyAtLabel = new GlobalSet[tcg.LabelCount];
        _dirtyRound = new GlobalSet[tcg.LabelCount];
        _isLoop = new bool[tcg.LabelCount];
        _pc = pc;
        _state = state;
        bool straight = FindUses() && !Loops;
        Resident = ResidentGlobals.Choose(tcg, !straight, labelWeights);
        LoadAtEntry = (straight ? _readFirst : Used) & Resident;
        if (!straight)
        {
            FindLoops();
            Propagate();
        }
    }

    /// <summary>Some direct exit goes to the TB's own start: it stays inside the method.</summary>
    public bool Loops { get; private set; }

    /// <summary>Registers that the ops read or write.</summary>
    public GlobalSet Used { get; private set; }

    /// <summary>Registers that live in locals; the others are read and written in the block itself.</summary>
    public GlobalSet Resident { get; }

    /// <summary>Registers to load when the TB starts.</summary>
    public GlobalSet LoadAtEntry { get; }

    /// <summary>Registers that may be newer than the block when control comes round to the loop head.</summary>
    public GlobalSet DirtyAtHead { get; private set; }

    /// <summary>
    /// Registers that may be newer than the block when control reaches <paramref name="label"/>. At the start of a loop those that the loop itself leaves so: others
    /// must be stored before it is entered, or each round would store them.
    /// </summary>
    public GlobalSet DirtyAt(Label label) => _dirtyAtLabel[label.Index];

    /// <summary>Whether <paramref name="op"/> is a direct exit to the TB's own start.</summary>
    public bool IsLoop(in Op op) => op.Opcode == Opcode.GotoTb && (ulong)op.Imm1 == _pc && (ulong)op.Imm2 == _state;

    /// <summary>Whether all registers must stand in the block before <paramref name="op"/>.</summary>
    public static bool Flushes(in Op op) => op.Opcode switch
    {
        Opcode.GotoTb or Opcode.GotoPtr or Opcode.ExitTb => true,
        Opcode.RaisePending => false,
        Opcode.QemuLd when op.LeavesStateBehind => false,
        Opcode.Call => (op.Helper!.Flags & (HelperFlags.ReadsState | HelperFlags.WritesState | HelperFlags.MayRaise)) != 0,
        _ => OpInfo.Of(op.Opcode).Has(OpFlags.Faults),
    };

    /// <summary>
    /// Of each op whether it is the last to write its register before the vCPU block must have it. Such a value can go there at once: nobody looks in between,
    /// and the local is free the sooner.
    /// </summary>
    public bool[] FindLastWrites()
    {
        Span<Op> ops = _tcg.Ops;
        bool[] last = new bool[ops.Length];
        GlobalSet writtenLater = default;

        // A later load leaves the state behind: until then the block stays as it is.
        bool waits = false;
        for (int i = ops.Length - 1; i >= 0; i--)
        {
            ref readonly Op op = ref ops[i];
            if (op.Out0.IsValid && op.Out0.Index < _tcg.Globals.Count)
            {
                last[i] = !waits && !writtenLater.Contains(op.Out0.Index);
                writtenLater.Add(op.Out0.Index);
            }

            waits |= op.LeavesStateBehind;
            if (Flushes(op) && !IsLoop(op))
            {
                writtenLater.Clear();
                waits = false;
            }
            else if (op.Opcode is Opcode.SetLabel or Opcode.Br or Opcode.Brcond or Opcode.GotoTb)
            {
                // Registers with a local of their own go on in it.
                writtenLater = Resident;
            }
        }

        return last;
    }

    // Collects the sets of registers used and read before written; false when the TB has labels.
    private bool FindUses()
    {
        GlobalSet used = default, written = default;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            Loops |= IsLoop(op);
            int inputs = op.InputCount;
            for (int i = 0; i < inputs; i++)
            {
                Temp input = op.In(i);
                if (input.Index < _tcg.Globals.Count)
                {
                    used.Add(input.Index);
                    if (!written.Contains(input.Index))
                    {
                        _readFirst.Add(input.Index);
                    }
                }
            }

            if (op.Out0.IsValid && op.Out0.Index < _tcg.Globals.Count)
            {
                used.Add(op.Out0.Index);
                written.Add(op.Out0.Index);
            }
        }

        Used = used;
        return _tcg.LabelCount == 0;
    }

    private void FindLoops()
    {
        Span<Op> ops = _tcg.Ops;
        int[] places = new int[_tcg.LabelCount];
        int looks = -1;
        for (int i = 0; i < ops.Length; i++)
        {
            ref readonly Op op = ref ops[i];
            if (op.Opcode == Opcode.SetLabel)
            {
                places[op.Label.Index] = i + 1;
            }
            else if (op.Opcode is Opcode.Br or Opcode.Brcond)
            {
                _isLoop[op.Label.Index] |= places[op.Label.Index] != 0 && looks >= places[op.Label.Index];
            }
            else if (Flushes(op) && !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock))
            {
                looks = i;
            }
        }
    }

    // Forward dataflow to a fixed point: a register is dirty at a label if it is on any way there.
    private void Propagate()
    {
        bool changed = true;
        while (changed)
        {
            changed = false;
            GlobalSet dirty = DirtyAtHead;
            bool reachable = true;
            bool[] placed = new bool[_tcg.LabelCount];
            foreach (ref readonly Op op in _tcg.Ops)
            {
                switch (op.Opcode)
                {
                    case Opcode.SetLabel:
                        changed |= reachable && Enter(op.Label.Index, dirty);
                        placed[op.Label.Index] = true;
                        dirty = _dirtyAtLabel[op.Label.Index];
                        reachable = true;
                        continue;
                    case Opcode.Br or Opcode.Brcond:
                        changed |= placed[op.Label.Index] ? ComeRound(op.Label.Index, dirty) : Enter(op.Label.Index, dirty);
                        reachable &= op.Opcode == Opcode.Brcond;
                        continue;
                    case Opcode.GotoTb when IsLoop(op):
                        GlobalSet head = DirtyAtHead;
                        changed |= Merge(ref head, dirty);
                        DirtyAtHead = head;
                        reachable = false;
                        continue;
                }

                if (Flushes(op))
                {
                    dirty.Clear();
                }

                if (op.Opcode == Opcode.Discard)
                {
                    dirty.Remove(op.Out0.Index);
                }
                else if (op.Out0.IsValid && op.Out0.Index < _tcg.Globals.Count && Resident.Contains(op.Out0.Index))
                {
                    dirty.Add(op.Out0.Index);
                }

                reachable &= !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
            }
        }
    }

    private bool Enter(int label, GlobalSet dirty) => Merge(ref _dirtyAtLabel[label], _isLoop[label] ? dirty & _dirtyRound[label] : dirty);

    private bool ComeRound(int label, GlobalSet dirty) => Merge(ref _dirtyRound[label], dirty) | Merge(ref _dirtyAtLabel[label], dirty);

    private static bool Merge(ref GlobalSet into, GlobalSet from)
    {
        GlobalSet merged = into | from;
        bool changed = !merged.Equals(into);
        into = merged;
        return changed;
    }
}
