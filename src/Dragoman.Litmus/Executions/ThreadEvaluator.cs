using Dragoman.Tcg.Ir;

namespace Dragoman.Litmus.Executions;

/// <summary>
/// Runs a thread's ops with every value that its reads may find: each run is one trace. Values carry the reads that they come from, so that
/// address, data and control dependencies are known.
/// </summary>
internal sealed partial class ThreadEvaluator
{
    /// <summary>How often a loop may go back; longer ways are left out, as herd does.</summary>
    private const int Unrolling = 2;

    private const int MaxInstructions = 256;
    private const int MaxTraces = 200_000;

    private readonly ThreadProgram _program;
    private readonly IReadOnlyList<(int Offset, int Bytes, UInt128 Value)> _initial;
    private readonly IReadOnlyList<(int Offset, int Bytes)> _observed;
    private readonly KnownWrites _memory;
    private readonly TrackedState _state;
    private readonly TcgContext _scratch;
    private readonly List<Access> _accesses = [];
    private readonly List<Access> _writes = [];
    private Choices _choices = new();
    private TrackedValue[] _temps = [];
    private ulong _control;
    private int _monitor = -1;

    public ThreadEvaluator(
        ThreadProgram program,
        IReadOnlyList<(int Offset, int Bytes, UInt128 Value)> initial,
        IReadOnlyList<(int Offset, int Bytes)> observed,
        KnownWrites memory)
    {
        _program = program;
        _initial = initial;
        _observed = observed;
        _memory = memory;
        _state = new TrackedState([.. program.ResetState]);
        _scratch = new TcgContext(program.Guest.Globals, program.Guest.PcOffset);
    }

    /// <summary>
    /// What the last <see cref="Run"/> wrote, also on ways that were left out: a thread that waits for another's write finds the end of its loop only
    /// when that write is known, and the other may wait for what this one wrote before.
    /// </summary>
    public IReadOnlyList<Access> Writes => _writes;

    /// <summary>The most writes on one way of the last <see cref="Run"/>.</summary>
    public int MostWrites { get; private set; }

    /// <summary>All traces with the writes that are known now.</summary>
    public IReadOnlyList<ThreadTrace> Run()
    {
        List<ThreadTrace> traces = [];
        _choices = new Choices();
        _writes.Clear();
        MostWrites = 0;
        int tried = 0;
        do
        {
            if (tried++ == MaxTraces)
            {
                throw new LitmusException("a thread reads in too many ways for the models to judge");
            }

            if (RunOnce() is { } trace)
            {
                traces.Add(trace);
            }

            int before = _writes.Count;
            _writes.AddRange(_accesses.Where(a => a.Writes));
            MostWrites = Math.Max(MostWrites, _writes.Count - before);
        }
        while (_choices.MoveNext());
        return traces;
    }

    // Null when a loop went on for too long.
    private ThreadTrace? RunOnce()
    {
        _state.Clear();
        foreach ((int offset, int bytes, UInt128 value) in _initial)
        {
            _state.Store(offset, bytes, new TrackedValue(value, 0));
        }

        _accesses.Clear();
        _control = 0;
        _monitor = -1;
        Dictionary<ulong, int> backward = [];
        ulong pc = _program.Code.Base;
        for (int count = 0; pc != _program.Code.End; count++)
        {
            TranslatedInsn insn = _program.At(pc);
            if (Execute(insn) is not { } next)
            {
                return null;
            }

            if (insn.IsInstructionBarrier)
            {
                Record(Access.InstructionBarrier(new Dependencies(0, 0, _control)));
            }

            if (next <= pc && (backward[next] = backward.GetValueOrDefault(next) + 1) > Unrolling)
            {
                return null;
            }

            if (count == MaxInstructions)
            {
                return null;
            }

            pc = next;
        }

        return new ThreadTrace([.. _accesses], [.. _observed.Select(o => _state.Load(o.Offset, o.Bytes).Value)]);
    }

    // Runs the ops of one instruction; returns where control goes. Null when it goes back in itself: an atomic loop that tries again has only read more,
    // and every outcome of its last try is one of a single try.
    private ulong? Execute(TranslatedInsn insn)
    {
        TcgContext tcg = insn.Tcg;
        if (_temps.Length < tcg.TempCount)
        {
            _temps = new TrackedValue[tcg.TempCount];
        }

        for (int i = 0; i < tcg.OpCount; i++)
        {
            ref readonly Op op = ref tcg.OpAt(i);
            switch (op.Opcode)
            {
                case Opcode.SetLabel or Opcode.InsnStart or Opcode.Discard:
                    break;
                case Opcode.Br:
                    i = insn.Labels[op.Label.Index];
                    break;
                case Opcode.Brcond:
                    TrackedValue a = Get(tcg, op.In0), b = Get(tcg, op.In1);
                    _control |= a.Reads | b.Reads;
                    if (tcg.TypeOf(op.In0) == TcgType.I32 ? TcgConditions.Test(op.Cond, (uint)a.Low, (uint)b.Low) : TcgConditions.Test(op.Cond, a.Low, b.Low))
                    {
                        if (insn.Labels[op.Label.Index] < i)
                        {
                            return null;
                        }

                        i = insn.Labels[op.Label.Index];
                    }

                    break;
                case Opcode.GotoTb:
                    return (ulong)op.Imm1;
                case Opcode.GotoPtr:
                    TrackedValue target = _state.Load(tcg.PcOffset, 8);
                    _control |= target.Reads;
                    return target.Low;
                case Opcode.ExitTb:
                    throw Refuse(insn, "raises an exception");
                default:
                    if (!Compute(tcg, op) && !AccessMemory(tcg, op))
                    {
                        throw Refuse(insn, $"needs the op {OpInfo.Of(op.Opcode).Name}, which the checker does not evaluate");
                    }

                    break;
            }
        }

        return insn.NextPc;
    }

    private static LitmusException Refuse(TranslatedInsn insn, string what) => new($"'{insn.Insn.Text}' {what}");

    private TrackedValue Get(TcgContext tcg, Temp temp)
    {
        ref readonly TempInfo info = ref tcg.Info(temp);
        return info.Kind switch
        {
            TempKind.Const => new TrackedValue(new UInt128(info.ValueHigh, info.Value), 0),
            TempKind.Global => _state.Load(info.Offset, BytesOf(info.Type)),
            _ => _temps[temp.Index],
        };
    }

    private void Set(TcgContext tcg, Temp temp, TrackedValue value)
    {
        ref readonly TempInfo info = ref tcg.Info(temp);
        value = value with { Value = value.Value & Bits.Mask(BytesOf(info.Type)) };
        if (info.Kind == TempKind.Global)
        {
            _state.Store(info.Offset, BytesOf(info.Type), value);
        }
        else
        {
            _temps[temp.Index] = value;
        }
    }

    private static int BytesOf(TcgType type) => type switch
    {
        TcgType.I32 => 4,
        TcgType.I64 => 8,
        _ => 16,
    };

    // Ops on values; false for others.
    private bool Compute(TcgContext tcg, in Op op)
    {
        switch (op.Opcode)
        {
            case Opcode.Mov:
                Set(tcg, op.Out0, Get(tcg, op.In0));
                return true;
            case Opcode.ConcatI64V128:
                TrackedValue low = Get(tcg, op.In0), high = Get(tcg, op.In1);
                Set(tcg, op.Out0, new TrackedValue(new UInt128(high.Low, low.Low), low.Reads | high.Reads));
                return true;
            case Opcode.LoV128I64:
                Set(tcg, op.Out0, Get(tcg, op.In0));
                return true;
            case Opcode.HiV128I64:
                TrackedValue whole = Get(tcg, op.In0);
                Set(tcg, op.Out0, whole with { Value = whole.Value >> 64 });
                return true;
            case Opcode.AndVec or Opcode.OrVec or Opcode.XorVec:
                TrackedValue left = Get(tcg, op.In0), right = Get(tcg, op.In1);
                UInt128 combined = op.Opcode switch
                {
                    Opcode.AndVec => left.Value & right.Value,
                    Opcode.OrVec => left.Value | right.Value,
                    _ => left.Value ^ right.Value,
                };
                Set(tcg, op.Out0, new TrackedValue(combined, left.Reads | right.Reads));
                return true;
            case Opcode.NotVec:
                TrackedValue inverted = Get(tcg, op.In0);
                Set(tcg, op.Out0, inverted with { Value = ~inverted.Value });
                return true;
            case Opcode.LaneGet:
                TrackedValue vector = Get(tcg, op.In0);
                Set(tcg, op.Out0, vector with { Value = Bits.Slice(vector.Value, (int)op.Imm0 << op.Vece, 1 << op.Vece) });
                return true;
            case Opcode.Ld8u or Opcode.Ld8s:
                return LoadState(tcg, op, 1, op.Opcode == Opcode.Ld8s);
            case Opcode.Ld16u or Opcode.Ld16s:
                return LoadState(tcg, op, 2, op.Opcode == Opcode.Ld16s);
            case Opcode.Ld32u or Opcode.Ld32s:
                return LoadState(tcg, op, 4, op.Opcode == Opcode.Ld32s);
            case Opcode.Ld:
                return LoadState(tcg, op, BytesOf(tcg.TypeOf(op.Out0)), false);
            case Opcode.St8 or Opcode.St16 or Opcode.St32 or Opcode.St:
                int bytes = op.Opcode switch { Opcode.St8 => 1, Opcode.St16 => 2, Opcode.St32 => 4, _ => BytesOf(tcg.TypeOf(op.In0)) };
                _state.Store((int)op.Imm0, bytes, Get(tcg, op.In0));
                return true;
            default:
                return Fold(tcg, op);
        }
    }

    private bool LoadState(TcgContext tcg, in Op op, int bytes, bool isSigned)
    {
        TrackedValue value = _state.Load((int)op.Imm0, bytes);
        Set(tcg, op.Out0, isSigned ? value with { Value = SignExtend(value.Value, bytes) } : value);
        return true;
    }

    private static UInt128 SignExtend(UInt128 value, int bytes) => bytes == 16 ? value : (UInt128)((Int128)(value << (128 - (8 * bytes))) >> (128 - (8 * bytes)));

    // The op table's own semantics, by way of the constant folder.
    private bool Fold(TcgContext tcg, in Op op)
    {
        if (!OpInfo.Of(op.Opcode).Has(OpFlags.Semantic))
        {
            return false;
        }

        _scratch.Reset();
        Op constant = op;
        ulong reads = 0;
        for (int i = 0; i < op.InputCount; i++)
        {
            TrackedValue input = Get(tcg, op.In(i));
            reads |= input.Reads;
            constant.SetIn(i, _scratch.Const(tcg.TypeOf(op.In(i)), input.Low));
        }

        if (!ConstantFolder.TryFold(_scratch, constant, out ulong value))
        {
            return false;
        }

        Set(tcg, op.Out0, new TrackedValue(value, reads));
        return true;
    }
}
