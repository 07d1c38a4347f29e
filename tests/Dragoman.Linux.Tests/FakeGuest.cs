using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Linux.Tests;

/// <summary>An AArch64 without instructions: its registers are enough for system calls, signal frames and loading.</summary>
internal sealed unsafe class FakeGuest : IGuest
{
    private readonly List<GuestRegister> _registers = [];

    public FakeGuest()
    {
        var offset = VcpuHeader.GuestState;
        void Add(string name, int size)
        {
            offset = (offset + size - 1) & ~(size - 1);
            _registers.Add(new GuestRegister(name, offset, size));
            offset += size;
        }

        for (var i = 0; i < 31; i++)
        {
            Add($"X{i}", 8);
        }

        Add("SP", 8);
        Add("PC", 8);
        PcOffset = _registers[^1].Offset;
        foreach (var flag in "NZCV")
        {
            Add($"NZCV.{flag}", 4);
        }

        Add("FPCR", 4);
        Add("FPSR", 4);
        Add("TPIDR_EL0", 8);
        for (var i = 0; i < 32; i++)
        {
            Add($"V{i}", 16);
        }

        StateSize = offset;
    }

    public string Name => "aarch64";

    public int ElfMachine => 183;

    public int StateSize { get; }

    public int PcOffset { get; }

    public IReadOnlyList<GlobalInfo> Globals => [];

    public IReadOnlyList<GuestRegister> Registers => _registers;

    public int PageSize => 4096;

    public int AddressBits => 48;

    public bool IgnoresTopByte => true;

    public int MaxInstructionLength => 4;

    public bool CoherentInstructionFetch => false;

    public void Reset(byte* env)
    {
    }

    public ulong GetTbFlags(byte* env) => 0;

    public void TranslateInstruction(DisasContext context) => throw new NotSupportedException();

    public int Disassemble(ReadOnlySpan<byte> code, ulong pc, StringBuilder output) => 4;
}

/// <summary>A backend that nobody may call.</summary>
internal sealed class NoBackend : ITcgBackend
{
    public string Name => "none";

    public TbCode Compile(TcgContext context, in CompileRequest request) => throw new NotSupportedException();
}

/// <summary>A kernel that nobody may call.</summary>
internal sealed class NoKernel : IGuestKernel
{
    public KernelResult HandleException(Vcpu vcpu, in GuestException exception) => throw new NotSupportedException();

    public KernelResult HandleRequest(Vcpu vcpu) => throw new NotSupportedException();
}
