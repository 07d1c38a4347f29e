using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter;

/// <summary>Turns the ops of a TB into <see cref="Insn"/>s. One instance a thread; its buffers are reused.</summary>
internal sealed unsafe partial class InterpreterCompiler
{
    private TcgContext _context = null!;
    private CompileRequest _request;
    private Insn[] _code = new Insn[256];
    private int _count;

    // By label: where it stands, or -1; and where branches to it wait to be told.
    private int[] _labelAt = new int[16];
    private bool[] _isLoopHead = new bool[16];
    private int[] _patchInsn = new int[16];
    private int[] _patchLabel = new int[16];
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

        for (int i = 0; i < context.OpCount; i++)
        {
            Translate(ref context.OpAt(i), i);
        }

        // Ops always end in an exit; a TB that does not would otherwise run into whatever follows.
        Emit(Code.Exit).Imm = TbExit.Lookup;
        for (int i = 0; i < _patchCount; i++)
        {
            int insn = _patchInsn[i];
            _code[insn].D = (_labelAt[_patchLabel[i]] - insn) * sizeof(Insn);
        }

        _context = null!;
        var code = new Insn[_count];
        Array.Copy(_code, code, _count);
        var constants = new ulong[_constantWords];
        Array.Copy(_constants, constants, _constantWords);
        return new InterpretedTb(code, constants, ConstantsOffset, FrameBytes, context.PcOffset, request);
    }

    private ref Insn Emit(Code code)
    {
        if (_count == _code.Length)
        {
            var grown = new Insn[_code.Length * 2];
            Array.Copy(_code, grown, _count);
            _code = grown;
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

        for (int i = 0; i < count; i++)
        {
            _labelAt[i] = -1;
            _isLoopHead[i] = false;
        }

        for (int i = 0; i < _context.OpCount; i++)
        {
            ref Op op = ref _context.OpAt(i);
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
        for (int i = opIndex + 1; i < _context.OpCount && _context.OpAt(i).Opcode is Opcode.SetLabel or Opcode.InsnStart or Opcode.Nop; i++)
        {
            if (_context.OpAt(i).Opcode == Opcode.InsnStart)
            {
                pc = (ulong)_context.OpAt(i).Imm0;
                break;
            }
        }

        Emit(Code.Poll);
        EmitLeave(pc, TbExit.Requested);
    }

    private void EmitBranch(Code code, int label)
    {
        if (_patchCount == _patchInsn.Length)
        {
            Array.Resize(ref _patchInsn, _patchCount * 2);
            Array.Resize(ref _patchLabel, _patchCount * 2);
        }

        _patchInsn[_patchCount] = _count;
        _patchLabel[_patchCount++] = label;
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
