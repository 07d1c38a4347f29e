using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Guests.Tests;

/// <summary>
/// What the generated oracle computes with: the operations of <see cref="InsnBuilder"/> on values themselves, written without regard for speed
/// and without the IR, so that the two can be compared.
/// </summary>
public sealed unsafe partial class OracleInsn(nint env, nint memory, int memoryBytes)
{
    private readonly byte* _env = (byte*)env;
    private readonly byte* _memory = (byte*)memory;
    private readonly List<(bool IsMemory, int Key, int Width, UInt128 Value)> _writes = [];
    private readonly Stack<bool> _frames = new();
    private (ulong Target, bool Taken) _branch;

    /// <summary>The CPU model that the oracle is.</summary>
    public CpuModel Cpu { get; init; } = CpuModels.All[0];

    /// <summary>Address of the instruction.</summary>
    public long Pc { get; private set; }

    /// <summary>What was raised, if anything.</summary>
    public ExceptionKind Exception { get; private set; }

    /// <summary>True when the instruction touched memory outside what there is.</summary>
    public bool Faulted { get; private set; }

    // Nothing happens on a side that is not taken, nor after an exception.
    private bool Active => Exception == ExceptionKind.None && !Faulted && !_frames.Contains(false);

    /// <summary>Executes one instruction; false when it is not described.</summary>
    public bool Execute(uint word)
    {
        Pc = *(long*)(_env + GuestState.PC);
        Exception = ExceptionKind.None;
        Faulted = false;
        _writes.Clear();
        _frames.Clear();
        _branch = default;
        _after = ExceptionKind.None;
        InsnId id = Decoder.Decode(word);
        if (id == InsnId.Undefined || !Oracle.Translate(id, this, word))
        {
            return false;
        }

        if (Exception != ExceptionKind.None || Faulted)
        {
            return true;
        }

        foreach ((bool isMemory, int key, int width, UInt128 value) in _writes)
        {
            Commit(isMemory, key, width, value);
        }

        *(ulong*)(_env + GuestState.PC) = _branch.Taken ? _branch.Target : (ulong)Pc + 4;
        Exception = _after;
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
        if (HoldsExceptions((int)index))
        {
            GuestState.Layout.FpEnvironment!.Store(_env);
        }

        GlobalInfo global = GuestState.Layout.Globals[(int)index];
        return global.Type == TcgType.I32 ? *(uint*)(_env + global.Offset) : *(ulong*)(_env + global.Offset);
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

    public void If(UInt128 condition) => _frames.Push(condition != 0);

    public void IfBranch(UInt128 condition) => If(condition);

    public void Else() => _frames.Push(!_frames.Pop());

    public void EndIf() => _frames.Pop();

    public void Branch(long target) => _branch = Active && !_branch.Taken ? ((ulong)target, true) : _branch;

    public void Branch(ulong target) => Branch((long)target);

    public void Branch(UInt128 target) => Branch((long)(ulong)target);

    public void BranchCall(long target) => Branch(target);

    public void BranchCall(ulong target) => Branch(target);

    public void BranchCall(UInt128 target) => Branch(target);

    public void BranchReturn(UInt128 target) => Branch(target);

    public void Raise(ExceptionKind kind, UInt128 argument) => Exception = Active ? kind : Exception;

    public void RaiseAfter(ExceptionKind kind, UInt128 argument) => _after = Active ? kind : _after;

    public void EndTb()
    {
    }

    public void Produced(int producer, int width, UInt128 a, UInt128 b = default, UInt128 c = default)
    {
    }

    /// <summary>Never: the oracle knows flags only by their values.</summary>
    public bool After(int producer, int width) => false;

    public UInt128 Operand(int index) => throw new InvalidOperationException("The oracle keeps no operands of producers.");

    private ExceptionKind _after;

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

        GlobalInfo global = GuestState.Layout.Globals[key];
        Store(_env + global.Offset, global.Type == TcgType.I32 ? 32 : 64, value);
        if (GuestState.Layout.FpEnvironment is { } fp)
        {
            FpExceptions sticky = ((VcpuHeader*)_env)->Fp.Exceptions;
            fp.Load(_env);
            if (!HoldsExceptions(key))
            {
                ((VcpuHeader*)_env)->Fp.Exceptions = sticky;
            }
        }
    }

    private static bool HoldsExceptions(int global) => GuestState.Layout.FpEnvironment?.Sticky?.Slices[0].Global == global;

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
