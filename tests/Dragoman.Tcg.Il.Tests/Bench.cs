using System.Runtime.InteropServices;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Atomics;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Tcg.Il.Tests;

/// <summary>A vCPU block with a handful of registers, a small guest memory, and a context to build TBs in.</summary>
internal sealed unsafe class Bench : IDisposable
{
    public const int PcOffset = VcpuHeader.GuestState;
    public const int Registers = 8;
    public const int MemorySize = 1 << 16;

    /// <summary>Bytes below guest address 0 and above the region that accesses may touch without leaving the allocation.</summary>
    private const int Guard = 1 << 16;

    private readonly byte* _allocation;

    public Bench()
    {
        Env = VcpuBlock.Allocate(4096);
        _allocation = (byte*)NativeMemory.AlignedAlloc(MemorySize + (2 * Guard), 64);
        NativeMemory.Clear(_allocation, MemorySize + (2 * Guard));
        JumpCacheBytes = (byte*)NativeMemory.AllocZeroed((nuint)(JumpCacheEntry.Count * sizeof(JumpCacheEntry)));
        Slots = (ChainSlot*)NativeMemory.AllocZeroed(16, (nuint)sizeof(ChainSlot));
        Header->GuestBase = _allocation + Guard;
        Header->AddressLimit = MemorySize;
        Header->JumpCache = (JumpCacheEntry*)JumpCacheBytes;
        ExclusiveMonitor.Clear((nint)Env);

        GlobalInfo[] globals = new GlobalInfo[Registers];
        for (int i = 0; i < Registers; i++)
        {
            globals[i] = new GlobalInfo($"r{i}", TcgType.I64, PcOffset + 8 + (8 * i));
        }

        Tcg = new TcgContext(globals, PcOffset);
    }

    public byte* Env { get; }

    public byte* JumpCacheBytes { get; }

    public ChainSlot* Slots { get; }

    public TcgContext Tcg { get; }

    public VcpuHeader* Header => (VcpuHeader*)Env;

    public byte* Memory => Header->GuestBase;

    public ulong Pc => *(ulong*)(Env + PcOffset);

    public ulong this[int register]
    {
        get => ((ulong*)(Env + PcOffset + 8))[register];
        set => ((ulong*)(Env + PcOffset + 8))[register] = value;
    }

    /// <summary>Bits of all registers.</summary>
    public ulong[] All => new ReadOnlySpan<ulong>(Env + PcOffset + 8, Registers).ToArray();

    public Temp R(int index) => Tcg.Global(index);

    public TbCode Compile(ulong pc = 0x1000, int firstSlot = 0, bool chain = true, IlBackend? backend = null, bool leavesExactFloat = false) =>
        (backend ?? new IlBackend()).Compile(Tcg, new CompileRequest
        {
            Pc = pc,
            Slots = (nint)(Slots + firstSlot),
            Chain = chain,
            Parallel = true,
            AddressLimitLog2 = 16,
            IgnoreTopByte = true,
            LeavesExactFloat = leavesExactFloat,
        });

    public nint Run(ulong pc = 0x1000) => Compile(pc).Execute(Env);

    public void Dispose()
    {
        VcpuBlock.Free(Env);
        NativeMemory.AlignedFree(_allocation);
        NativeMemory.Free(JumpCacheBytes);
        NativeMemory.Free(Slots);
    }
}
