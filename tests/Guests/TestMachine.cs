using System.Runtime.InteropServices;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Interpreter;
using Dragoman.Tcg.Il;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.Guests.Tests;

/// <summary>One vCPU block, 256 KiB of guest memory, and the ways to run one instruction on them.</summary>
internal sealed unsafe class TestMachine : IDisposable
{
    public const int MemoryBytes = 1 << 18;
    public const ulong CodeAddress = 0x1000;

    private static readonly Dictionary<string, GuestRegister> s_registers = Guest.Instance.Registers.ToDictionary(r => r.Name);
    private readonly byte* _memory;
    private readonly DisasContext _context;
    private readonly TcgContext _tcg = new(Guest.Instance.Globals, Guest.Instance.PcOffset);

    public TestMachine()
    {
        Env = VcpuBlock.Allocate(GuestState.Size);
        _memory = (byte*)NativeMemory.AlignedAlloc(MemoryBytes, 4096);
        _context = new DisasContext { Tcg = _tcg, Parallel = true };
        Clear();
    }

    public byte* Env { get; }

    public byte* Memory => _memory;

    public VcpuHeader* Header => (VcpuHeader*)Env;

    public Span<byte> MemorySpan => new(_memory, MemoryBytes);

    public Span<byte> State => new(Env + VcpuHeader.GuestState, GuestState.Size - VcpuHeader.GuestState);

    public ulong Pc => *(ulong*)(Env + GuestState.PC);

    public void Clear()
    {
        NativeMemory.Clear(Env, (nuint)GuestState.Size);
        NativeMemory.Clear(_memory, MemoryBytes);
        Header->FrameBytes = VcpuBlock.FrameBytes;
        Header->GuestBase = _memory;
        Header->AddressLimit = MemoryBytes;
        Header->ExclusiveAddress = ulong.MaxValue;
        *(ulong*)(Env + GuestState.PC) = CodeAddress;
        Guest.Instance.Reset(Env);
    }

    public void Set(TestState state)
    {
        byte* at = Locate(state);
        int bytes = Math.Max(1, (state.Low + state.Width + 7) / 8);
        UInt128 whole = Read(at, bytes);
        UInt128 mask = Ones(state.Width) << state.Low;
        Write(at, bytes, whole & ~mask | state.Value << state.Low & mask);
    }

    public UInt128 Get(TestState state) => Read(Locate(state), Math.Max(1, (state.Low + state.Width + 7) / 8)) >> state.Low & Ones(state.Width);

    /// <summary>Packs control and status registers into the environment; call when all state is set.</summary>
    public void LoadEnvironment() => GuestState.Layout.FpEnvironment!.Load(Env);

    /// <summary>Translates instructions as one TB.</summary>
    /// <returns>Name of the first that is not described, else null.</returns>
    public string? Translate(bool optimize, params ReadOnlySpan<uint> words)
    {
        Place(words);
        _tcg.Reset();
        _context.TbPc = CodeAddress;
        _context.NextPc = CodeAddress;
        _context.Ended = _context.EndAfter = false;
        _context.Unimplemented = null;
        for (int i = 0; i < words.Length && !_context.Ended && _context.Unimplemented is null; i++)
        {
            _context.Pc = CodeAddress + 4 * (ulong)i;
            _context.Code = _memory + _context.Pc;
            _context.CodeAvailable = 4;
            _tcg.InsnStart(_context.Pc);
            Guest.Instance.TranslateInstruction(_context);
        }

        if (!_context.Ended)
        {
            _tcg.GotoTb(0, _context.NextPc);
        }

        if (optimize)
        {
            Optimizer.Run(_tcg);
        }

        return _context.Unimplemented;
    }

    /// <summary>The ops of what was translated.</summary>
    public IReadOnlyList<Opcode> Ops => [.. _tcg.Ops.ToArray().Select(o => o.Opcode)];

    /// <summary>Runs what was translated.</summary>
    public nint Run(ITcgBackend backend)
    {
        var slots = stackalloc ChainSlot[2];
        slots[0] = slots[1] = default;
        TbCode code = backend.Compile(_tcg, new CompileRequest
        {
            Pc = CodeAddress, Chain = false, Parallel = true, AddressLimitLog2 = 18, IgnoreTopByte = Guest.Instance.IgnoresTopByte, Slots = (nint)slots,
        });
        nint exit = code.Execute(Env);
        GuestState.Layout.FpEnvironment!.Store(Env);
        return exit;
    }

    /// <summary>The oracle of this machine.</summary>
    public OracleInsn Oracle() => new(GuestOracle.Of(Guest.Instance)!, Guest.Instance, (nint)Env, new TestMemory((nint)_memory));

    /// <summary>Puts instructions where the PC is.</summary>
    public void Place(params ReadOnlySpan<uint> words) => words.CopyTo(new Span<uint>(_memory + CodeAddress, words.Length));

    /// <summary>Takes over another machine's state and memory.</summary>
    public void CopyFrom(TestMachine other)
    {
        Clear();
        other.State.CopyTo(State);
        other.MemorySpan.CopyTo(MemorySpan);
        Header->Fp = other.Header->Fp;
    }

    /// <summary>The registers and the first byte of memory in which two machines differ, or null.</summary>
    public string? Difference(TestMachine expected)
    {
        List<string> wrong = [];
        foreach (GuestRegister register in s_registers.Values)
        {
            UInt128 want = Read(expected.Env + register.Offset, register.Size);
            UInt128 have = Read(Env + register.Offset, register.Size);
            if (want != have)
            {
                wrong.Add($"{register.Name} is {have:x}, not {want:x}");
            }
        }

        int at = MemorySpan.CommonPrefixLength(expected.MemorySpan);
        if (at < MemoryBytes)
        {
            wrong.Add($"[{at:x}] is {_memory[at]:x}, not {expected._memory[at]:x}");
        }

        return wrong.Count == 0 ? null : string.Join(", ", wrong);
    }

    public void Dispose()
    {
        VcpuBlock.Free(Env);
        NativeMemory.AlignedFree(_memory);
    }

    private byte* Locate(TestState state) => state.Register.Length == 0 ? _memory + state.Address : Env + s_registers[state.Register].Offset;

    private static UInt128 Read(byte* at, int bytes)
    {
        UInt128 value = 0;
        for (int i = bytes - 1; i >= 0; i--)
        {
            value = value << 8 | at[i];
        }

        return value;
    }

    private static void Write(byte* at, int bytes, UInt128 value)
    {
        for (int i = 0; i < bytes; i++)
        {
            at[i] = (byte)(value >> (8 * i));
        }
    }

    private static UInt128 Ones(int width) => width >= 128 ? UInt128.MaxValue : (UInt128.One << width) - 1;
}
