using System.Reflection;
using System.Reflection.Emit;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;
using IlLabel = System.Reflection.Emit.Label;

namespace Dragoman.Tcg.Il;

internal sealed unsafe partial class IlCompiler
{
    private static readonly int s_deferredField = OffsetOf(nameof(VcpuHeader.Deferred));
    private static readonly int s_leaves = OffsetOf(nameof(VcpuHeader.Leaf0));

    private Deferral? _deferral;

    // Deferred ops since the last label that still stand for the value of their register, in order.
    private readonly List<Op> _steps = [];

    // Of temps that only deferred ops read and whose step has been met: the reads still to come. A step with such reads is open: no register needs it yet, but one will.
    private int[] _readsToCome = [];
    private int _openSteps;

    // The leaves of the steps, once they have been asked for.
    private List<Temp>? _leaves;

    // The steps' recipe and leaves are in the block.
    private bool _noted;

    // Something earlier may have left a recipe in the block.
    private bool _mayBeNoted;

    // Of labels whether control comes there from the op before.
    private bool[] _fallsInto = [];

    // What is deferred where a branch leaves for a label that nothing else leads to.
    private readonly Dictionary<int, (List<Op> Steps, bool Noted, bool MayBeNoted)> _deferredAt = [];
    private int[] _labelUses = [];

    /// <summary>Offset from <c>env</c> of the number of the recipe to follow, in bytes.</summary>
    public static int DeferredOffset => s_deferredField;

    /// <summary>Offset from <c>env</c> of a leaf, in bytes.</summary>
    public static int LeafOffset(int index) => s_leaves + (8 * index);

    /// <summary>Takes an op off the emitter's hands. The registers that it writes are settled by <see cref="NoteDeferred"/> or <see cref="SettleForJump"/>.</summary>
    private bool TryDefer(int index, in Op op)
    {
        if (_deferral is null || !_deferral.IsDeferred(index))
        {
            return false;
        }

        if (_noted)
        {
            // A new set of flags begins; what is noted stays true until it is noted in its turn.
            ForgetSteps();
        }

        _steps.Add(op);
        _leaves = null;
        for (int k = 0; k < op.InputCount; k++)
        {
            ref int reads = ref _readsToCome[op.In(k).Index];
            if (reads > 0 && --reads == 0)
            {
                _openSteps--;
            }
        }

        if (op.Out0.Index >= _tcg.Globals.Count)
        {
            _readsToCome[op.Out0.Index] = _uses[op.Out0.Index];
            _openSteps++;
        }

        return true;
    }

    /// <summary>Before <paramref name="op"/> changes a leaf, the steps get a leaf of their own with its value; what open steps make of it is computed.</summary>
    private void KeepLeaves(in Op op)
    {
        if (_steps.Count == 0 || !op.Out0.IsValid)
        {
            return;
        }

        if (_openSteps > 0)
        {
            List<Op> open = OpenSteps();
            if (Leaves(open).Contains(op.Out0))
            {
                foreach (Op step in open)
                {
                    Compute(step);
                    Close(step);
                }

                _steps.RemoveAll(step => open.Exists(computed => computed.Out0 == step.Out0));
                _leaves = null;
            }
        }

        if (!Leaves().Contains(op.Out0))
        {
            return;
        }

        if (_noted)
        {
            ForgetSteps();
            return;
        }

        Temp kept = _tcg.NewEbbTemp(_tcg.TypeOf(op.Out0));
        Array.Resize(ref _locals, _tcg.TempCount);
        Push(op.Out0);
        _il.Emit(OpCodes.Stloc, LocalOf(kept));
        Replace(op.Out0, kept);
    }

    private void Replace(Temp leaf, Temp kept)
    {
        for (int i = 0; i < _steps.Count; i++)
        {
            Op step = _steps[i];
            for (int k = 0; k < step.InputCount; k++)
            {
                if (step.In(k) == leaf)
                {
                    step.SetIn(k, kept);
                }
            }

            _steps[i] = step;
        }

        _leaves = null;
    }

    private void Close(in Op step)
    {
        ref int reads = ref _readsToCome[step.Out0.Index];
        _openSteps -= reads > 0 ? 1 : 0;
        reads = 0;
    }

    /// <summary>Leaves recipe and leaves in the block: what a fault, or an exit to the dispatcher, finds there is complete.</summary>
    private void NoteDeferred()
    {
        if (MakeNote() is { } note)
        {
            EmitNote(note);
            _noted = true;
            _mayBeNoted = true;
        }
    }

    // A recipe to be left in the block, its leaves, and whether an older one must be followed first.
    private sealed record Note(Recipe Recipe, List<Temp> Leaves, bool Settles);

    /// <summary>What is to be noted; null when that is nothing. What no recipe can say is computed here.</summary>
    private Note? MakeNote()
    {
        if (_deferral is null || _noted || !_steps.Exists(step => step.Out0.Index < _tcg.Globals.Count))
        {
            return null;
        }

        List<Temp> leaves = Leaves();
        if (leaves.Count > Recipe.MaximumLeaves || Recipe.Of(_tcg, LiveSteps(), leaves) is not { } recipe)
        {
            ComputeDeferred();
            return null;
        }

        return new Note(recipe, leaves, _mayBeNoted && !CoversAll());
    }

    private void EmitNote(Note note)
    {
        if (note.Settles)
        {
            EmitSettle();
        }

        for (int i = 0; i < note.Leaves.Count; i++)
        {
            Temp leaf = note.Leaves[i];
            PushEnv(LeafOffset(i));
            Push(leaf);
            _il.Emit(_tcg.TypeOf(leaf) == TcgType.I32 ? OpCodes.Stind_I4 : OpCodes.Stind_I8);
        }

        PushEnv(s_deferredField);
        _il.Emit(OpCodes.Ldc_I4, note.Recipe.Number);
        _il.Emit(OpCodes.Stind_I4);
    }

    private void CountLabelUses()
    {
        _readsToCome = new int[_tcg.TempCount];
        _labelUses = new int[_tcg.LabelCount];
        _fallsInto = new bool[_tcg.LabelCount];
        bool reachable = true;
        foreach (ref readonly Op op in _tcg.Ops)
        {
            if (op.Opcode is Opcode.Br or Opcode.Brcond)
            {
                _labelUses[op.Label.Index]++;
            }
            else if (op.Opcode == Opcode.SetLabel)
            {
                _fallsInto[op.Label.Index] = reachable;
            }

            reachable = !OpInfo.Of(op.Opcode).Has(OpFlags.EndsBlock);
        }
    }

    /// <summary>At a branch: the label's block starts with what is deferred here, if this is the only way there.</summary>
    private void LeaveDeferred(Ir.Label label)
    {
        if (_deferral is null)
        {
            return;
        }

        if (_labelUses[label.Index] == 1 && !_placed[label.Index] && !_fallsInto[label.Index])
        {
            _deferredAt[label.Index] = (LiveSteps(), _noted, _mayBeNoted);
            return;
        }

        NoteDeferred();
    }

    /// <summary>At a label, where <paramref name="fallsInto"/> says whether control also comes from the op before.</summary>
    private void ArriveDeferred(Ir.Label label, bool fallsInto)
    {
        if (_deferral is null)
        {
            return;
        }

        if (fallsInto)
        {
            NoteDeferred();
        }

        ForgetSteps();
        _mayBeNoted = true;
        _steps.Clear();
        if (!fallsInto && _deferredAt.TryGetValue(label.Index, out (List<Op> Steps, bool Noted, bool MayBeNoted) known))
        {
            _steps.AddRange(known.Steps);
            (_noted, _mayBeNoted) = (known.Noted, known.MayBeNoted);
        }
    }

    /// <summary>Before a jump to another TB, which expects every register in its place.</summary>
    private void SettleForJump()
    {
        if (_deferral is null)
        {
            return;
        }

        if (_steps.Exists(step => step.Out0.Index < _tcg.Globals.Count))
        {
            ComputeDeferred();
        }
        else if (_mayBeNoted)
        {
            EmitSettle();
        }
    }

    // Emits the steps after all; only they know their registers' values, so an older note is void if they cover it.
    private void ComputeDeferred()
    {
        if (_mayBeNoted && !_noted && !CoversAll())
        {
            EmitSettle();
        }

        foreach (Op step in LiveSteps())
        {
            Compute(step);
        }

        ReturnBorrowed();
        if (_mayBeNoted)
        {
            PushEnv(s_deferredField);
            _il.Emit(OpCodes.Ldc_I4_0);
            _il.Emit(OpCodes.Stind_I4);
        }

        ForgetSteps();
    }

    private void Compute(in Op step)
    {
        if (step.Opcode == Opcode.Mov)
        {
            Push(step.In0);
            Pop(step.Out0);
        }
        else if (!OpEmitter.TryEmit(step, this))
        {
            throw new NotSupportedException($"The IL backend has no recipe for the op {OpInfo.Of(step.Opcode).Name}.");
        }
    }

    // All but the open ones, and those that lead to them.
    private void ForgetSteps()
    {
        List<Op> open = _openSteps > 0 ? OpenSteps() : [];
        _steps.Clear();
        _steps.AddRange(open);
        _leaves = null;
        _noted = false;
    }

    private void EmitSettle()
    {
        IlLabel nothing = _il.DefineLabel();
        LocalBuilder number = _il.DeclareLocal(typeof(int));
        PushEnv(s_deferredField);
        _il.Emit(OpCodes.Ldind_I4);
        _il.Emit(OpCodes.Stloc, number);
        _il.Emit(OpCodes.Ldloc, number);
        _il.Emit(OpCodes.Brfalse, nothing);
        PushEnv();
        PushLong((ulong)Recipe.Entries);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldloc, number);
        _il.Emit(OpCodes.Conv_I);
        _il.Emit(OpCodes.Ldc_I4, sizeof(nint));
        _il.Emit(OpCodes.Mul);
        _il.Emit(OpCodes.Add);
        _il.Emit(OpCodes.Ldind_I);
        _il.EmitCalli(OpCodes.Calli, CallingConventions.Standard, typeof(nint), s_entryParameters, null);
        _il.Emit(OpCodes.Pop);
        _il.MarkLabel(nothing);
    }

    private bool CoversAll()
    {
        GlobalSet covered = default;
        foreach (Op step in _steps)
        {
            if (step.Out0.Index < _tcg.Globals.Count)
            {
                covered.Add(step.Out0.Index);
            }
        }

        return (covered & _deferral!.Registers).Equals(_deferral.Registers);
    }

    // The last write of each register, and the steps that lead to it.
    private List<Op> LiveSteps()
    {
        HashSet<Temp> wanted = [];
        HashSet<Temp> written = [];
        List<Op> live = [];
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            Op step = _steps[i];
            bool isRegister = step.Out0.Index < _tcg.Globals.Count;
            if (isRegister ? !written.Add(step.Out0) : !wanted.Contains(step.Out0))
            {
                continue;
            }

            live.Add(step);
            for (int k = 0; k < step.InputCount; k++)
            {
                wanted.Add(step.In(k));
            }
        }

        live.Reverse();
        return live;
    }

    // The steps whose temps are still to be read, and those that lead to them.
    private List<Op> OpenSteps()
    {
        HashSet<Temp> wanted = [];
        List<Op> open = [];
        for (int i = _steps.Count - 1; i >= 0; i--)
        {
            Op step = _steps[i];
            if (step.Out0.Index >= _tcg.Globals.Count && (_readsToCome[step.Out0.Index] > 0 || wanted.Contains(step.Out0)))
            {
                open.Add(step);
                for (int k = 0; k < step.InputCount; k++)
                {
                    wanted.Add(step.In(k));
                }
            }
        }

        open.Reverse();
        return open;
    }

    private List<Temp> Leaves() => _leaves ??= Leaves(LiveSteps());

    private List<Temp> Leaves(List<Op> steps)
    {
        List<Temp> leaves = [];
        HashSet<Temp> inner = [];
        foreach (Op step in steps)
        {
            for (int k = 0; k < step.InputCount; k++)
            {
                Temp input = step.In(k);
                if (!inner.Contains(input) && !_tcg.IsConst(input) && !leaves.Contains(input))
                {
                    leaves.Add(input);
                }
            }

            inner.Add(step.Out0);
        }

        return leaves;
    }
}
