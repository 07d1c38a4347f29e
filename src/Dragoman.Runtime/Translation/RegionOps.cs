using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Translation;

/// <summary>
/// Turns the ops of several TBs, one after the other in one context, into those of one region: direct exits to a block of the region become
/// branches, indirect exits that are no calls themselves first try the places that calls of the region return to, and what is left gets slots of its own.
/// </summary>
internal sealed class RegionOps
{
    private const int MaximumReturnTests = 4;

    private readonly TcgContext _tcg;
    private readonly Dictionary<(ulong Pc, ulong State), Label> _blocks;
    private readonly HashSet<ulong> _returns;

    private readonly Dictionary<(ulong Pc, ulong State), int> _slotOf = [];

    /// <summary>Prepares the join.</summary>
    /// <param name="tcg">The context.</param>
    /// <param name="blocks">Label of each block, by guest PC and <c>tbstate</c> bits.</param>
    /// <param name="returns">PCs that a call of the region returns to.</param>
    public RegionOps(TcgContext tcg, Dictionary<(ulong Pc, ulong State), Label> blocks, HashSet<ulong> returns)
    {
        _tcg = tcg;
        _blocks = blocks;
        _returns = returns;
    }

    /// <summary>Exits of the region: whether each may be linked.</summary>
    public List<bool> Slots { get; } = [];

    /// <summary>Rewrites the context's ops.</summary>
    /// <param name="linksSlot1">For each block in order, whether its slot 1 may be linked.</param>
    /// <param name="calls">For each block, whether it saves the address behind it: it is a call.</param>
    /// <param name="firstOps">Index of each block's first op.</param>
    public void Join(IReadOnlyList<bool> linksSlot1, IReadOnlyList<bool> calls, IReadOnlyList<int> firstOps)
    {
        Op[] ops = _tcg.Ops.ToArray();
        _tcg.Truncate(0);
        int block = -1;
        Temp target = default;
        for (int i = 0; i < ops.Length; i++)
        {
            while (block + 1 < firstOps.Count && firstOps[block + 1] == i)
            {
                block++;
            }

            ref Op op = ref ops[i];
            switch (op.Opcode)
            {
                case Opcode.St when op.Imm0 == _tcg.PcOffset:
                    target = op.In0;
                    break;
                case Opcode.GotoTb:
                    JoinDirect(op, op.Imm0 == 0 || linksSlot1[block]);
                    continue;
                case Opcode.GotoPtr when target.IsValid && !calls[block]:
                    JoinIndirect(target, (ulong)op.Imm0);
                    break;
                case Opcode.SetLabel:
                    target = default;
                    break;
            }

            _tcg.Append(op);
        }
    }

    private void JoinDirect(in Op exit, bool links)
    {
        (ulong Pc, ulong State) place = ((ulong)exit.Imm1, (ulong)exit.Imm2);
        if (links && _blocks.TryGetValue(place, out Label label))
        {
            _tcg.Append(Opcode.Br, exit.Type).Label = label;
            return;
        }

        int slot = Slots.Count;
        if (!links)
        {
            Slots.Add(false);
        }
        else if (!_slotOf.TryAdd(place, slot))
        {
            slot = _slotOf[place];
        }
        else
        {
            Slots.Add(true);
        }

        ref Op op = ref _tcg.Append(Opcode.GotoTb, exit.Type);
        op.Imm0 = slot;
        op.Imm1 = exit.Imm1;
        op.Imm2 = exit.Imm2;
    }

    private void JoinIndirect(Temp target, ulong state)
    {
        int tests = 0;
        foreach (((ulong pc, ulong startsWith), Label label) in _blocks)
        {
            if (startsWith == state && _returns.Contains(pc) && tests++ < MaximumReturnTests)
            {
                ref Op op = ref _tcg.Append(Opcode.Brcond, TcgType.I64);
                op.Cond = TcgCond.Eq;
                op.In0 = target;
                op.In1 = _tcg.Const(TcgType.I64, pc);
                op.Label = label;
            }
        }
    }
}
