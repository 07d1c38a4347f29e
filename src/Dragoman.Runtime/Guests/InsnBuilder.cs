using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>
/// Builds the ops of one guest instruction at a time: what generated frontends call. A value of n bits is a temp of type I32 (n to 32), I64 (to 64)
/// or V128 (to 128) whose bits above n are zero; a truth value is one bit.
/// </summary>
/// <remarks>
/// Reading a register gives its value at the instruction's entry: the global itself. Writes are kept back until <see cref="End"/>, so that an
/// instruction that faults has written nothing. Belongs to the translating thread.
/// </remarks>
public unsafe partial class InsnBuilder
{
    private readonly DisasContext _context;
    private readonly GuestLayout _layout;
    private readonly TcgContext _tcg;
    private readonly bool[] _isFlag;
    private readonly bool[] _isEnvironment;
    private readonly (int Start, int End) _vectorFile;
    private readonly List<Action> _last = [];

    /// <summary>A builder for a context; made once for it by the guest.</summary>
    public InsnBuilder(DisasContext context, GuestLayout layout, CpuModel cpu)
    {
        Cpu = cpu;
        _context = context;
        _layout = layout;
        _tcg = context.Tcg;
        _vectorFile = layout.VectorFile;
        _isFlag = new bool[layout.Globals.Count];
        _isEnvironment = new bool[layout.Globals.Count];
        for (int i = 0; i < layout.Globals.Count; i++)
        {
            _isFlag[i] = layout.IsFlag(layout.Globals[i].Offset);
            _isEnvironment[i] = layout.FpEnvironment?.IsUnpacked(i) == true;
        }
    }

    /// <summary>The CPU model that is translated for.</summary>
    public CpuModel Cpu { get; }

    /// <summary>Address of the instruction.</summary>
    public long Pc => (long)_context.Pc;

    /// <summary>Address of the instruction behind it.</summary>
    public long NextPc => (long)_context.NextPc;

    /// <summary>Starts the instruction at the context's PC.</summary>
    /// <param name="length">Its bytes.</param>
    public void Begin(int length)
    {
        if (_context.Pc == _context.TbPc)
        {
            ForgetFlags();
        }

        _context.NextPc = _context.Pc + (ulong)length;
        _writes.Clear();
        _last.Clear();
        _frames.Clear();
        _exits.Clear();
        _conditions.Clear();
        _sources.Clear();
        _tables.Clear();
        _raised = false;
        _step = ExceptionKind.None;
        _mayTrapAfter = false;
        _producedNow = default;
        _flagsWritten = false;
    }

    /// <summary>Commits what the instruction wrote and leaves the TB if it branched.</summary>
    public void End()
    {
        if (_raised)
        {
            // Nothing is committed: the instruction starts again after the exception.
            _context.Ended = true;
            return;
        }

        foreach (Action write in _last)
        {
            write();
        }

        PreserveExits();
        CommitFlagsKnowledge();
        FollowTbState();
        Commit();
        if (_step == ExceptionKind.None)
        {
            LeaveIfTbStateChanged();
        }

        if (_mayTrapAfter)
        {
            _tcg.RaisePending(_context.NextPc, 1);
        }

        EmitExits();
    }

    /// <summary>Does something at the end of the instruction: a write that wins over others.</summary>
    public void Finally(Action write) => _last.Add(write);

    /// <summary>What is written to a flag that the architecture leaves undefined, 0 or 1.</summary>
    public int UndefinedFlag { get; init; }

    /// <summary>The value of a flag that the architecture leaves undefined.</summary>
    public Temp Undefined() => Const(1, UndefinedFlag);

    /// <summary>Type of a temp that holds n bits.</summary>
    public static TcgType TypeOf(int n) => n <= 32 ? TcgType.I32 : n <= 64 ? TcgType.I64 : TcgType.V128;

    /// <summary>A constant of n bits.</summary>
    public Temp Const(int n, ulong value) =>
        n > 64 ? _tcg.ConstV128(value, 0) : _tcg.Const(TypeOf(n), value & Static.Ones(n));

    /// <summary>A constant of n bits, sign-extended above 64.</summary>
    public Temp Const(int n, long value) =>
        n > 64 ? _tcg.ConstV128((ulong)value, (ulong)(value >> 63) & Static.Ones(n - 64)) : Const(n, (ulong)value);

    /// <inheritdoc cref="Const(int, long)"/>
    public Temp Const(int n, int value) => Const(n, (long)value);

    /// <summary>A truth value.</summary>
    public Temp Const(int n, bool value) => _tcg.Const(TcgType.I32, value ? 1UL : 0UL);

    /// <summary>A constant of n bits.</summary>
    public Temp Const(int n, UInt128 value)
    {
        if (n <= 64)
        {
            return Const(n, (ulong)value);
        }

        ulong high = (ulong)(value >> 64) & Static.Ones(n - 64);
        return _tcg.ConstV128((ulong)value, high);
    }

    /// <summary>A value that may be used beyond the next label.</summary>
    public Temp Keep(Temp value)
    {
        if (_tcg.Info(value).Kind != TempKind.Ebb)
        {
            return value;
        }

        Temp kept = _tcg.NewTemp(_tcg.TypeOf(value));
        _tcg.Mov(kept, value);
        return kept;
    }

    /// <summary>Both values of a pair, usable beyond the next label.</summary>
    public (Temp, Temp) Keep((Temp, Temp) values) => (Keep(values.Item1), Keep(values.Item2));

    /// <inheritdoc cref="Keep(ValueTuple{Temp, Temp})"/>
    public (Temp, Temp, Temp) Keep((Temp, Temp, Temp) values) => (Keep(values.Item1), Keep(values.Item2), Keep(values.Item3));

    /// <inheritdoc cref="Keep(ValueTuple{Temp, Temp})"/>
    public (Temp, Temp, Temp, Temp) Keep((Temp, Temp, Temp, Temp) values) =>
        (Keep(values.Item1), Keep(values.Item2), Keep(values.Item3), Keep(values.Item4));

    /// <summary>A variable of n bits with a first value; <see cref="Set"/> assigns it, also inside a run-time branch.</summary>
    public Temp Var(int n, Temp value)
    {
        Temp variable = _tcg.NewTemp(TypeOf(n));
        _tcg.Mov(variable, value);
        return variable;
    }

    /// <summary>Assigns a variable, as far as the conditions around it hold.</summary>
    public void Set(ref Temp variable, int n, Temp value)
    {
        if (_frames.Count > 0 && !_frames[^1].IsBranch)
        {
            value = Select(n, CurrentCondition(), value, variable);
        }

        if (_tcg.Info(variable).Kind == TempKind.Tb)
        {
            _tcg.Mov(variable, value);
        }
        else
        {
            variable = value;
        }
    }

    private Temp Mask(int n, Temp value)
    {
        if (n is 32 or 64 or 128)
        {
            return value;
        }

        return n < 64
            ? _tcg.And(TypeOf(n), value, Const(n, Static.Ones(n)))
            : _tcg.ConcatI64V128(_tcg.LoV128I64(value), _tcg.And(TcgType.I64, _tcg.HiV128I64(value), Const(64, Static.Ones(n - 64))));
    }

    private (Temp Low, Temp High) Halves(Temp value) => (_tcg.LoV128I64(value), _tcg.HiV128I64(value));
}
