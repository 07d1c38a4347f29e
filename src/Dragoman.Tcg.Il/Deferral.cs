using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds the registers that a region writes and never reads (mostly flags), and the ops that compute nothing but them. Their values matter only to whoever looks from
/// outside, so the region need not compute them: see <see cref="Recipe"/>.
/// </summary>
internal sealed class Deferral
{
    private readonly TcgContext _tcg;
    private readonly bool[] _deferred;

    /// <summary>Analyses a region. <paramref name="uses"/> counts the readers of each temp.</summary>
    public Deferral(TcgContext tcg, GlobalFlow flow, int[] uses)
    {
        _tcg = tcg;
        _deferred = new bool[tcg.OpCount];
        FindRegisters(flow, uses);
        if (!Registers.IsEmpty)
        {
            FindOps(uses);
        }
    }

    /// <summary>Registers whose every write is deferred.</summary>
    public GlobalSet Registers { get; private set; }

    /// <summary>Whether the op at <paramref name="index"/> is not to be emitted where it stands.</summary>
    public bool IsDeferred(int index) => _deferred[index];

    private void FindRegisters(GlobalFlow flow, int[] uses)
    {
        GlobalSet written = default, excluded = default;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            if (op.Out0.IsValid && op.Out0.Index < _tcg.Globals.Count)
            {
                int global = op.Out0.Index;
                written.Add(global);
                if (flow.Resident.Contains(global) || uses[global] != 0 || _tcg.Globals[global].Type != TcgType.I32 || !IsPure(op))
                {
                    excluded.Add(global);
                }
            }
        }

        GlobalSet registers = default;
        for (int i = 0; i < _tcg.Globals.Count; i++)
        {
            if (written.Contains(i) && !excluded.Contains(i))
            {
                registers.Add(i);
            }
        }

        Registers = registers;
    }

    // From the end: an op is deferred when it writes such a register, or a temp that only deferred ops read.
    private void FindOps(int[] uses)
    {
        int[] deferredUses = new int[_tcg.TempCount];
        int[] definitions = new int[_tcg.TempCount];
        Span<Op> ops = _tcg.Ops;
        foreach (ref readonly Op op in ops)
        {
            if (op.Out0.IsValid)
            {
                definitions[op.Out0.Index]++;
            }
        }

        for (int i = ops.Length - 1; i >= 0; i--)
        {
            ref readonly Op op = ref ops[i];
            if (!op.Out0.IsValid)
            {
                continue;
            }

            int target = op.Out0.Index;
            bool isRegister = target < _tcg.Globals.Count && Registers.Contains(target);
            bool isInner = _tcg.Info(op.Out0).Kind == TempKind.Ebb && definitions[target] == 1
                && uses[target] > 0 && deferredUses[target] == uses[target] && IsPure(op);
            if (isRegister || isInner)
            {
                _deferred[i] = true;
                for (int k = 0; k < op.InputCount; k++)
                {
                    deferredUses[op.In(k).Index]++;
                }
            }
        }
    }

    private bool IsPure(in Op op)
    {
        if (op.Opcode != Opcode.Mov && !OpInfo.Of(op.Opcode).Has(OpFlags.Semantic))
        {
            return false;
        }

        for (int i = 0; i < op.InputCount; i++)
        {
            if (_tcg.TypeOf(op.In(i)) is not (TcgType.I32 or TcgType.I64))
            {
                return false;
            }
        }

        return true;
    }
}
