using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Ordering;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Finds barriers that have nothing to order: on every way there the last access to guest memory was a store-exclusive, or a barrier came after it. A store-exclusive is a
/// locked instruction of the host, before which no earlier access of the thread is held back (Intel SDM 3A, 9.2.3.9); where it fails without one, the emitter puts a fence.
/// </summary>
internal sealed class FenceFlow : ForwardFlow
{
    private const int Fenced = 0;

    private readonly HostLowering _lowering;
    private readonly bool[] _needless;

    /// <summary>Analyses the ops of <paramref name="tcg"/> for a host of <paramref name="lowering"/>.</summary>
    public FenceFlow(TcgContext tcg, HostLowering lowering)
        : base(tcg)
    {
        _lowering = lowering;
        _needless = new bool[tcg.OpCount];
        if (lowering.AtomicIsFence && HasBoth())
        {
            Follow();
            TrustsExclusives = Array.Exists(_needless, static needless => needless);
        }
    }

    /// <summary>Whether a store-exclusive must be a full fence even where it fails.</summary>
    public bool TrustsExclusives { get; }

    /// <summary>Whether the op at <paramref name="index"/> is a barrier that can be left out.</summary>
    public bool IsNeedless(int index) => _needless[index];

    /// <inheritdoc/>
    protected override int Step(int index, in Op op, int fact)
    {
        if (op.Opcode == Opcode.Mb)
        {
            _needless[index] = fact == Fenced;
            return _lowering.Steps(AccessKind.Fence, default, (MemBarrier)op.Imm0).Contains(HostStep.Fence) ? Fenced : fact;
        }

        return op.Opcode == Opcode.Call || OpInfo.Of(op.Opcode).Any(OpFlags.ReadsMemory | OpFlags.WritesMemory) ? IsFence(op) ? Fenced : None : fact;
    }

    private bool HasBoth()
    {
        bool hasBarrier = false, hasExclusive = false;
        foreach (ref readonly Op op in Tcg.Ops)
        {
            hasBarrier |= op.Opcode == Opcode.Mb;
            hasExclusive |= IsFence(op);
        }

        return hasBarrier && hasExclusive;
    }

    private bool IsFence(in Op op) => op.Opcode == Opcode.QemuStx && Tcg.TypeOf(op.In1) != TcgType.V128;
}
