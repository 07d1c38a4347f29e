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
    private readonly ulong _state;
    private readonly Dictionary<ulong, Label> _blocks;
    private readonly List<ulong> _returns;

    // Of exits in the region's own state, by PC.
    private readonly Dictionary<ulong, int> _slotOf = [];

    /// <summary>Prepares the join.</summary>
    /// <param name="tcg">The context.</param>
    /// <param name="state">The <c>tbstate</c> bits that every block starts with.</param>
    /// <param name="blocks">Label of each block, by guest PC.</param>
    /// <param name="returns">PCs of blocks that a call of the region returns to.</param>
    public RegionOps(TcgContext tcg, ulong state, Dictionary<ulong, Label> blocks, List<ulong> returns)
    {
        _tcg = tcg;
        _state = state;
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
                case Opcode.GotoPtr when target.IsValid && !calls[block] && (ulong)op.Imm0 == _state:
                    JoinIndirect(target);
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
        ulong pc = (ulong)exit.Imm1;
        ulong state = (ulong)exit.Imm2;
        if (links && state == _state && _blocks.TryGetValue(pc, out Label label))
        {
            _tcg.Append(Opcode.Br, exit.Type).Label = label;
            return;
        }

        int slot;
        if (!links)
        {
            slot = Slots.Count;
            Slots.Add(false);
        }
        else if (state != _state || !_slotOf.TryGetValue(pc, out slot))
        {
            slot = Slots.Count;
            Slots.Add(true);
            if (state == _state)
            {
                _slotOf.Add(pc, slot);
            }
        }

        ref Op op = ref _tcg.Append(Opcode.GotoTb, exit.Type);
        op.Imm0 = slot;
        op.Imm1 = (long)pc;
        op.Imm2 = exit.Imm2;
    }

    private void JoinIndirect(Temp target)
    {
        int tests = Math.Min(_returns.Count, MaximumReturnTests);
        for (int i = 0; i < tests; i++)
        {
            Temp pc = _tcg.Const(TcgType.I64, _returns[i]);
            ref Op op = ref _tcg.Append(Opcode.Brcond, TcgType.I64);
            op.Cond = TcgCond.Eq;
            op.In0 = target;
            op.In1 = pc;
            op.Label = _blocks[_returns[i]];
        }
    }
}
