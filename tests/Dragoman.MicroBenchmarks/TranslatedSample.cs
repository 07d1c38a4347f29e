using System.Runtime.InteropServices;
using System.Text;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;
using Dragoman.Tcg.Optimization;

namespace Dragoman.MicroBenchmarks;

/// <summary>A vCPU block with 256 KiB of guest memory that holds one sample, and each step of its way to host code.</summary>
internal sealed unsafe class TranslatedSample : IDisposable
{
    private const int MemoryLog2 = 18;
    private const ulong CodeAddress = 0x1000;
    private const ulong DataAddress = 0x2000;

    private readonly GuestSample _sample;
    private readonly TcgContext _tcg;
    private readonly DisasContext _context;
    private readonly byte* _env;
    private readonly byte* _memory;
    private readonly ChainSlot* _slots;
    private readonly StringBuilder _text = new();

    public TranslatedSample(string guest)
    {
        _sample = GuestSample.All[guest];
        _tcg = new TcgContext(_sample.Guest.Globals, _sample.Guest.PcOffset);
        _context = new DisasContext { Tcg = _tcg, Parallel = true };
        _env = VcpuBlock.Allocate(_sample.Guest.StateSize);
        _memory = (byte*)NativeMemory.AlignedAlloc(1 << MemoryLog2, 4096);
        _slots = (ChainSlot*)NativeMemory.AllocZeroed(2, (nuint)sizeof(ChainSlot));
        NativeMemory.Clear(_memory, 1 << MemoryLog2);
        var header = (VcpuHeader*)_env;
        header->FrameBytes = VcpuBlock.FrameBytes;
        header->GuestBase = _memory;
        header->AddressLimit = 1UL << MemoryLog2;
        header->ExclusiveAddress = ulong.MaxValue;
        _sample.Guest.Reset(_env);
        *(ulong*)(_env + _sample.Guest.Registers.Single(r => r.Name.Equals(_sample.Base, StringComparison.OrdinalIgnoreCase)).Offset) = DataAddress;
        _sample.Code.CopyTo(new Span<byte>(_memory + CodeAddress, _sample.Code.Length));
    }

    /// <summary>Decodes and emits the sample's ops; returns how many.</summary>
    public int Translate()
    {
        _tcg.Reset();
        _context.TbPc = _context.NextPc = CodeAddress;
        _context.TbFlags = _sample.Guest.GetTbFlags(_env);
        _context.Ended = _context.EndAfter = false;
        ulong end = CodeAddress + (ulong)_sample.Code.Length;
        for (ulong pc = CodeAddress; pc < end; pc = _context.NextPc)
        {
            _context.Pc = pc;
            _context.Code = _memory + pc;
            _context.CodeAvailable = (int)(end - pc);
            _tcg.InsnStart(pc);
            _sample.Guest.TranslateInstruction(_context);
            if (_context.Unimplemented is { } name)
            {
                throw new InvalidOperationException($"{name} at {pc:x} is not described");
            }
        }

        _tcg.GotoTb(0, end);
        return _tcg.OpCount;
    }

    /// <summary>Optimizes what was translated; returns how many ops are left.</summary>
    public int Optimize()
    {
        Optimizer.Run(_tcg);
        return _tcg.OpCount;
    }

    /// <summary>Makes code of what was translated.</summary>
    public TbCode Compile(ITcgBackend backend) => backend.Compile(_tcg, new CompileRequest
    {
        Pc = CodeAddress, Chain = false, Parallel = true, AddressLimitLog2 = MemoryLog2, IgnoreTopByte = _sample.Guest.IgnoresTopByte, Slots = (nint)_slots,
    });

    /// <summary>Runs a TB once.</summary>
    public nint Run(TbCode code) => code.Execute(_env);

    /// <summary>Characters of the sample's text.</summary>
    public int Disassemble()
    {
        _text.Clear();
        for (int at = 0; at < _sample.Code.Length;)
        {
            at += _sample.Guest.Disassemble(_sample.Code.AsSpan(at), CodeAddress + (ulong)at, _text);
        }

        return _text.Length;
    }

    public void Dispose()
    {
        VcpuBlock.Free(_env);
        NativeMemory.AlignedFree(_memory);
        NativeMemory.Free(_slots);
    }
}
