namespace Dragoman.Tcg.Ir;

/// <summary>
/// The ops of the TB under construction, with their temps and labels. Belongs to one thread; reused from TB to TB.
/// </summary>
/// <remarks>The typed builder (one method an op, folding constants as it emits) is generated from <c>isa/tcg/ops.tcg</c>.</remarks>
public sealed partial class TcgContext
{
    private Op[] _ops = new Op[256];
    private int _opCount;

    /// <summary>Creates a context for a guest.</summary>
    /// <param name="globals">The guest's registers, the same for every TB.</param>
    /// <param name="pcOffset">Offset in bytes from <c>env</c> of the guest's 64-bit PC.</param>
    public TcgContext(IReadOnlyList<GlobalInfo> globals, int pcOffset)
    {
        Globals = globals;
        PcOffset = pcOffset;
        _temps = new TempInfo[Math.Max(256, globals.Count * 2)];
        for (int i = 0; i < globals.Count; i++)
        {
            _temps[i] = new TempInfo { Type = globals[i].Type, Kind = TempKind.Global, Offset = globals[i].Offset };
        }

        Reset();
    }

    /// <summary>The guest's registers: temps 0 to Count - 1.</summary>
    public IReadOnlyList<GlobalInfo> Globals { get; }

    /// <summary>Offset in bytes from <c>env</c> of the guest's 64-bit PC.</summary>
    public int PcOffset { get; }

    /// <summary>The ops, in order. Invalid after the next emission.</summary>
    public Span<Op> Ops => _ops.AsSpan(0, _opCount);

    /// <summary>Op <paramref name="index"/>. Invalid after the next emission. (A span over ops is a framework generic that no ahead-of-time image holds.)</summary>
    public ref Op OpAt(int index) => ref _ops[index];

    /// <summary>Number of ops.</summary>
    public int OpCount => _opCount;

    /// <summary>Forgets ops, temps and labels; globals stay.</summary>
    public void Reset()
    {
        Array.Clear(_ops, 0, _opCount);
        _opCount = 0;
        _tempCount = Globals.Count;
        _labelCount = 0;
        ResetConstants();
    }

    /// <summary>Appends an op without folding or checking; the typed builder is the usual way.</summary>
    public ref Op Append(Opcode opcode, TcgType type)
    {
        if (_opCount == _ops.Length)
        {
            var grown = new Op[_ops.Length * 2];
            Array.Copy(_ops, grown, _opCount);
            _ops = grown;
        }

        ref Op op = ref _ops[_opCount++];
        op.Opcode = opcode;
        op.Type = type;
        return ref op;
    }

    /// <summary>Appends a copy of <paramref name="op"/>.</summary>
    public void Append(in Op op)
    {
        Op copy = op;
        Append(copy.Opcode, copy.Type) = copy;
    }

    /// <summary>Sets <see cref="Op.OnlyStores"/> of the instruction that starts at op <paramref name="start"/> and ends with the last op.</summary>
    public void MarkInstruction(int start)
    {
        bool stores = false, isPlain = true;
        for (int i = start + 1; i < _opCount; i++)
        {
            ref readonly Op op = ref _ops[i];
            stores |= op.Opcode == Opcode.QemuSt;
            isPlain &= op.Opcode == Opcode.QemuSt || !(HasEffect(op) || (op.Out0.IsValid && op.Out0.Index < Globals.Count));
        }

        _ops[start].OnlyStores = stores && isPlain;
    }

    /// <summary>Whether <paramref name="op"/> does more than compute its output from its inputs and the vCPU block.</summary>
    public static bool HasEffect(in Op op) => op.Opcode == Opcode.Call || OpInfo.Of(op.Opcode).Any(
        OpFlags.SideEffects | OpFlags.Faults | OpFlags.Branches | OpFlags.EndsBlock | OpFlags.Float | OpFlags.WritesEnv | OpFlags.ReadsMemory | OpFlags.WritesMemory);

    /// <summary>Drops the ops from <paramref name="count"/> on (passes that compact the list).</summary>
    public void Truncate(int count)
    {
        Array.Clear(_ops, count, _opCount - count);
        _opCount = count;
    }
}
