using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Float;
using Dragoman.Tcg.Ir;

namespace Dragoman.Oracles;

/// <summary>
/// What the generated oracle computes with: the operations of <see cref="InsnBuilder"/> on values themselves, written without regard for speed
/// and without the IR, so that the two can be compared. Belongs to the thread that runs the vCPU.
/// </summary>
/// <param name="oracle">The guest's description.</param>
/// <param name="guest">The guest, as one of its CPU models.</param>
/// <param name="env">The vCPU block.</param>
/// <param name="memory">What its addresses lead to.</param>
public unsafe partial class OracleInsn(GuestOracle oracle, IGuest guest, nint env, OracleMemory memory)
{
    private readonly byte* _env = (byte*)env;
    private readonly GuestLayout _layout = oracle.Layout;
    private readonly List<(bool IsMemory, int Key, int Width, UInt128 Value)> _writes = [];
    private readonly Stack<bool> _frames = new();
    private readonly List<Action> _last = [];
    private ulong _target;
    private (ExceptionKind Kind, ulong Argument) _after;

    /// <summary>The CPU model that the oracle is.</summary>
    public CpuModel Cpu => guest.Cpu;

    /// <summary>A field of the state's <c>tbstate</c>.</summary>
    public long TbState(int low, int width) => (long)(guest.GetTbFlags(_env) >> low & (1UL << width) - 1);

    /// <summary>Address of the instruction.</summary>
    public long Pc { get; private set; }

    /// <summary>Address of the instruction behind it: what evaluates it says how long it is.</summary>
    public long NextPc { get; set; }

    /// <summary>All fields of the state's <c>tbstate</c>.</summary>
    public ulong TbFlags => guest.GetTbFlags(_env);

    /// <summary>What the instruction raised, if anything.</summary>
    public ExceptionKind Exception { get; private set; }

    /// <summary>The argument of <see cref="Exception"/>; of a fault, the guest address that is reported.</summary>
    public ulong ExceptionArgument { get; private set; }

    /// <summary>True when the exception comes after the instruction, false when it restarts it.</summary>
    public bool IsAfter { get; private set; }

    /// <summary>True when the instruction branched.</summary>
    public bool Branched { get; private set; }

    // Nothing happens on a side that is not taken, nor after an exception.
    private bool Active => Exception == ExceptionKind.None && !_frames.Contains(false);

    private VcpuHeader* Header => (VcpuHeader*)_env;

    /// <summary>Executes the instruction word at the state's PC; false when the CPU does not have it or it is not described.</summary>
    public bool Execute(uint word) => Execute(BitConverter.GetBytes(word));

    /// <summary>Executes the instruction, or one repetition of it, that begins these bytes; false when the CPU does not have it or it is not described.</summary>
    public bool Execute(ReadOnlySpan<byte> code)
    {
        Pc = *(long*)(_env + _layout.PcOffset);
        Exception = ExceptionKind.None;
        ExceptionArgument = 0;
        IsAfter = false;
        Branched = false;
        _after = default;
        _writes.Clear();
        _frames.Clear();
        _last.Clear();
        if (!oracle.Evaluate(this, code))
        {
            return false;
        }

        if (Exception != ExceptionKind.None)
        {
            return true;
        }

        _last.ForEach(write => write());
        foreach ((bool isMemory, int key, int width, UInt128 value) in _writes)
        {
            Commit(isMemory, key, width, value);
        }

        *(ulong*)(_env + _layout.PcOffset) = Branched ? _target : (ulong)NextPc;
        if (Header->Exception != ExceptionKind.None)
        {
            // A trap that floating-point arithmetic has left: it comes after the result.
            _after = (Header->Exception, Header->ExceptionArg);
        }

        (Exception, ExceptionArgument) = _after;
        IsAfter = _after.Kind != ExceptionKind.None;
        return true;
    }

    public UInt128 Const(int n, long value) => Mask(n, (UInt128)(Int128)value);

    public UInt128 Const(int n, int value) => Const(n, (long)value);

    public UInt128 Const(int n, ulong value) => Mask(n, value);

    public UInt128 Const(int n, UInt128 value) => Mask(n, value);

    public UInt128 Const(int n, bool value) => value ? UInt128.One : UInt128.Zero;

    public UInt128 Keep(UInt128 value) => value;

    public (UInt128, UInt128) Keep((UInt128, UInt128) value) => value;

    public (UInt128, UInt128, UInt128) Keep((UInt128, UInt128, UInt128) value) => value;

    public (UInt128, UInt128, UInt128, UInt128) Keep((UInt128, UInt128, UInt128, UInt128) value) => value;

    public UInt128 Var(int n, UInt128 value) => value;

    public void Set(ref UInt128 variable, int n, UInt128 value) => variable = Active ? value : variable;

    public UInt128 Get(long index)
    {
        GlobalInfo global = _layout.Globals[(int)index];
        ulong value = global.Type == TcgType.I32 ? *(uint*)(_env + global.Offset) : *(ulong*)(_env + global.Offset);
        if (!HoldsExceptions((int)index))
        {
            return value;
        }

        // The cumulative exceptions live in the environment.
        ulong exceptions = (ulong)Header->Fp.Exceptions;
        value = value & ~LivesElsewhere | Fp!.Sticky!.Place(exceptions);
        return Fp.Summary is { } summary && exceptions != 0 ? value | summary.Slices[0].Mask : value;
    }

    public UInt128 GetMemory(long offset, int n) => Load(_env + offset, n);

    public UInt128 GetMemoryPart(long offset, long position, int width) => Mask(width, Load(_env + offset, 128) >> (int)position);

    public void Write(long index, UInt128 value)
    {
        if (Active)
        {
            _writes.Add((false, (int)index, 0, value));
        }
    }

    public void WritePart(long index, int n, long position, int width, UInt128 value)
    {
        UInt128 mask = Mask(width, UInt128.MaxValue) << (int)position;
        Write(index, Pending(index) & ~mask | value << (int)position & mask);
    }

    public void StickyPart(long index, int n, long position, int width, UInt128 value) => Write(index, Pending(index) | value << (int)position);

    public void WriteMemory(long offset, int n, UInt128 value)
    {
        if (Active)
        {
            _writes.Add((true, (int)offset, n, value));
        }
    }

    public void WriteMemoryPart(long offset, long position, int width, UInt128 value) => WriteMemory(offset + position / 8, width, value);

    /// <summary>Flags that the architecture leaves undefined are written 0.</summary>
    public UInt128 Undefined() => 0;

    public void Finally(Action write)
    {
        if (Active)
        {
            _last.Add(write);
        }
    }

    public void If(UInt128 condition) => _frames.Push(condition != 0);

    public void IfBranch(UInt128 condition) => If(condition);

    public void Else() => _frames.Push(!_frames.Pop());

    public void EndIf() => _frames.Pop();

    public void Branch(long target)
    {
        if (Active && !Branched)
        {
            (_target, Branched) = ((ulong)target, true);
        }
    }

    public void Branch(ulong target) => Branch((long)target);

    public void Branch(UInt128 target) => Branch((long)(ulong)target);

    public void BranchCall(long target) => Branch(target);

    public void BranchCall(ulong target) => Branch(target);

    public void BranchCall(UInt128 target) => Branch(target);

    public void BranchReturn(UInt128 target) => Branch(target);

    public void Raise(ExceptionKind kind, UInt128 argument)
    {
        if (Active)
        {
            (Exception, ExceptionArgument) = (kind, (ulong)argument);
        }
    }

    public void RaiseAfter(ExceptionKind kind, UInt128 argument) => _after = Active ? (kind, (ulong)argument) : _after;

    public void EndTb()
    {
    }

    public void Produced(int producer, int width, UInt128 a, UInt128 b = default, UInt128 c = default)
    {
    }

    /// <summary>Never: the oracle knows flags only by their values.</summary>
    public bool After(int producer, int width) => false;

    public UInt128 Operand(int index) => throw new InvalidOperationException("The oracle keeps no operands of producers.");

    private UInt128 Pending(long index)
    {
        for (int i = _writes.Count - 1; i >= 0; i--)
        {
            if (!_writes[i].IsMemory && _writes[i].Key == index)
            {
                return _writes[i].Value;
            }
        }

        return Get(index);
    }

    private void Commit(bool isMemory, int key, int width, UInt128 value)
    {
        if (isMemory)
        {
            Store(_env + key, width, value);
            return;
        }

        GlobalInfo global = _layout.Globals[key];
        int bits = global.Type == TcgType.I32 ? 32 : 64;
        Store(_env + global.Offset, bits, value);
        if (!IsOfEnvironment(key))
        {
            return;
        }

        FpExceptions sticky = Header->Fp.Exceptions;
        Fp!.Load(_env);
        if (HoldsExceptions(key))
        {
            Store(_env + global.Offset, bits, value & ~(UInt128)LivesElsewhere);
        }
        else
        {
            Header->Fp.Exceptions = sticky;
        }
    }

    public UInt128 TakeExceptions()
    {
        var taken = (UInt128)(ulong)Header->Fp.Exceptions;
        Header->Fp.Exceptions = Active ? 0 : Header->Fp.Exceptions;
        return taken;
    }

    public UInt128 AddExceptions(UInt128 exceptions)
    {
        Header->Fp.Exceptions |= Active ? (FpExceptions)(byte)exceptions : 0;
        return (ulong)Header->Fp.Exceptions;
    }

    public UInt128 TakeDenormal() => Active && HostDenormals.Take() ? (UInt128)(ulong)FpExceptions.DenormalOperand : 0;

    private FpEnvironmentLayout? Fp => _layout.FpEnvironment;

    /// <summary>Bits of the status register that are kept in the environment.</summary>
    private ulong LivesElsewhere => (Fp?.Sticky?.Place(ulong.MaxValue) ?? 0) | (Fp?.Summary?.Slices[0].Mask ?? 0);

    private bool HoldsExceptions(int global) => Fp?.Sticky?.Slices[0].Global == global;

    private bool IsOfEnvironment(int global) => Fp is { } fp
        && new[] { fp.Rounding, fp.FlushInputs, fp.FlushOutputs, fp.DefaultNan, fp.AlternativeHalf, fp.Enabled, fp.Masked, fp.Sticky, fp.Summary }
            .Any(field => field?.Slices.Any(slice => slice.Global == global) == true);

    private static UInt128 Load(byte* at, int n)
    {
        UInt128 value = 0;
        for (int i = n / 8 - 1; i >= 0; i--)
        {
            value = value << 8 | at[i];
        }

        return value;
    }

    private static void Store(byte* at, int n, UInt128 value)
    {
        for (int i = 0; i < n / 8; i++)
        {
            at[i] = (byte)(value >> (8 * i));
        }
    }

    private static UInt128 Mask(int n, UInt128 value) => n >= 128 ? value : value & ((UInt128.One << n) - 1);

    private static Int128 Signed(int n, UInt128 value) => (Int128)(value << (128 - n)) >> (128 - n);
}
