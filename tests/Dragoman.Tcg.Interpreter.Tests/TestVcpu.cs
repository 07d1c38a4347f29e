using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Interpreter;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Interpreter.Tests;

/// <summary>A vCPU block with 16 I64 globals, 8 I32 globals and some guest memory, and a context to build TBs for it.</summary>
internal sealed unsafe class TestVcpu : IDisposable
{
    public const int MemoryBytes = 1 << 16;
    public const ulong TbPc = 0x4000;
    private const int Wide = 16;
    private const int Narrow = 8;
    private const int NarrowOffset = VcpuHeader.GuestState + (Wide * 8);
    public const int VectorOffset = NarrowOffset + (Narrow * 4) + 32;
    private const int PcOffset = VectorOffset + (8 * 16);

    // As the runtime's region has: an address checked without its offset may lie a little outside.
    private const int GuardBytes = 1 << 16;

    private readonly byte* _allocation;
    private readonly byte* _memory;

    public TestVcpu()
    {
        var globals = new List<GlobalInfo>();
        for (int i = 0; i < Wide; i++)
        {
            globals.Add(new GlobalInfo($"x{i}", TcgType.I64, VcpuHeader.GuestState + (i * 8)));
        }

        for (int i = 0; i < Narrow; i++)
        {
            globals.Add(new GlobalInfo($"w{i}", TcgType.I32, NarrowOffset + (i * 4)));
        }

        Context = new TcgContext(globals, PcOffset);
        Env = VcpuBlock.Allocate(PcOffset + 8);
        _allocation = (byte*)NativeMemory.AlignedAlloc(MemoryBytes + (2 * GuardBytes), 64);
        _memory = _allocation + GuardBytes;
        NativeMemory.Clear(_memory, MemoryBytes);
        Header->GuestBase = _memory;
        Header->AddressLimit = 1 << 16;
        Header->ExclusiveAddress = ulong.MaxValue;
        Header->JumpCache = (JumpCacheEntry*)NativeMemory.AllocZeroed(JumpCacheEntry.Count, (nuint)sizeof(JumpCacheEntry));
        Slots = (ChainSlot*)NativeMemory.AllocZeroed(2, (nuint)sizeof(ChainSlot));
        Request = new() { Pc = TbPc, Slots = (nint)Slots, Chain = true, Parallel = true, AddressLimitLog2 = 16, IgnoreTopByte = true };
    }

    public TcgContext Context { get; }

    public byte* Env { get; }

    public VcpuHeader* Header => (VcpuHeader*)Env;

    public Span<byte> Memory => new(_memory, MemoryBytes);

    public ulong Pc => *(ulong*)(Env + PcOffset);

    /// <summary>The TB's two slots, not linked.</summary>
    public ChainSlot* Slots { get; }

    public CompileRequest Request { get; set; }

    public ref ulong X(int index) => ref *(ulong*)(Env + VcpuHeader.GuestState + (index * 8));

    public ref uint W(int index) => ref *(uint*)(Env + NarrowOffset + (index * 4));

    public ref UInt128 V(int index) => ref *(UInt128*)(Env + VectorOffset + (index * 16));

    public Temp Global(int index) => Context.Global(index);

    public Temp NarrowGlobal(int index) => Context.Global(Wide + index);

    public ref T At<T>(int address)
        where T : unmanaged => ref *(T*)(_memory + address);

    /// <summary>The backend that compiles.</summary>
    public ITcgBackend Backend { get; init; } = new InterpreterBackend();

    /// <summary>Compiles what the context holds and resets the context.</summary>
    public TbCode Compile()
    {
        TbCode code = Backend.Compile(Context, Request);
        Context.Reset();
        return code;
    }

    /// <summary>Compiles what the context holds, runs it, and resets the context.</summary>
    public nint Run() => Compile().Execute(Env);

    /// <summary>The architectural state.</summary>
    public Span<byte> State => new(Env + VcpuHeader.GuestState, PcOffset + 8 - VcpuHeader.GuestState);

    /// <summary>Ends the TB with <c>exit_tb</c> and runs it.</summary>
    public nint Finish()
    {
        Context.ExitTb(TbExit.Lookup);
        return Run();
    }

    public void Dispose()
    {
        NativeMemory.Free(Header->JumpCache);
        VcpuBlock.Free(Env);
        NativeMemory.AlignedFree(_allocation);
        NativeMemory.Free(Slots);
    }
}
