using System.Text;
using Dragoman.Runtime.Execution;
using Dragoman.Runtime.Guests;
using Dragoman.Tcg.Abi;
using Dragoman.Tcg.Ir;

namespace Dragoman.Guests.X86;

/// <summary>
/// Intel 64 and IA-32 in user mode (Intel SDM): one description, whose <c>tbstate</c> holds the mode. State, decoder, disassembler and
/// frontend are generated from <c>isa/x86</c>.
/// </summary>
public sealed unsafe class X86Guest : IGuest
{
    private const int LongestInstruction = 15;
    private const uint InitialMxcsr = 0x1F80;
    private const uint InitialControlWord = 0x37F;

    // The vector and the code of a trap's argument, as isa/x86 says.
    private const ulong SingleStep = 1 << 16 | 2;
    private readonly bool _is64;
    private readonly int _undefined;

    private readonly CpuModel _cpu;

    private X86Guest(bool is64, CpuModel cpu, int undefined = 0) => (_is64, _cpu, _undefined) = (is64, cpu, undefined);

    /// <summary>64-bit mode.</summary>
    public static X86Guest Intel64 { get; } = new(true, X86.CpuModels.All[0]);

    /// <summary>32-bit protected mode.</summary>
    public static X86Guest I386 { get; } = new(false, X86.CpuModels.All[0]);

    /// <summary>64-bit mode, where flags that the manual leaves undefined are written as given, 0 or 1: checks find them so.</summary>
    internal static X86Guest Intel64WithUndefined(int value) => new(true, X86.CpuModels.All[0], value);

    /// <inheritdoc/>
    public IReadOnlyList<CpuModel> CpuModels => X86.CpuModels.All;

    /// <inheritdoc/>
    public CpuModel Cpu => _cpu;

    /// <inheritdoc/>
    public IGuest WithCpu(CpuModel cpu) => cpu == _cpu ? this : new X86Guest(_is64, cpu, _undefined);

    /// <inheritdoc/>
    public string Name => _is64 ? "x86_64" : "i386";

    /// <inheritdoc/>
    public MemoryOrder MemoryOrder => GuestState.Order;

    /// <summary>EM_X86_64 or EM_386.</summary>
    public int ElfMachine => _is64 ? 62 : 3;

    /// <inheritdoc/>
    public int StateSize => GuestState.Size;

    /// <inheritdoc/>
    public int PcOffset => GuestState.RIP;

    /// <inheritdoc/>
    public IReadOnlyList<GlobalInfo> Globals => GuestState.Layout.Globals;

    /// <inheritdoc/>
    public IReadOnlyList<GuestRegister> Registers => GuestState.Layout.Registers;

    /// <inheritdoc/>
    public int PageSize => 4096;

    /// <inheritdoc/>
    public int AddressBits => _is64 ? 47 : 32;

    /// <inheritdoc/>
    public bool IgnoresTopByte => false;

    /// <inheritdoc/>
    public int MaxInstructionLength => LongestInstruction;

    /// <summary>Stores to code take effect at the next branch (Intel SDM 3A, 9.1.3).</summary>
    public bool CoherentInstructionFetch => true;

    /// <inheritdoc/>
    public IReadOnlyList<AuditEntry> AuditEntries => Audit.Entries;

    /// <inheritdoc/>
    public bool SupportsMttcg => Audit.IsClean;

    /// <inheritdoc/>
    public GuestSummary? Summary => Audit.Summary;

    /// <inheritdoc/>
    public IReadOnlyList<InsnRow> Rows => Encodings.Rows;

    /// <inheritdoc/>
    public IReadOnlyList<InsnPrefix> Prefixes => Encodings.Prefixes;

    /// <inheritdoc/>
    public FpEnvironmentLayout? FpEnvironment => GuestState.Layout.FpEnvironment;

    /// <summary>The mode, and MXCSR and x87's control word as after a reset: every exception masked (Intel SDM 1, 8.1.5 and 10.2.3).</summary>
    public void Reset(byte* env)
    {
        *(uint*)(env + GuestState.MODE) = _is64 ? 1u : 0u;
        *(uint*)(env + GuestState.MXCSR) = InitialMxcsr;
        *(uint*)(env + GuestState.FCW) = InitialControlWord;
        GuestState.Layout.FpEnvironment!.Load(env);
    }

    /// <inheritdoc/>
    public ulong GetTbFlags(byte* env) => GuestState.TbState(env);

    /// <inheritdoc/>
    public void TranslateInstruction(DisasContext context)
    {
        var insn = (InstructionBuilder)(context.Builder ??= new InstructionBuilder(context, _cpu) { UndefinedFlag = _undefined });
        Decoder.Decode(new ReadOnlySpan<byte>(context.Code, context.CodeAvailable), context.TbFlags, (Feature)_cpu.Features, out insn.Code);
        if (insn.Code.IsTruncated)
        {
            context.IsTruncated = true;
            return;
        }

        insn.Begin(Math.Max(1, insn.Code.Length));
        if (insn.Code.trace != 0 && !StaticFunctions.delays_step(in insn.Code))
        {
            insn.RaiseStep(ExceptionKind.GuestTrap, SingleStep);
        }

        if (!Frontend.Translate(insn))
        {
            if (insn.Code.IsTooLong)
            {
                insn.Raise(ExceptionKind.GuestTrap, insn.Const(64, 0UL));
                insn.End();
                return;
            }

            context.Unimplemented = insn.Code.Id == InsnId.Undefined ? "an undefined instruction" : insn.Code.Id.ToString();
            insn.Raise(ExceptionKind.IllegalInstruction, insn.Const(64, 0UL));
        }

        insn.End();
    }

    /// <inheritdoc/>
    public GuestException Explain(in GuestException fault, ReadOnlySpan<byte> code, byte* env) => MemoryFaults.Explain(fault, code, env);

    /// <inheritdoc/>
    public int Disassemble(ReadOnlySpan<byte> code, ulong pc, StringBuilder output)
    {
        Decoder.Decode(code, _is64 ? 1UL : 0UL, out Instruction instruction);
        if (Disassembler.Text(in instruction, pc) is { } text)
        {
            output.Append(text);
            return instruction.Length;
        }

        output.Append("(bad)");
        return 1;
    }
}
