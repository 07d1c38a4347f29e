using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Backends;
using Dragoman.Tcg.Ir;

namespace Dragoman.Linux.Tests;

/// <summary>A guest without instructions: its registers are enough for system calls, signal frames and loading.</summary>
internal sealed unsafe class FakeGuest : IGuest
{
    private readonly List<GuestRegister> _registers = [];

    private FakeGuest(string name, int machine, int pageSize, int addressBits, bool ignoresTopByte, params ReadOnlySpan<(string Name, int Count, int Size)> registers)
    {
        (Name, ElfMachine, PageSize, AddressBits, IgnoresTopByte) = (name, machine, pageSize, addressBits, ignoresTopByte);
        var offset = VcpuHeader.GuestState;
        foreach (var (register, count, size) in registers)
        {
            for (var i = 0; i < Math.Max(1, count); i++)
            {
                offset = (offset + size - 1) & ~(size - 1);
                _registers.Add(new GuestRegister(count == 0 ? register : $"{register}{i}", offset, size));
                offset += size;
            }
        }

        StateSize = offset;
        PcOffset = _registers.Single(register => register.Name == "PC").Offset;
    }

    /// <summary>With AArch64's registers.</summary>
    public static FakeGuest AArch64() => new(
        "aarch64", 183, 4096, 48, true, ("X", 31, 8), ("SP", 0, 8), ("PC", 0, 8), ("NZCV.N", 0, 4), ("NZCV.Z", 0, 4), ("NZCV.C", 0, 4), ("NZCV.V", 0, 4),
        ("FPCR", 0, 4), ("FPSR", 0, 4), ("TPIDR_EL0", 0, 8), ("V", 32, 16));

    /// <summary>With Alpha's.</summary>
    public static FakeGuest Alpha() => new(
        "alpha", 0x9026, 8192, 42, false, ("R", 31, 8), ("F", 31, 8), ("PC", 0, 8), ("FPCR", 0, 8), ("IEEE_SWCR", 0, 8), ("UNIQUE", 0, 8), ("UAC", 0, 8),
        ("INTR", 0, 8));

    public string Name { get; }

    public int ElfMachine { get; }

    public int StateSize { get; }

    public int PcOffset { get; }

    public IReadOnlyList<GlobalInfo> Globals => [];

    public IReadOnlyList<GuestRegister> Registers => _registers;

    public int PageSize { get; }

    public int AddressBits { get; }

    public bool IgnoresTopByte { get; }

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
