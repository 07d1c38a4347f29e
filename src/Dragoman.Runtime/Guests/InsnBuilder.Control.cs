using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

public unsafe partial class InsnBuilder
{
    private static readonly int s_exception = (int)HeaderOffset(h => (nint)(&h->Exception) - (nint)h);
    private static readonly int s_exceptionAfter = (int)HeaderOffset(h => (nint)(&h->ExceptionAfter) - (nint)h);
    private static readonly int s_exceptionArg = (int)HeaderOffset(h => (nint)(&h->ExceptionArg) - (nint)h);
    private readonly List<Exit> _exits = [];
    private bool _raised;
    private ExceptionKind _step;
    private ulong _stepArgument;

    /// <summary>Branches to an address known while translating, when the instruction ends.</summary>
    public void Branch(long target) => _exits.Add(new Exit(default, true, (ulong)target, default, ExceptionKind.None));

    /// <inheritdoc cref="Branch(long)"/>
    public void Branch(ulong target) => Branch((long)target);

    /// <summary>Branches to an address computed at run time, when the instruction ends.</summary>
    public void Branch(Temp target) => _exits.Add(new Exit(default, false, 0, target, ExceptionKind.None));

    /// <summary>A call: for return prediction.</summary>
    public void BranchCall(long target) => Branch(target);

    /// <inheritdoc cref="BranchCall(long)"/>
    public void BranchCall(ulong target) => Branch((long)target);

    /// <inheritdoc cref="BranchCall(long)"/>
    public void BranchCall(Temp target) => Branch(target);

    /// <summary>A return: for return prediction.</summary>
    public void BranchReturn(Temp target) => Branch(target);

    /// <summary>Raises an exception that restarts the instruction: nothing is committed.</summary>
    public void Raise(ExceptionKind kind, Temp argument)
    {
        EmitRaise(kind, argument, 0, _context.Pc);
        _raised |= _frames.Count == 0;
    }

    /// <summary>Raises an exception after the instruction: its writes are committed, and execution goes on behind it.</summary>
    public void RaiseAfter(ExceptionKind kind, Temp argument) => _exits.Add(new Exit(default, false, 0, argument, kind));

    /// <summary>
    /// Raises an exception behind the instruction that was begun, wherever it leads: a single step. One that raises another itself raises that.
    /// </summary>
    public void RaiseStep(ExceptionKind kind, ulong argument) => (_step, _stepArgument) = (kind, argument);

    /// <summary>Leaves through the dispatcher after this instruction.</summary>
    public void EndTb() => _context.EndAfter = true;

    private void EmitRaise(ExceptionKind kind, Temp argument, int after, ulong pc) => EmitRaise(kind, argument, after, Const(64, pc));

    private void EmitRaise(ExceptionKind kind, Temp argument, int after, Temp pc)
    {
        _tcg.St32(TcgType.I32, Const(32, (long)kind), s_exception);
        _tcg.St32(TcgType.I32, Const(32, (long)after), s_exceptionAfter);
        _tcg.St(TcgType.I64, argument, s_exceptionArg);
        _tcg.St(TcgType.I64, pc, _tcg.PcOffset);
        _tcg.ExitTb(TbExit.Exception);
    }

    // The exits of a side that ends are taken only where its condition holds. A branch's side has computed nothing where it was not taken, so the
    // condition is joined behind its label.
    private void RestrictExits(int from, int to, Temp condition)
    {
        for (int i = from; i < to; i++)
        {
            Temp inner = _exits[i].Condition;
            _exits[i] = _exits[i] with { Condition = inner.IsValid ? _tcg.And(TcgType.I32, condition, inner) : condition };
        }
    }

    private void KeepExits(int from)
    {
        for (int i = from; i < _exits.Count; i++)
        {
            Exit exit = _exits[i];
            _exits[i] = exit with
            {
                Condition = exit.Condition.IsValid ? Keep(exit.Condition) : default,
                Value = exit.Value.IsValid ? Keep(exit.Value) : default,
            };
        }
    }

    // Conditions and targets are values at entry: those that the commit overwrites are copied first.
    private void PreserveExits()
    {
        for (int i = 0; i < _exits.Count; i++)
        {
            Exit exit = _exits[i];
            if (exit.Condition.IsValid && _exits.Count > 1)
            {
                exit = exit with { Condition = Keep(exit.Condition) };
            }

            if (exit.Value.IsValid)
            {
                Temp value = _tcg.Info(exit.Value).Kind == TempKind.Global && IsOverwritten(exit.Value, _writes.Count) ? Copy(exit.Value) : exit.Value;
                exit = exit with { Value = exit.Condition.IsValid || i > 0 ? Keep(value) : value };
            }

            if (exit.Condition.IsValid && _tcg.Info(exit.Condition).Kind == TempKind.Global && IsOverwritten(exit.Condition, _writes.Count))
            {
                exit = exit with { Condition = Copy(exit.Condition) };
            }

            _exits[i] = exit;
        }
    }

    private void EmitExits()
    {
        if (_exits.Count == 0 && _step == ExceptionKind.None)
        {
            return;
        }

        _context.Ended = true;
        int slot = 0;
        for (int i = 0; i < _exits.Count; i++)
        {
            Exit exit = _exits[i];
            if (!exit.Condition.IsValid)
            {
                EmitExit(exit, ref slot);
                return;
            }

            (TcgCond cond, Temp a, Temp b) = StableCondition(exit.Condition);
            Label skip = _tcg.NewLabel();
            _tcg.BrCond(_tcg.TypeOf(a), (TcgCond)((int)cond ^ 1), a, b, skip);
            EmitExit(exit, ref slot);
            PlaceLabel(skip);
        }

        if (_step != ExceptionKind.None)
        {
            EmitRaise(_step, Const(64, _stepArgument), 1, _context.NextPc);
            return;
        }

        if (_context.EndAfter)
        {
            EmitLookup(Const(64, _context.NextPc));
            return;
        }

        _context.GoTo(1, _context.NextPc);
    }

    // The tbstate has changed: neither a link nor the jump cache knows the TB that is meant.
    private void EmitLookup(Temp pc)
    {
        _tcg.St(TcgType.I64, pc, _tcg.PcOffset);
        _tcg.ExitTb(TbExit.Lookup);
    }

    // A comparison is repeated in the branch only while its operands still have the values that were compared.
    private (TcgCond Cond, Temp A, Temp B) StableCondition(Temp condition)
    {
        (TcgCond cond, Temp a, Temp b) = ConditionOf(condition);
        bool isStable = !IsOverwrittenGlobal(a) && !IsOverwrittenGlobal(b);
        return isStable ? (cond, a, b) : (TcgCond.Ne, condition, Const(32, 0UL));
    }

    private bool IsOverwrittenGlobal(Temp temp) => _tcg.Info(temp).Kind == TempKind.Global && IsOverwritten(temp, _writes.Count);

    private void EmitExit(Exit exit, ref int slot)
    {
        if (_step != ExceptionKind.None && exit.Exception is ExceptionKind.None or ExceptionKind.Yield)
        {
            EmitRaise(_step, Const(64, _stepArgument), 1, exit.IsStatic ? Const(64, exit.Target) : exit.Exception == ExceptionKind.None ? exit.Value : Const(64, _context.NextPc));
            return;
        }

        if (exit.Exception != ExceptionKind.None)
        {
            EmitRaise(exit.Exception, exit.Value, 1, _context.NextPc);
            return;
        }

        if (_context.EndAfter)
        {
            EmitLookup(exit.IsStatic ? Const(64, exit.Target) : exit.Value);
            return;
        }

        // Slot 1 is that of the next instruction.
        if (exit.IsStatic && slot == 0)
        {
            _context.GoTo(slot++, exit.Target);
            return;
        }

        _tcg.St(TcgType.I64, exit.IsStatic ? Const(64, exit.Target) : exit.Value, _tcg.PcOffset);
        _tcg.GotoPtr(_context.TbFlags);
    }

    // Value: the target, or an exception's argument.
    private readonly record struct Exit(Temp Condition, bool IsStatic, ulong Target, Temp Value, ExceptionKind Exception);
}
