using System.Reflection.Emit;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Helpers;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

/// <summary>
/// Floating-point ops that leave where the host's arithmetic does not settle their answer (<see cref="Backends.CompileRequest.LeavesExactFloat"/>): their instruction is done anew by exact code,
/// so it must have done nothing yet.
/// </summary>
internal sealed unsafe partial class IlCompiler
{
    private static readonly int s_leftPc = OffsetOf(nameof(VcpuHeader.LeftPc));
    private static readonly int s_leftFlags = OffsetOf(nameof(VcpuHeader.LeftFlags));

    // By op, whether it may leave; empty where none may.
    private bool[] _mayLeave = [];

    // The op that is being emitted.
    private int _at;

    // Since the last label the code has left unless the host rounds as the guest does.
    private bool _hostRoundsHere;

    private void FindLeaves()
    {
        if (!_request.LeavesExactFloat || _request.SoftMmuPageBits != 0)
        {
            return;
        }

        Span<Op> ops = _tcg.Ops;
        _mayLeave = new bool[ops.Length];
        bool isUntouched = false;
        for (int i = 0; i < ops.Length; i++)
        {
            ref readonly Op op = ref ops[i];
            OpInfo info = OpInfo.Of(op.Opcode);
            bool isFloat = info.Has(OpFlags.Float);
            _mayLeave[i] = isFloat && isUntouched;
            if (op.Opcode == Opcode.InsnStart)
            {
                isUntouched = true;
            }
            else if ((op.Out0.IsValid && op.Out0.Index < _tcg.Globals.Count) || ChangesMore(op, info, isFloat))
            {
                isUntouched = false;
            }
        }
    }

    // Loads can be done twice, and exceptions of floating point only accumulate.
    private static bool ChangesMore(in Op op, OpInfo info, bool isFloat) => op.Opcode switch
    {
        Opcode.QemuLd or Opcode.Discard => false,
        Opcode.Call => (op.Helper!.Flags & HelperFlags.Pure) == 0,
        _ => !isFloat && info.Any(OpFlags.SideEffects | OpFlags.Faults | OpFlags.Branches | OpFlags.WritesEnv | OpFlags.WritesMemory),
    };

    private bool MayLeave => _mayLeave.Length != 0 && _mayLeave[_at];

    /// <summary>Emits, behind the method, the way out from the op that is being emitted. Before the first branch to <paramref name="label"/>.</summary>
    private void AddLeave(IlLabel label)
    {
        Note? note = MakeNote();
        GlobalSet dirty = _dirty | _dirtyBorrowed;
        ulong pc = _insnPc;
        _cold.Add(() =>
        {
            _il.MarkLabel(label);
            StoreGlobals(dirty);
            if (note is not null)
            {
                // What lives in the block is there now.
                _borrowed.Clear();
                EmitNote(note);
            }

            StorePc(pc);
            PushEnv(s_leftPc);
            PushLong(_request.Pc);
            _il.Emit(OpCodes.Stind_I8);
            PushEnv(s_leftFlags);
            PushLong(_request.TbFlags);
            _il.Emit(OpCodes.Stind_I8);
            EmitExit(TbExit.ExactFloat);
        });
    }

    /// <summary>Branches to <paramref name="exact"/> unless the host rounds as the guest does; once a block where that leaves.</summary>
    private void EmitRoundingTest(IlLabel exact, bool leaves)
    {
        if (_hostRoundsHere)
        {
            return;
        }

        _il.Emit(OpCodes.Ldloc, _hostRounds!);
        _il.Emit(OpCodes.Brfalse, exact);
        _hostRoundsHere = leaves;
    }
}
