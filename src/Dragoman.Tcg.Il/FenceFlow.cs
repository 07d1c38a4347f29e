using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds barriers that have nothing to order: on every way there the last access to guest memory was a store-exclusive, or a barrier came after it. A store-exclusive is a
/// locked instruction of the host, before which no earlier access of the thread is held back (Intel SDM 3A, 9.2.3.9); where it fails without one, the emitter puts a fence.
/// </summary>
internal sealed class FenceFlow
{
    private readonly TcgContext _tcg;
    private readonly HostLowering _lowering;
    private readonly bool[] _needless;

    // Of each label: whether all ways there are fenced, until one is found that is not.
    private readonly bool[] _fencedAt;

    /// <summary>Analyses the ops of <paramref name="tcg"/> for a host of <paramref name="lowering"/>.</summary>
    public FenceFlow(TcgContext tcg, HostLowering lowering)
    {
        _tcg = tcg;
        _lowering = lowering;
        _needless = new bool[tcg.OpCount];
        _fencedAt = new bool[tcg.LabelCount];
        if (lowering.AtomicIsFence && HasBoth())
        {
            Array.Fill(_fencedAt, true);
            while (Propagate())
            {
            }

            TrustsExclusives = Array.Exists(_needless, static needless => needless);
        }
    }

    /// <summary>Whether a store-exclusive must be a full fence even where it fails.</summary>
    public bool TrustsExclusives { get; }

    /// <summary>Whether the op at <paramref name="index"/> is a barrier that can be left out.</summary>
    public bool IsNeedless(int index) => _needless[index];

    private bool HasBoth()
    {
        bool hasBarrier = false, hasExclusive = false;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            hasBarrier |= op.Opcode == Opcode.Mb;
            hasExclusive |= IsFence(op);
        }

        return hasBarrier && hasExclusive;
    }

    private bool IsFence(in Op op) => op.Opcode == Opcode.QemuStx && _tcg.TypeOf(op.In1) != TcgType.V128;

    // Forward. True while a label loses its mark.
    private bool Propagate()
    {
        bool changed = false;
        bool fenced = false;
        bool reachable = true;
        Span<Op> ops = _tcg.Ops;
        for (int i = 0; i < ops.Length; i++)
        {
            ref readonly Op op = ref ops[i];
            switch (op.Opcode)
            {
                case Opcode.SetLabel:
                    changed |= reachable && Arrive(op.Label, fenced);
                    fenced = _fencedAt[op.Label.Index];
                    reachable = true;
                    continue;
                case Opcode.Br or Opcode.Brcond:
                    changed |= reachable && Arrive(op.Label, fenced);
                    reachable &= op.Opcode == Opcode.Brcond;
                    continue;
                case Opcode.Mb:
                    _needless[i] = fenced;
                    fenced |= _lowering.Steps(AccessKind.Fence, default, (MemBarrier)op.Imm0).Contains(HostStep.Fence);
                    continue;
            }

            if (op.Opcode == Opcode.Call || OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory))
            {
                fenced = IsFence(op);
            }

            reachable &= !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }

        return changed;
    }

    private bool Arrive(Label label, bool fenced)
    {
        bool lost = _fencedAt[label.Index] && !fenced;
        _fencedAt[label.Index] &= fenced;
        return lost;
    }
}
