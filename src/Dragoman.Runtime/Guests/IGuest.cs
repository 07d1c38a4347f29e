using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Tcg.Ir;

namespace Dragoman.Runtime.Guests;

/// <summary>A guest architecture, as everything outside its own assembly sees it. Immutable and shared by all threads.</summary>
public unsafe interface IGuest
{
    /// <summary>Name on the command line: <c>aarch64</c>, <c>alpha</c>, <c>x86_64</c>.</summary>
    string Name { get; }

    /// <summary>ELF <c>e_machine</c>.</summary>
    int ElfMachine { get; }

    /// <summary>Bytes of the vCPU block (header and guest state).</summary>
    int StateSize { get; }

    /// <summary>Offset from <c>env</c> of the 64-bit PC.</summary>
    int PcOffset { get; }

    /// <summary>Registers that the IR knows.</summary>
    IReadOnlyList<GlobalInfo> Globals { get; }

    /// <summary>Every architectural register, for dumps, signal frames and debuggers, in the manual's order.</summary>
    IReadOnlyList<GuestRegister> Registers { get; }

    /// <summary>Registers that only privileged software sees.</summary>
    IReadOnlyList<GuestRegister> SystemRegisters => [];

    /// <summary>Guest page size in bytes.</summary>
    int PageSize { get; }

    /// <summary>Bits of a guest user-mode address.</summary>
    int AddressBits { get; }

    /// <summary>True when the top byte of a data address is ignored (Arm TBI).</summary>
    bool IgnoresTopByte { get; }

    /// <summary>What orders the guest's plain accesses.</summary>
    MemoryOrder MemoryOrder => MemoryOrder.Weak;

    /// <summary>Bytes of an exclusives reservation: a power of two.</summary>
    int ExclusiveGranule => 64;

    /// <summary>Longest instruction in bytes.</summary>
    int MaxInstructionLength { get; }

    /// <summary>What the address of an instruction is a multiple of; other PCs raise <see cref="Dragoman.Tcg.Abi.ExceptionKind.PcAlignment"/>.</summary>
    int InstructionAlignment => MaxInstructionLength == 4 ? 4 : 1;

    /// <summary>True when stores to code take effect without cache maintenance (x86).</summary>
    bool CoherentInstructionFetch { get; }

    /// <summary>CPU models of this architecture, the default one first.</summary>
    IReadOnlyList<CpuModel> CpuModels => [CpuModel.Only];

    /// <summary>The model that this guest is.</summary>
    CpuModel Cpu => CpuModels[0];

    /// <summary>The same architecture as another of its models.</summary>
    IGuest WithCpu(CpuModel cpu) => cpu == Cpu ? this : throw new NotSupportedException($"{Name} has one CPU model");

    /// <summary>Every access and barrier that the guest's description makes.</summary>
    IReadOnlyList<AuditEntry> AuditEntries => [];

    /// <summary>
    /// The guest's audit is clean, so its vCPUs may have threads of their own (QEMU's TARGET_SUPPORTS_MTTCG): its description was held against the manual's
    /// table of orders when it was built.
    /// </summary>
    bool SupportsMttcg => false;

    /// <summary>How much of the guest its description says, or null where it is not described.</summary>
    GuestSummary? Summary => null;

    /// <summary>The patterns of the guest's instructions, for assemblers.</summary>
    IReadOnlyList<InsnEncoding> Encodings => [];

    /// <summary>The rows of a guest whose instructions are strings of bytes, for assemblers.</summary>
    IReadOnlyList<InsnRow> Rows => [];

    /// <summary>The prefixes that may stand before what <see cref="Rows"/> say.</summary>
    IReadOnlyList<InsnPrefix> Prefixes => [];

    /// <summary>
    /// How the floating-point environment is tied to the guest's registers: who reads or writes those from outside translated code stores or
    /// loads it. Null when the guest has none, or keeps them apart itself.
    /// </summary>
    FpEnvironmentLayout? FpEnvironment => null;

    /// <summary>Puts the state of a new vCPU at reset values (user mode).</summary>
    void Reset(byte* env);

    /// <summary>The <c>tbstate</c> bits of the TB that would start now.</summary>
    ulong GetTbFlags(byte* env);

    /// <summary>Translates the instruction at <see cref="DisasContext.Pc"/>: emits its ops and advances <see cref="DisasContext.NextPc"/>.</summary>
    void TranslateInstruction(DisasContext context);

    /// <summary>
    /// What a fault of data memory is to this architecture, which is told of it before the kernel: the exception itself, its kind of access, or another one
    /// instead; <see cref="ExceptionKind.None"/> where execution is to go on, in a state that this has changed so that it does not end up here again. <paramref name="code"/> begins with the instruction, and may end within it. The calling thread's vCPU, outside execution.
    /// </summary>
    GuestException Explain(in GuestException fault, ReadOnlySpan<byte> code, byte* env) => fault;

    /// <summary>Appends the text of one instruction; returns its length in bytes (at least the minimum step for undefined code).</summary>
    int Disassemble(ReadOnlySpan<byte> code, ulong pc, StringBuilder output);

    /// <summary>Name of the <c>insn</c> of <see cref="Encodings"/> that code is, on a CPU that has all features; null if it is none, or for a guest without such.</summary>
    string? InstructionAt(ReadOnlySpan<byte> code) => null;
}

/// <summary>One architectural register.</summary>
/// <param name="Name">The manual's name, upper case (<c>X0</c>, <c>SP</c>, <c>V31</c>, <c>NZCV.N</c> for flags).</param>
/// <param name="Offset">Bytes from <c>env</c>.</param>
/// <param name="Size">Bytes in the block: 4, 8 or 16.</param>
public sealed record GuestRegister(string Name, int Offset, int Size);
