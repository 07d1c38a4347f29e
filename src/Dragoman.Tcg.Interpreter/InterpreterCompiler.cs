using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>Turns the ops of a TB into <see cref="Insn"/>s. One instance a thread; its buffers are reused.</summary>
internal sealed partial class InterpreterCompiler
{
    private TcgContext _context = null!;
    private CompileRequest _request;
    private Insn[] _code = new Insn[256];
    private int _count;

    // By label: where it stands, or -1; and where branches to it wait to be told.
    private int[] _labelAt = new int[16];
    private bool[] _isLoopHead = new bool[16];
    private (int Insn, int Label)[] _patches = new (int, int)[16];
    private int _patchCount;

    private ulong _pc;
    private bool _pcStored;

    /// <summary>Compiles a TB.</summary>
    public InterpretedTb Compile(TcgContext context, in CompileRequest request)
    {
        _context = context;
        _request = request;
        _count = 0;
        _patchCount = 0;
        _pc = request.Pc;
        _pcStored = false;
        _skipped = -1;
        PrepareLabels();
        PrepareSlots();

        Span<Op> ops = context.Ops;
        for (int i = 0; i < ops.Length; i++)
        {
            ref Op op = ref ops[i];
            Translate(ref op, i);
        }

        // Ops always end in an exit; a TB that does not would otherwise run into whatever follows.
        Emit(Code.Exit).Imm = TbExit.Lookup;
        foreach ((int insn, int label) in _patches.AsSpan(0, _patchCount))
        {
            _code[insn].D = (_labelAt[label] - insn) * System.Runtime.CompilerServices.Unsafe.SizeOf<Insn>();
        }

        _context = null!;
        return new InterpretedTb(
            _code.AsSpan(0, _count).ToArray(), _constants.AsSpan(0, _constantWords).ToArray(), ConstantsOffset, FrameBytes, context.PcOffset, request);
    }

    private ref Insn Emit(Code code)
    {
        if (_count == _code.Length)
        {
            Array.Resize(ref _code, _code.Length * 2);
        }

        ref Insn insn = ref _code[_count++];
        insn = default;
        insn.Code = code;
        return ref insn;
    }

    /// <summary>A label before a branch to it is a loop's head, where the poll word is checked.</summary>
    private void PrepareLabels()
    {
        int count = _context.LabelCount;
        if (_labelAt.Length < count)
        {
            Array.Resize(ref _labelAt, count * 2);
            Array.Resize(ref _isLoopHead, count * 2);
        }

        Array.Fill(_labelAt, -1, 0, count);
        Array.Clear(_isLoopHead, 0, count);
        foreach (ref Op op in _context.Ops)
        {
            if (!op.Label.IsValid)
            {
                continue;
            }

            int label = op.Label.Index;
            if (op.Opcode == Opcode.SetLabel)
            {
                _labelAt[label] = 0;
            }
            else if (_labelAt[label] == 0)
            {
                _isLoopHead[label] = true;
            }
        }
    }

    private void EmitLabel(int label, int opIndex)
    {
        _labelAt[label] = _count;
        _pcStored = false;
        if (!_isLoopHead[label])
        {
            return;
        }

        // The state is that of the instruction that starts here, or of the one that this label lies in.
        ulong pc = _pc;
        Span<Op> ops = _context.Ops;
        for (int i = opIndex + 1; i < ops.Length && ops[i].Opcode is Opcode.SetLabel or Opcode.InsnStart or Opcode.Nop; i++)
        {
            if (ops[i].Opcode == Opcode.InsnStart)
            {
                pc = (ulong)ops[i].Imm0;
                break;
            }
        }

        Emit(Code.Poll);
        EmitLeave(pc, TbExit.Requested);
    }

    private void EmitBranch(Code code, int label)
    {
        if (_patchCount == _patches.Length)
        {
            Array.Resize(ref _patches, _patches.Length * 2);
        }

        _patches[_patchCount++] = (_count, label);
        Emit(code);
    }

    /// <summary>Two instructions: store <paramref name="pc"/>, leave with <paramref name="exit"/>.</summary>
    private void EmitLeave(ulong pc, nint exit)
    {
        ref Insn insn = ref Emit(Code.GotoTb);
        insn.A = _context.PcOffset;
        insn.Imm = (long)pc;
        Emit(Code.Exit).Imm = exit;
    }

    /// <summary>Before an op that may fault and does not store the PC itself.</summary>
    private void StorePc()
    {
        if (_pcStored)
        {
            return;
        }

        _pcStored = true;
        ref Insn insn = ref Emit(Code.MovImm64);
        insn.D = _context.PcOffset;
        insn.Imm = (long)_pc;
    }
}
